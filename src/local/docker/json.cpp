#include "local/docker/json.hpp"

#include <boost/json/parse.hpp>

namespace mc::local::docker {

namespace json = boost::json;

base::Result<json::value> parseJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return base::fail(EINVAL, "not JSON: " + error.message());
  return value;
}

base::Result<json::object> asObject(base::Result<json::value> answer) {
  if (!answer) return base::pass(std::move(answer.error()));
  if (!answer->is_object()) return base::fail(EPROTO, "the Docker daemon's answer is no object");
  return std::move(answer->get_object());
}

base::Result<json::array> asArray(base::Result<json::value> answer) {
  if (!answer) return base::pass(std::move(answer.error()));
  if (answer->is_null()) return json::array();  // Go's empty list
  if (!answer->is_array()) return base::fail(EPROTO, "the Docker daemon's answer is no list");
  return std::move(answer->get_array());
}

base::Status done(const base::Result<json::value>& answer) {
  if (!answer) return base::pass(answer.error());
  return {};
}

std::string textOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

int64_t numberOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<int64_t>(error);
  return error ? 0 : number;
}

bool flagOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object& objectOf(const json::object& object, std::string_view name) {
  static const json::object kEmpty;
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_object() ? value->get_object() : kEmpty;
}

const json::array& arrayOf(const json::object& object, std::string_view name) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

}  // namespace mc::local::docker
