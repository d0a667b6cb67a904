#include "flux/services/job-list/match.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "flux/formats/hostlist.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::list {

namespace {

namespace json = boost::json;
using manager::Job;
using manager::State;

constexpr int kMaxDepth = 16;
constexpr size_t kMaxHosts = 1024;  // of a hostlist or ranks constraint

tl::unexpected<base::Error> bad(std::string_view name, std::string_view why) {
  return base::fail(EINVAL, "constraint '" + std::string(name) + "' " + std::string(why));
}

base::Result<std::set<std::string>> texts(std::string_view name, const json::array& values) {
  std::set<std::string> out;
  for (const auto& value : values) {
    const auto* text = value.if_string();
    if (text == nullptr) return bad(name, "takes strings");
    out.emplace(*text);
  }
  return out;
}

// Names or numbers (masks), all of them or'ed.
base::Result<int> masks(std::string_view name, const json::array& values, int all,
                        int64_t (*byName)(std::string_view)) {
  int out = 0;
  for (const auto& value : values) {
    const auto* text = value.if_string();
    const auto number = formats::toInteger(value);
    const int64_t mask = text ? byName(*text) : number.value_or(0);
    if (mask <= 0 || (mask & ~int64_t{all}) != 0) return bad(name, "has an invalid value");
    out |= static_cast<int>(mask);
  }
  return out;
}

base::Result<formats::Idset> ranksOf(const json::array& values) {
  formats::Idset out;
  for (const auto& value : values) {
    const auto* text = value.if_string();
    if (text == nullptr) return bad("ranks", "takes idset strings");
    MC_TRY_ASSIGN(const formats::Idset ids, formats::Idset::parse(*text));
    out.insert(ids);
  }
  if (out.size() > kMaxHosts) return bad("ranks", "has too many ranks");
  return out;
}

base::Result<std::set<std::string>> hostsOf(const json::array& values) {
  std::set<std::string> out;
  for (const auto& value : values) {
    const auto* text = value.if_string();
    if (text == nullptr) return bad("hostlist", "takes hostlist strings");
    MC_TRY_ASSIGN(const formats::Hostlist hosts, formats::Hostlist::parse(*text));
    if (hosts.size() > kMaxHosts - out.size()) return bad("hostlist", "has too many hosts");
    for (std::string& host : hosts.hosts()) out.insert(std::move(host));
  }
  return out;
}

bool runsOnRanks(const Job& job, const formats::Idset& ranks) {
  if (job.ranks.empty()) return false;
  const auto own = formats::Idset::parse(job.ranks);
  return own && own->intersects(ranks);
}

bool runsOnHosts(const Job& job, const std::set<std::string>& wanted) {
  if (job.nodelist.empty()) return false;
  const auto own = formats::Hostlist::parse(job.nodelist);
  if (!own) return false;
  for (size_t i = 0; i < own->size(); ++i)
    if (wanted.contains(own->at(i))) return true;
  return false;
}

struct TimeName {
  std::string_view name;
  double manager::Times::* member;
};
constexpr std::array kTimes{
    TimeName{"t_submit", &manager::Times::submit},
    TimeName{"t_depend", &manager::Times::depend},
    TimeName{"t_run", &manager::Times::run},
    TimeName{"t_cleanup", &manager::Times::cleanup},
    TimeName{"t_inactive", &manager::Times::inactive},
};

}  // namespace

base::Result<Match> Match::parse(const json::object& constraint) {
  return parse(constraint, 0);
}

base::Result<Match> Match::parse(const json::object& constraint, int depth) {
  if (depth > kMaxDepth) return base::fail(EINVAL, "constraint is nested too deeply");
  std::vector<Match> parts;
  for (const auto& [name, values] : constraint) {
    const auto* list = values.if_array();
    if (list == nullptr) return bad(name, "takes a list");
    MC_TRY_ASSIGN(Match part, parseOperator(name, *list, depth));
    parts.push_back(std::move(part));
  }
  return allOf(std::move(parts));
}

Match Match::allOf(std::vector<Match> parts) {
  int states = manager::kAnyState;
  for (const Match& part : parts) states &= part.states_;
  if (parts.empty()) return {};
  return {states, [parts = std::move(parts)](const Job& job) {
            return std::all_of(parts.begin(), parts.end(),
                               [&](const Match& part) { return part(job); });
          }};
}

