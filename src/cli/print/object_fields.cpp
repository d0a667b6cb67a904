#include "cli/print/object_fields.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace mc::cli {

namespace json = boost::json;

namespace {

/// A copy of what is there; null for nothing.
json::value at(const json::object& object, const char* path) {
  std::string_view rest = path;
  const json::object* here = &object;
  while (true) {
    rest.remove_prefix(1);
    const std::string_view step = rest.substr(0, rest.find('/'));
    const json::value* found = here->if_contains(step);
    if (found == nullptr || step.size() == rest.size())
      return found == nullptr ? json::value() : *found;
    if (!found->is_object()) return {};
    here = &found->get_object();
    rest.remove_prefix(step.size());
  }
}

size_t sizeAt(const json::object& object, const char* path) {
  const json::value value = at(object, path);
  return value.is_object() ? value.get_object().size() : 0;
}

}  // namespace

int64_t numberAt(const json::object& object, const char* path) {
  const json::value value = at(object, path);
  return value.is_int64() ? value.get_int64() : 0;
}

std::string textAt(const json::object& object, const char* path) {
  const json::value value = at(object, path);
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

api::StringMap mapAt(const json::object& object, const char* path) {
  const json::value value = at(object, path);
  api::StringMap map;
  if (!value.is_object()) return map;
  for (const auto& [key, each] : value.get_object())
    if (each.is_string()) map[std::string(key)] = std::string(each.get_string());
  return map;
}

std::string wantedReplicas(const json::object& deployment) {
  const json::value value = at(deployment, "/spec/replicas");
  return value.is_int64() ? std::to_string(value.get_int64()) : "1";
}

std::string containersText(const json::object& deployment, const char* field) {
  const json::value containers = at(deployment, "/spec/template/spec/containers");
  std::string text;
  if (!containers.is_array()) return text;
  for (const json::value& container : containers.get_array()) {
    if (!container.is_object()) continue;
    const std::string path = std::string("/") + field;
    text += (text.empty() ? "" : ",") + textAt(container.get_object(), path.c_str());
  }
  return text;
}

size_t dataCount(const json::object& object) {
  return sizeAt(object, "/data") + sizeAt(object, "/binaryData");
}

}  // namespace mc::cli
