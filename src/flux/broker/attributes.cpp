#include "flux/broker/attributes.hpp"

namespace mc::flux::broker {

void Attributes::preset(std::string_view name, std::string_view value) {
  Entry& entry = entries_[std::string(name)];
  entry.value = value;
  entry.preset = true;
}

bool Attributes::isPreset(std::string_view name) const {
  const auto found = entries_.find(name);
  return found != entries_.end() && found->second.preset;
}

std::string Attributes::settle(std::string_view name, std::string_view standard, int flags) {
  const auto [entry, added] = entries_.try_emplace(std::string(name));
  if (added) entry->second.value = standard;
  entry->second.flags = flags;
  return entry->second.value;
}

base::Status Attributes::fix(std::string_view name, std::string_view value) {
  if (isPreset(name)) return base::fail(EPERM, "attribute " + std::string(name) + " cannot be set");
  Entry& entry = entries_[std::string(name)];
  entry.value = value;
  entry.flags = kImmutable;
  return {};
}

base::Status Attributes::bind(std::string_view name, std::function<std::string()> get,
                              std::function<base::Status(const std::string&)> set) {
  Entry& entry = entries_[std::string(name)];
  entry.get = std::move(get);
  entry.set = std::move(set);
  if (!entry.preset) return {};
  return entry.set(entry.value).prefixed("attribute " + std::string(name));
}

base::Result<std::string> Attributes::get(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    return base::fail(ENOENT, std::string(name) + ": " + std::strerror(ENOENT));
  return found->second.get ? found->second.get() : found->second.value;
}

int Attributes::flags(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? kNone : found->second.flags;
}

base::Status Attributes::set(std::string_view name, std::string_view value) {
  Entry& entry = entries_[std::string(name)];
  if ((entry.flags & kImmutable) != 0)
    return base::fail(EPERM, "attribute " + std::string(name) + " cannot be changed");
  if (entry.set) return entry.set(std::string(value));
  entry.value = value;
  return {};
}

void Attributes::update(std::string_view name, std::string_view value) {
  entries_[std::string(name)].value = value;
}

base::Status Attributes::remove(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return base::fail(ENOENT, std::strerror(ENOENT));
  if ((found->second.flags & kImmutable) != 0 || found->second.set)
    return base::fail(EPERM, "attribute " + std::string(name) + " cannot be removed");
  entries_.erase(found);
  return {};
}

std::vector<std::string> Attributes::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

}  // namespace mc::flux::broker
