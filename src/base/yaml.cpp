#include "base/yaml.hpp"

#include <algorithm>

#include "base/yaml_build.hpp"
#include "base/yaml_syntax.hpp"

namespace mc::base {

const YamlEntry* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::string pathStep(std::string_view key) {
  constexpr size_t kLongestStep = 80;
  const auto simple = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
           c == '_';
  };
  if (!key.empty() && key.size() <= kLongestStep && std::all_of(key.begin(), key.end(), simple))
    return "." + std::string(key);
  std::string shown(key.substr(0, kLongestStep));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  return "[" + shown + (key.size() > kLongestStep ? "..." : "") + "]";
}

YamlStream parseYaml(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes) {
    YamlStream refused;
    refused.errors.push_back(
        {{}, "", "larger than " + std::to_string(limits.bytes) + " bytes", ""});
    return refused;
  }
  YamlBuilder builder(limits);
  YamlParser parser(text);
  YamlEvent event;
  while (parser.next(event) && builder.take(*event)) {
  }
  YamlStream stream = builder.finish();
  if (auto error = parser.error()) {
    error->path = builder.path();
    if (error->path.starts_with('.')) error->path.erase(0, 1);
    stream.errors.push_back(std::move(*error));
  }
  return stream;
}

boost::json::value toJson(const YamlNode& node) {
  switch (node.type()) {
    case YamlType::Null:
      return nullptr;
    case YamlType::Boolean:
      return node.scalar.boolean;
    case YamlType::Integer:
      return node.scalar.integer;
    case YamlType::Float:
      return node.scalar.number;
    case YamlType::String:
      return boost::json::string(node.text);
    case YamlType::Sequence: {
      boost::json::array array;
      for (const auto& item : node.items) array.push_back(toJson(*item));
      return array;
    }
    case YamlType::Mapping: {
      boost::json::object object;
      for (const auto& entry : node.entries) object[entry.key] = toJson(*entry.value);
      return object;
    }
  }
  return nullptr;
}

}  // namespace mc::base
