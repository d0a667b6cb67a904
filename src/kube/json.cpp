#include "kube/json.hpp"

#include <boost/json/parse.hpp>

namespace mc::kube {

Result<boost::json::value> parseJson(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kJsonDepth;
  boost::system::error_code code;
  boost::json::value value = boost::json::parse(text, code, {}, options);
  if (code) return fail(Reason::BadResponse, "the answer is no JSON: " + code.message());
  return value;
}

Result<Object> parseObject(std::string_view text) {
  MC_TRY_ASSIGN(boost::json::value value, parseJson(text));
  if (!value.is_object()) return fail(Reason::BadResponse, "the answer is no JSON object");
  return std::move(value.as_object());
}

}  // namespace mc::kube
