#include "flux/formats/resource_limits.hpp"

#include <fnmatch.h>
#include <sys/resource.h>

#include <charconv>

#include "flux/formats/text.hpp"

namespace mc::flux::formats {

namespace {

struct Limit {
  const char* name;
  int number;
  bool byDefault;
};
constexpr Limit kLimits[] = {
    {"cpu", RLIMIT_CPU, true},
    {"fsize", RLIMIT_FSIZE, true},
    {"data", RLIMIT_DATA, true},
    {"stack", RLIMIT_STACK, true},
    {"core", RLIMIT_CORE, true},
    {"rss", RLIMIT_RSS, true},
    {"nproc", RLIMIT_NPROC, true},
    {"nofile", RLIMIT_NOFILE, true},
    {"as", RLIMIT_AS, true},
    {"locks", RLIMIT_LOCKS, true},
    {"memlock", RLIMIT_MEMLOCK, false},
    {"sigpending", RLIMIT_SIGPENDING, false},
    {"msgqueue", RLIMIT_MSGQUEUE, false},
    {"nice", RLIMIT_NICE, false},
    {"rtprio", RLIMIT_RTPRIO, false},
    {"rttime", RLIMIT_RTTIME, false},
};

boost::json::value currentLimit(int number) {
  rlimit value{};
  ::getrlimit(static_cast<__rlimit_resource_t>(number), &value);
  if (value.rlim_cur == RLIM_INFINITY) return -1;
  return static_cast<int64_t>(value.rlim_cur);
}

tl::unexpected<base::Error> bad(const std::string& rule) {
  return base::fail(EINVAL, "--rlimit: invalid rule '" + rule + "'");
}

base::Status setLimit(boost::json::object& out, const std::string& rule, size_t equals) {
  const std::string name = rule.substr(0, equals);
  const std::string text = rule.substr(equals + 1);
  if (!limitNumber(name)) return bad(rule);
  if (text == "unlimited" || text == "infinity" || text == "inf") {
    out[name] = -1;
    return {};
  }
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value < 0) return bad(rule);
  out[name] = value;
  return {};
}

base::Status applyRule(boost::json::object& out, const std::string& rule) {
  if (const size_t equals = rule.find('='); equals != std::string::npos)
    return setLimit(out, rule, equals);
  const bool remove = rule.starts_with('-');
  const std::string pattern = remove ? rule.substr(1) : rule;
  bool found = false;
  for (const Limit& limit : kLimits) {
    if (::fnmatch(pattern.c_str(), limit.name, 0) != 0) continue;
    found = true;
    if (remove) {
      out.erase(limit.name);
    } else {
      out[limit.name] = currentLimit(limit.number);
    }
  }
  return found ? base::Status() : bad(rule);
}

}  // namespace

std::optional<int> limitNumber(std::string_view name) {
  for (const Limit& limit : kLimits)
    if (name == limit.name) return limit.number;
  return std::nullopt;
}

base::Result<boost::json::object> propagatedLimits(const std::vector<std::string>& rules) {
  boost::json::object out;
  for (const Limit& limit : kLimits)
    if (limit.byDefault) out[limit.name] = currentLimit(limit.number);
  for (const std::string& list : rules)
    for (const std::string& rule : splitList(list)) MC_TRY(applyRule(out, rule));
  return out;
}

}  // namespace mc::flux::formats
