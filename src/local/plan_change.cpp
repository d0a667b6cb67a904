#include "local/plan_change.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "entry/settings.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

std::optional<std::string> differenceIn(const json::value& a, const json::value& b,
                                        const std::string& path);

std::string member(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::optional<std::string> differenceInObjects(const json::object& a, const json::object& b,
                                               const std::string& path) {
  for (const auto& [name, value] : a) {
    const json::value* other = b.if_contains(name);
    if (other == nullptr) return member(path, name);
    if (auto found = differenceIn(value, *other, member(path, name))) return found;
  }
  for (const auto& [name, value] : b) {
    if (!a.contains(name)) return member(path, name);
  }
  return std::nullopt;
}

std::optional<std::string> differenceInArrays(const json::array& a, const json::array& b,
                                              const std::string& path) {
  if (a.size() != b.size()) return path;
  for (size_t i = 0; i < a.size(); ++i) {
    if (auto found = differenceIn(a[i], b[i], path + "[" + std::to_string(i) + "]")) return found;
  }
  return std::nullopt;
}

bool isHidden(const json::value& value) {
  return value.is_string() && value.get_string() == "***";
}

std::optional<std::string> differenceIn(const json::value& a, const json::value& b,
                                        const std::string& path) {
  if (isHidden(a) || a == b) return std::nullopt;
  if (a.is_object() && b.is_object()) {
    return differenceInObjects(a.get_object(), b.get_object(), path);
  }
  if (a.is_array() && b.is_array()) return differenceInArrays(a.get_array(), b.get_array(), path);
  return path;
}

base::Error refusal(const std::string& field) {
  return {EINVAL, field +
                      ": can't be changed while the MiniCluster exists; delete it and create it "
                      "again"};
}

json::value specOf(const json::object& manifest) {
  const json::value* found = manifest.if_contains("spec");
  return found == nullptr ? json::value(json::object()) : *found;
}

json::value withoutSize(json::value spec) {
  if (spec.is_object()) spec.get_object().erase("size");
  return spec;
}

}  // namespace

bool onlySizeDiffers(const json::object& old, const json::object& wanted) {
  const json::value before = specOf(old);
  const json::value after = specOf(wanted);
  return before != after && !differenceIn(withoutSize(before), withoutSize(after), "spec");
}

base::Error sizeRefused(int32_t wanted, int32_t maxSize) {
  return {EINVAL, "spec.size: can't be changed to " + std::to_string(wanted) +
                      " while the MiniCluster exists: it was made for at most " +
                      std::to_string(maxSize) + " pods (spec.maxSize)"};
}

base::Error changeRefused(const json::object& old, const json::object& wanted) {
  return refusal(differenceIn(specOf(old), specOf(wanted), "spec").value_or("spec"));
}

base::Error secretChangeRefused(const std::string& file) {
  return refusal(file == entry::kUsersFile ? "spec.users" : "spec.flux.curveCert");
}

}  // namespace mc::local
