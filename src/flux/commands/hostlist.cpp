// flux hostlist: combines and shows lists of hosts.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <unordered_set>

#include "base/fd.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-hostlist";

constexpr Option kHostlistOptions[] = {
    {'e', "expand", Takes::Nothing, "", "Expand hostlist result using defined output delimiter"},
    {'d', "delimiter", Takes::Value, "S",
     "Set output delimiter for expanded hostlist (default=\" \")"},
    {'c', "count", Takes::Nothing, "", "Print the total number of hosts"},
    {'n', "nth", Takes::Value, "[-]IDS",
     "Output hosts at indices in idset IDS (-IDS to index from end)"},
    {'F', "find", Takes::Value, "HOSTS", "Output list of indices of HOSTS in the result hostlist"},
    {'L', "limit", Takes::Value, "N", "Output at most N hosts (-N for the last N hosts)"},
    {'S', "sort", Takes::Nothing, "", "Return sorted hostlist"},
    {'x', "exclude", Takes::Value, "HOSTS|IDS", "Exclude hosts or indices from the result"},
    {'u', "union", Takes::Nothing, "", "Return only unique hosts, sorted"},
    {0, "unique", Takes::Nothing, "", "The same as --union"},
    {'i', "intersect", Takes::Nothing, "", "Return the set intersection of all hostlists"},
    {'m', "minus", Takes::Nothing, "", "Subtract all hostlists from the first"},
    {'X', "xor", Takes::Nothing, "", "Return the symmetric difference of all hostlists"},
    {'f', "fallback", Takes::Nothing, "",
     "Treat arguments that look like jobids, but are none, as hostnames"},
    {'l', "local", Takes::Nothing, "", "Set the default source to 'local' instead of 'stdin'"},
    {'q', "quiet", Takes::Nothing, "",
     "No output. Exit with nonzero exit status if hostlist is empty"},
};

using Hosts = std::vector<std::string>;
using Set = std::unordered_set<std::string>;

base::Result<Hosts> parseHosts(std::string_view text) {
  MC_TRY_ASSIGN(const formats::Hostlist list, formats::Hostlist::parse(text));
  return list.hosts();
}

// Where hosts come from. Connects to the broker only if a source needs it.
class Sources {
 public:
  explicit Sources(bool fallback) : fallback_(fallback) {}

  base::Result<Hosts> get(const std::string& source) {
    if (source == "instance") return ofAttribute("hostlist");
    if (source == "avail" || source == "available") return available();
    if (source == "stdin" || source == "-") return standardInput();
    if (source == "local") {
      const char* id = std::getenv("FLUX_JOB_ID");
      return id != nullptr ? get(id) : ofAttribute("hostlist");
    }
    const auto id = formats::parseJobId(source);
    if (!id) return parseHosts(source).prefixed("Invalid jobid or hostlist " + source);
    auto hosts = ofJob(*id, source);
    if (!hosts && hosts.error().errnum == ENOENT && fallback_) return parseHosts(source);
    return hosts;
  }

 private:
  base::Result<Session*> session() {
    if (!session_) {
      auto opened = Session::open();
      if (!opened) return base::fail(opened.error().errnum, connectFailure(opened.error()));
      session_ = std::move(*opened);
    }
    return &*session_;
  }

  base::Result<Hosts> ofAttribute(const char* name) {
    MC_TRY_ASSIGN(Session * session, this->session());
    MC_TRY_ASSIGN(const auto answer, (*session)->call("attr.get", {{"name", name}}));
    MC_TRY_ASSIGN(const auto value, formats::getString(answer, "value"));
    return parseHosts(value);
  }

  base::Result<Hosts> ofJob(formats::JobId id, const std::string& text) {
    MC_TRY_ASSIGN(Session * session, this->session());
    const auto job = findJob(*session, id, {"nodelist"});
    if (!job && job.error().errnum == ENOENT)
      return base::fail(ENOENT, "job " + text + " not found");
    if (!job) return base::pass(job.error());
    return parseHosts(formats::getString(*job, "nodelist").value_or(""));
  }

