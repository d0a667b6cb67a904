#include "flux/commands/job_selection.hpp"

#include <cstring>
#include <ctime>

#include "flux/commands/job_command.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace {

constexpr double kDay = 86400;

double midnight(double now) {
  const auto seconds = static_cast<std::time_t>(now);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  return static_cast<double>(::mktime(&parts));
}

std::optional<double> dateTime(const std::string& text) {
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    std::tm parts{};
    parts.tm_isdst = -1;
    const char* end = ::strptime(text.c_str(), format, &parts);
    if (end != nullptr && *end == '\0') return static_cast<double>(::mktime(&parts));
  }
  return std::nullopt;
}

base::Result<double> timeOf(const std::string& text, double now) {
  if (text == "now") return now;
  if (text == "today") return midnight(now);
  if (text == "yesterday") return midnight(now - kDay);
  if (text.starts_with('-'))
    if (const auto seconds = formats::parseDuration(text.substr(1))) return now - *seconds;
  if (const auto when = dateTime(text)) return *when;
  const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
  if (const auto seconds = formats::parseDuration(text); plain && seconds) return *seconds;
  return base::fail(EINVAL, "Invalid value for --since: '" + text + "'");
}

}  // namespace

base::Result<formats::JobId> jobIdValue(const std::string& text, std::string_view argument) {
  const auto id = formats::parseJobId(text);
  if (id) return *id;
  return base::fail(EINVAL,
                    "argument " + std::string(argument) + ": invalid JobID value: '" + text + "'");
}

base::Result<std::vector<formats::JobId>> jobIdValues(const std::vector<std::string>& texts,
                                                      std::string_view argument) {
  std::vector<formats::JobId> ids;
  for (const std::string& text : texts) {
    MC_TRY_ASSIGN(const formats::JobId id, jobIdValue(text, argument));
    ids.push_back(id);
  }
  return ids;
}

base::Status addFilter(JobQuery& query, const std::string& words) {
  for (const std::string& word : formats::splitList(words)) {
    const auto filter = findJobFilter(word);
    if (!filter) return base::fail(EINVAL, "Invalid filter specified: " + word);
    query.states |= filter->states;
    query.results |= filter->results;
  }
  return {};
}

base::Result<double> parseSince(const std::string& text, double now) {
  MC_TRY_ASSIGN(const double when, timeOf(text, now));
  if (when > now) return base::fail(EINVAL, "--since=" + text + " appears to be in the future");
  return when;
}

base::Result<uint32_t> selectedUser(const std::string& text) {
  const auto user = userIdArgument(text);
  if (!user) return base::fail(EINVAL, "user " + text + " not found");
  return *user;
}

}  // namespace mc::flux::commands
