#include "remote/json.hpp"

namespace mc::remote {

const boost::json::array& arrayAt(const kube::Object& object, Path path) {
  static const boost::json::array kNothing;
  const boost::json::array* found = kube::findArray(object, path);
  return found == nullptr ? kNothing : *found;
}

api::StringMap textsAt(const kube::Object& object, Path path) {
  api::StringMap texts;
  const kube::Object* found = kube::findObject(object, path);
  if (found == nullptr) return texts;
  for (const auto& [key, value] : *found)
    if (const auto* text = value.if_string()) texts[key] = std::string(text->data(), text->size());
  return texts;
}

const kube::Object* named(const boost::json::array& array, std::string_view name) {
  for (const auto& entry : array) {
    const kube::Object* object = entry.if_object();
    if (object != nullptr && kube::findText(*object, {"name"}) == name) return object;
  }
  return nullptr;
}

}  // namespace mc::remote