  // The instance's nodes without those that are down or drained.
  base::Result<Hosts> available() {
    MC_TRY_ASSIGN(Session * session, this->session());
    MC_TRY_ASSIGN(const json::object answer, (*session)->call("resource.status", {}, 0));
    const auto* document = formats::findObject(answer, "R");
    if (document == nullptr) return base::fail(EPROTO, "resource.status gave no R");
    MC_TRY_ASSIGN(const auto resources, formats::ResourceSet::parse(*document));
    const auto text = formats::getString(answer, "online");
    MC_TRY_ASSIGN(formats::Idset ranks, formats::Idset::parse(text ? *text : std::string_view()));
    if (const auto* drained = formats::findObject(answer, "drain"))
      for (const auto& [ids, info] : *drained) {
        MC_TRY_ASSIGN(const formats::Idset out, formats::Idset::parse(ids));
        ranks.erase(out);
      }
    return resources.slice(ranks).nodelist().hosts();
  }

  // Words of hosts, over as many lines as there are.
  static base::Result<Hosts> standardInput() {
    MC_TRY_ASSIGN(const std::string text, base::readAll(STDIN_FILENO, "standard input"));
    Hosts out;
    size_t at = 0;
    while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string::npos) {
      const size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
      MC_TRY_ASSIGN(const Hosts hosts, parseHosts(text.substr(at, end - at)));
      out.insert(out.end(), hosts.begin(), hosts.end());
      at = end;
    }
    return out;
  }

  bool fallback_;
  std::optional<Session> session_;
};

Set setOf(const Hosts& hosts) {
  return {hosts.begin(), hosts.end()};
}

Hosts toHosts(const formats::Hostlist& list) {
  return list.hosts();
}
formats::Hostlist toList(const Hosts& hosts) {
  formats::Hostlist list;
  for (const std::string& host : hosts) list.append(host);
  return list;
}
Hosts sortedUnique(const Hosts& hosts) {
  return toHosts(toList(hosts).sortedUnique());
}

// In order, but with the repetitions that there are.
Hosts sorted(const Hosts& hosts) {
  std::unordered_map<std::string, size_t> counts;
  for (const std::string& host : hosts) ++counts[host];
  Hosts out;
  for (const std::string& host : sortedUnique(hosts)) out.insert(out.end(), counts[host], host);
  return out;
}

// Hosts that are in how many lists as `wanted` says.
template <typename Wanted>
Hosts byOccurrence(const std::vector<Hosts>& lists, Wanted wanted) {
  std::unordered_map<std::string, size_t> counts;
  for (const Hosts& list : lists)
    for (const std::string& host : setOf(list)) ++counts[host];
  Hosts out;
  for (const auto& [host, count] : counts)
    if (wanted(count)) out.push_back(host);
  return sortedUnique(out);
}

// The hosts of all lists as the options combine them.
Hosts combine(const std::vector<Hosts>& lists, const Parsed& parsed) {
  const size_t count = lists.size();
  if (parsed.has("intersect")) return byOccurrence(lists, [=](size_t n) { return n == count; });
  if (parsed.has("xor")) return byOccurrence(lists, [](size_t n) { return n % 2 == 1; });
  Hosts out;
  if (parsed.has("minus")) {
    Set rest;
    for (size_t i = 1; i < count; ++i) rest.insert(lists[i].begin(), lists[i].end());
    for (const std::string& host : lists[0])
      if (!rest.contains(host)) out.push_back(host);
    return out;
  }
  for (const Hosts& list : lists) out.insert(out.end(), list.begin(), list.end());
  return out;
}

base::Result<Hosts> exclude(const Hosts& hosts, const std::string& text) {
  Hosts out;
  if (const auto ids = formats::Idset::parse(text)) {
    for (size_t i = 0; i < hosts.size(); ++i)
      if (!ids->contains(static_cast<uint32_t>(i))) out.push_back(hosts[i]);
    return out;
  }
  MC_TRY_ASSIGN(const Hosts names, parseHosts(text).prefixed("Invalid argument to --exclude"));
  const Set drop = setOf(names);
  std::copy_if(hosts.begin(), hosts.end(), std::back_inserter(out),
               [&](const std::string& host) { return !drop.contains(host); });
  return out;
}

