#include "cli/wait_condition.hpp"

#include <strings.h>

namespace mc::cli {

namespace {
bool same(const std::string& a, const char* b) {
  return ::strcasecmp(a.c_str(), b) == 0;
}
}  // namespace

base::Result<WaitCondition> parseWaitCondition(const std::string& text) {
  WaitCondition condition;
  constexpr std::string_view kPrefix = "condition=";
  if (same(text, "delete") || same(text, "create")) {
    condition.what =
        same(text, "delete") ? WaitCondition::What::Deleted : WaitCondition::What::Created;
    return condition;
  }
  if (!text.starts_with(kPrefix))
    return base::fail(EINVAL, "unrecognized condition: \"" + text +
                                  "\"; use condition=NAME[=true|false], create or delete");
  condition.name = text.substr(kPrefix.size());
  const size_t equals = condition.name.find('=');
  if (equals != std::string::npos) {
    const std::string value = condition.name.substr(equals + 1);
    condition.name.resize(equals);
    if (!same(value, "true") && !same(value, "false"))
      return base::fail(EINVAL, "the value of a condition is true or false, not \"" + value + "\"");
    condition.value = same(value, "true");
  }
  if (condition.name.empty()) return base::fail(EINVAL, "the name of the condition is missing");
  return condition;
}

}  // namespace mc::cli
