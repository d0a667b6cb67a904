#include "api/binding.hpp"

namespace mc::api {

std::string textOf(const base::YamlNode& value) {
  return value.is(base::YamlType::String) ? value.text : value.scalar.canonical();
}

void store(bool& target, const base::YamlNode& value) {
  target = value.scalar.boolean;
}

void store(std::string& target, const base::YamlNode& value) {
  target = textOf(value);
}

void store(boost::json::object& target, const base::YamlNode& value) {
  if (value.is(base::YamlType::Mapping)) target = base::toJson(value).as_object();
}

void store(boost::json::array& target, const base::YamlNode& value) {
  if (value.is(base::YamlType::Sequence)) target = base::toJson(value).as_array();
}

}  // namespace mc::api