// "0,2-3" from the front, "-1" from the end.
base::Result<Hosts> nth(const Hosts& hosts, const std::string& text) {
  const bool back = text.starts_with('-');
  const auto ids = formats::Idset::parse(back ? text.substr(1) : text);
  if (!ids || ids->empty()) return base::fail(EINVAL, "Invalid argument to --nth: " + text);
  Hosts out;
  for (const uint32_t id : *ids) {
    if (back ? id == 0 || id > hosts.size() : id >= hosts.size())
      return base::fail(EINVAL, "Host index " + std::string(back ? "-" : "") + std::to_string(id) +
                                    " is out of range");
    out.push_back(hosts[back ? hosts.size() - id : id]);
  }
  return out;
}

base::Result<std::string> indices(const Hosts& hosts, const std::string& text) {
  MC_TRY_ASSIGN(const Hosts wanted, parseHosts(text).prefixed("Invalid argument to --find"));
  std::string out;
  for (const std::string& host : wanted) {
    const auto at = std::find(hosts.begin(), hosts.end(), host);
    if (at == hosts.end()) return base::fail(ENOENT, "Host " + host + " not found");
    out += (out.empty() ? "" : " ") + std::to_string(at - hosts.begin());
  }
  return out;
}

// "\n" and "\t" as users type them.
std::string delimiterOf(const Parsed& parsed) {
  std::string text = parsed.valueOr("delimiter", " ");
  for (const auto& [escape, character] : {std::pair("\\n", "\n"), std::pair("\\t", "\t")})
    for (size_t at = 0; (at = text.find(escape, at)) != std::string::npos; ++at)
      text.replace(at, 2, character);
  return text;
}

base::Result<Hosts> select(Hosts hosts, const Parsed& parsed) {
  if (parsed.has("union") || parsed.has("unique"))
    hosts = sortedUnique(hosts);
  else if (parsed.has("sort"))
    hosts = sorted(hosts);
  if (const auto text = parsed.value("exclude")) {
    MC_TRY_ASSIGN(hosts, exclude(hosts, *text));
  }
  if (const auto text = parsed.value("limit")) {
    const long limit = std::strtol(text->c_str(), nullptr, 10);
    const auto count = static_cast<size_t>(std::labs(limit));
    if (count < hosts.size()) {
      if (limit < 0)
        hosts.erase(hosts.begin(), hosts.end() - static_cast<long>(count));
      else
        hosts.resize(count);
    }
  }
  if (const auto text = parsed.value("nth")) {
    MC_TRY_ASSIGN(hosts, nth(hosts, *text));
  }
  return hosts;
}

base::Result<std::string> outputOf(const Hosts& hosts, const Parsed& parsed) {
  if (const auto wanted = parsed.value("find")) return indices(hosts, *wanted);
  if (parsed.has("count")) return std::to_string(hosts.size());
  if (!parsed.has("expand")) return toList(hosts).str();
  const std::string delimiter = delimiterOf(parsed);
  std::string out;
  for (const std::string& host : hosts) out += (out.empty() ? "" : delimiter) + host;
  return out;
}

}  // namespace

int hostlistMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-hostlist [OPTIONS] [SOURCES]",
                        .description = "fetch, combine, and manipulate Flux hostlists",
                        .options = kHostlistOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  std::optional<int> status;
  (void)integerOption(grammar, parsed, "limit", status);
  if (status) return *status;
  Args sources = parsed.rest;
  if (sources.empty()) sources.emplace_back(parsed.has("local") ? "local" : "stdin");
  Sources reader(parsed.has("fallback"));
  std::vector<Hosts> lists;
  for (const std::string& source : sources) {
    auto hosts = reader.get(source);
    if (!hosts) return failPython(kProgram, hosts.error().message);
    lists.push_back(std::move(*hosts));
  }
  const auto hosts = select(combine(lists, parsed), parsed);
  if (!hosts) return failPython(kProgram, hosts.error().message);
  if (parsed.has("quiet")) return hosts->empty() ? 1 : 0;
  const auto output = outputOf(*hosts, parsed);
  if (!output) return failPython(kProgram, output.error().message);
  print(*output + "\n");
  return 0;
}

}  // namespace mc::flux::commands
