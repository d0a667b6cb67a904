#include "flux/services/kvs/node.hpp"

#include <algorithm>

namespace mc::flux::services::kvs {

namespace {

template <class Entries>
auto lowerBound(Entries& entries, std::string_view name) {
  // Job ids grow, so that new names mostly belong at the end.
  if (!entries.empty() && entries.back().name < name) return entries.end();
  return std::lower_bound(entries.begin(), entries.end(), name,
                          [](const auto& entry, std::string_view key) { return entry.name < key; });
}

}  // namespace

Node* Directory::find(std::string_view name) const {
  const auto at = lowerBound(entries_, name);
  return at != entries_.end() && at->name == name ? at->node.get() : nullptr;
}

Node& Directory::set(std::string_view name, std::unique_ptr<Node> node) {
  auto at = lowerBound(entries_, name);
  if (at == entries_.end() || at->name != name)
    at = entries_.insert(at, Entry{std::string(name), nullptr});
  at->node = std::move(node);
  return *at->node;
}

std::unique_ptr<Node> Directory::take(std::string_view name) {
  const auto at = lowerBound(entries_, name);
  if (at == entries_.end() || at->name != name) return nullptr;
  std::unique_ptr<Node> node = std::move(at->node);
  entries_.erase(at);
  return node;
}

Node::~Node() {
  watchers_.emit(Change::Removed);
}

const Symlink* Node::symlink() const {
  const auto* link = std::get_if<std::unique_ptr<const Symlink>>(&content_);
  return link ? link->get() : nullptr;
}

std::string Node::read() const {
  if (const auto* bytes = std::get_if<std::string>(&content_)) return *bytes;
  const auto* text = std::get_if<std::shared_ptr<const Text>>(&content_);
  return text ? (*text)->read() : std::string();
}

std::string_view Node::view(std::string& scratch) const {
  if (const auto* bytes = std::get_if<std::string>(&content_)) return *bytes;
  return scratch = read();
}

void Node::append(std::string_view bytes) {
  if (!std::holds_alternative<std::string>(content_)) content_ = read();
  std::get<std::string>(content_) += bytes;
  watchers_.emit(Change::Appended);
}

void Node::replace(Content content) {
  content_ = std::move(content);
  watchers_.emit(Change::Replaced);
}

void Node::shrink() {
  if (auto* bytes = std::get_if<std::string>(&content_)) bytes->shrink_to_fit();
}

}  // namespace mc::flux::services::kvs
