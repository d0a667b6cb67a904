#include "kube/json.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

namespace mc::kube {

namespace {

Result<boost::json::value> parseInto(std::string_view text, boost::json::storage_ptr storage) {
  boost::json::parse_options options;
  options.max_depth = kJsonDepth;
  boost::system::error_code code;
  boost::json::value value = boost::json::parse(text, code, std::move(storage), options);
  if (code) return fail(Reason::BadResponse, "the answer is no JSON: " + code.message());
  return value;
}

Result<Object> objectIn(Result<boost::json::value> parsed) {
  MC_TRY_ASSIGN(boost::json::value value, std::move(parsed));
  if (!value.is_object()) return fail(Reason::BadResponse, "the answer is no JSON object");
  return std::move(value.as_object());
}

}  // namespace

Result<boost::json::value> parseJson(std::string_view text) {
  return parseInto(text, {});
}

Result<Object> parseObject(std::string_view text) {
  return objectIn(parseJson(text));
}

Result<Object> parsePassing(std::string_view text) {
  // Values need some more room than their text: mostly one piece is enough.
  const size_t room = std::max<size_t>(text.size() * 2, 1024);
  return objectIn(
      parseInto(text, boost::json::make_shared_resource<boost::json::monotonic_resource>(room)));
}

}  // namespace mc::kube