base::Result<Match> Match::combine(std::string_view name, const json::array& values, int depth) {
  std::vector<Match> parts;
  int any = 0;
  for (const auto& value : values) {
    const auto* object = value.if_object();
    if (object == nullptr) return bad(name, "takes constraints");
    MC_TRY_ASSIGN(Match part, parse(*object, depth + 1));
    any |= part.states_;
    parts.push_back(std::move(part));
  }
  if (name == "and") return allOf(std::move(parts));
  if (name == "not")
    return Match(manager::kAnyState,
                 [all = allOf(std::move(parts))](const Job& job) { return !all(job); });
  if (parts.empty()) return Match();
  return Match(any, [parts = std::move(parts)](const Job& job) {
    return std::any_of(parts.begin(), parts.end(), [&](const Match& part) { return part(job); });
  });
}

base::Result<Match> Match::stateMatch(const json::array& values) {
  MC_TRY_ASSIGN(const int states,
                masks("states", values, manager::kAnyState | bit(State::New), formats::statesOf));
  return Match(states, [states](const Job& job) { return job.in(states); });
}

base::Result<Match> Match::resultMatch(const json::array& values) {
  constexpr int kAnyResult = 15;
  MC_TRY_ASSIGN(const int results, masks("results", values, kAnyResult, formats::resultsOf));
  return Match(bit(State::Inactive), [results](const Job& job) {
    return (static_cast<int>(job.outcome) & results) != 0;
  });
}

base::Result<Match> Match::timeMatch(std::string_view name, const json::array& values) {
  const auto* member =
      std::find_if(kTimes.begin(), kTimes.end(), [&](const TimeName& t) { return t.name == name; });
  const auto* text = values.size() == 1 ? values.front().if_string() : nullptr;
  if (member == kTimes.end() || text == nullptr) return bad(name, "takes one comparison");
  std::string_view rest = *text;
  const bool less = rest.starts_with('<');
  if (!less && !rest.starts_with('>')) return bad(name, "must start with <, <=, > or >=");
  rest.remove_prefix(1);
  const bool equal = rest.starts_with('=');
  if (equal) rest.remove_prefix(1);
  double limit = 0;
  const char* end = rest.data() + rest.size();
  if (rest.empty() || std::from_chars(rest.data(), end, limit).ptr != end)
    return bad(name, "has no valid time");
  return Match(manager::kAnyState, [time = member->member, less, equal, limit](const Job& job) {
    const double at = job.times.*time;
    return at > 0 && ((equal && at == limit) || (less ? at < limit : at > limit));
  });
}

base::Result<Match> Match::parseOperator(std::string_view name, const json::array& values,
                                         int depth) {
  if (name == "and" || name == "or" || name == "not") return combine(name, values, depth);
  if (name == "states") return stateMatch(values);
  if (name == "results") return resultMatch(values);
  if (name.starts_with("t_")) return timeMatch(name, values);
  if (name == "userid") {
    std::set<int64_t> ids;
    for (const auto& value : values) {
      const auto id = formats::toInteger(value);
      if (!id) return bad(name, "takes integers");
      if (*id == -1 || *id == UINT32_MAX) return Match();  // of any user
      ids.insert(*id);
    }
    return Match(manager::kAnyState, [ids](const Job& job) { return ids.contains(job.userid); });
  }
  if (name == "name" || name == "queue") {
    MC_TRY_ASSIGN(const auto wanted, texts(name, values));
    const auto member = name == "name" ? &Job::name : &Job::queue;
    return Match(manager::kAnyState,
                 [wanted, member](const Job& job) { return wanted.contains(job.*member); });
  }
  if (name == "ranks") {
    MC_TRY_ASSIGN(const auto ranks, ranksOf(values));
    return Match(manager::kAnyState, [ranks](const Job& job) { return runsOnRanks(job, ranks); });
  }
  if (name == "hostlist") {
    MC_TRY_ASSIGN(const auto hosts, hostsOf(values));
    return Match(manager::kAnyState, [hosts](const Job& job) { return runsOnHosts(job, hosts); });
  }
  return base::fail(EINVAL, "unknown constraint operator '" + std::string(name) + "'");
}

}  // namespace mc::flux::services::list
