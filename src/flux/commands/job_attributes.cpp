#include "flux/commands/job_attributes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <ctime>
#include <optional>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "flux/commands/constraint_query.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr double kDefaultTimeLeft = 60;  // seconds
/// A jobspec travels in one message and is kept for as long as the job.
constexpr size_t kMaxFile = 16u << 20;

std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  char* directory = ::getcwd(nullptr, 0);
  if (directory == nullptr) return path;
  const std::string whole = std::string(directory) + "/" + path;
  ::free(directory);
  return whole;
}

json::object withContent(json::object file, const std::string& content) {
  file["size"] = content.size();
  if (content.empty()) return file;
  const bool text = formats::isUtf8(content);
  file["encoding"] = text ? "utf-8" : "base64";
  file["data"] = text ? content : base::base64Encode(content);
  return file;
}

double startOf(tm day, int daysLater) {
  day.tm_mday += daysLater;
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_isdst = -1;
  return static_cast<double>(::mktime(&day));
}

tm nextDay(tm day) {
  ++day.tm_mday;
  return day;
}

// The time that the whole text says; what it leaves out is that of `day` at midnight.
std::optional<double> readTime(const std::string& text, const std::string& format, tm day) {
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  const char* end = ::strptime(text.c_str(), format.c_str(), &day);
  if (end == nullptr || *end != '\0') return std::nullopt;
  day.tm_isdst = -1;
  return static_cast<double>(::mktime(&day));
}

base::Result<json::object> fileAt(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return base::failErrno(path);
  if (!S_ISREG(status.st_mode)) return base::fail(EINVAL, path + ": not a regular file");
  MC_TRY_ASSIGN(const std::string content, base::readFile(path, kMaxFile));
  return withContent({{"mode", status.st_mode},
                      {"mtime", status.st_mtim.tv_sec},
                      {"ctime", status.st_ctim.tv_sec}},
                     content);
}

}  // namespace

base::Result<double> beginTime(const std::string& text, double now) {
  if (text.starts_with('+')) {
    MC_TRY_ASSIGN(const double seconds,
                  formats::parseDuration(text.substr(1)).prefixed("--begin-time"));
    return now + seconds;
  }
  if (text.find_first_not_of("0123456789.") == std::string::npos)
    return formats::parseDuration(text).prefixed("--begin-time");
  const auto today = static_cast<time_t>(now);
  tm day{};
  ::localtime_r(&today, &day);
  if (text == "now") return now;
  if (text == "tomorrow") return startOf(day, 1);
  for (const char* date : {"%Y-%m-%d ", "%Y-%m-%dT", ""})
    for (const char* time : {"%H:%M:%S", "%H:%M", "%I:%M%p", "%I%p", "%I %p"}) {
      const bool dated = *date != '\0';
      const auto when = readTime(text, std::string(date) + time, day);
      if (when) return *when < now && !dated ? *readTime(text, time, nextDay(day)) : *when;
    }
  if (const auto when = readTime(text, "%Y-%m-%d", day)) return *when;
  return base::fail(EINVAL, "--begin-time: no time: '" + text + "'");
}

base::Result<json::object> constraintsOf(const std::vector<std::string>& requirements) {
  std::string all;
  for (const std::string& text : requirements) {
    // Each by itself first, so that one can't close the parentheses of another.
    MC_TRY(parseConstraint(text).prefixed("--requires: " + text));
    all += "(" + text + ") ";
  }
  return parseConstraint(requirements.size() == 1 ? requirements[0] : all);
}

base::Result<json::object> signalOption(const std::string& text) {
  const size_t at = text.find('@');
  const std::string name = text.substr(0, at);
  int number = SIGUSR1;
  if (!name.empty()) {
    const auto known = signalNumber(name);
    if (!known) return base::fail(EINVAL, "--signal: invalid signal: " + name);
    number = *known;
  }
  double timeLeft = kDefaultTimeLeft;
  if (at != std::string::npos) {
    const auto seconds = formats::parseDuration(text.substr(at + 1));
    if (!seconds || !std::isfinite(*seconds))
      return base::fail(EINVAL, "--signal: invalid time: " + text.substr(at + 1));
    timeLeft = *seconds;
  }
  return json::object{{"signum", number}, {"timeleft", timeLeft}};
}

json::object taskmapOption(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string scheme = text.substr(0, colon);
  std::string value = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (scheme == "hostfile" && !value.empty()) value = absolute(value);
  return {{"scheme", scheme}, {"value", value}};
}

void putJobFile(json::object& jobspec, const std::string& name, json::object file) {
  json::object files;
  const auto* known = formats::getPath(jobspec, "attributes.system.files");
  if (known != nullptr && known->is_object()) files = known->get_object();
  files[name] = std::move(file);
  formats::setPath(jobspec, "attributes.system.files", std::move(files));
}

base::Status addJobFile(json::object& jobspec, const std::string& text) {
  const size_t equals = text.find('=');
  const bool named = equals != std::string::npos && text.find('\n') > equals;
  const std::string content = named ? text.substr(equals + 1) : text;
  const bool raw = content.find('\n') != std::string::npos;
  if (raw && !named) return base::fail(EINVAL, "--add-file: file content needs NAME=");
  const std::string name = named ? text.substr(0, equals) : text.substr(text.rfind('/') + 1);
  json::object file;
  if (raw) {
    file = withContent({{"mode", S_IFREG | 0600}}, content);
  } else {
    MC_TRY_ASSIGN(file, fileAt(content).prefixed("--add-file"));
  }
  putJobFile(jobspec, name, std::move(file));
  return {};
}

}  // namespace mc::flux::commands
