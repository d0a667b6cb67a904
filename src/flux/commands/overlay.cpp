// flux overlay: the tree of brokers.

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-overlay";

constexpr Option kTimeout{'t', "timeout", Takes::Value, "FSD",
                          "Set RPC timeout, 0=disable (default 0.5s)"};
constexpr Option kStatusOptions[] = {
    {'r', "rank", Takes::Value, "NODEID", "Check health of subtree rooted at NODEID (default 0)"},
    {'v', "verbose", Takes::OptionalValue, "LEVEL",
     "Increase reporting detail: 1=show time since current state was entered, 2=show round-trip "
     "RPC times."},
    kTimeout,
    {0, "summary", Takes::Nothing, "", "Show only the root subtree status"},
    {0, "down", Takes::Nothing, "", "Show only the partial/degraded subtrees"},
    {0, "no-pretty", Takes::Nothing, "",
     "Do not indent entries and use line drawing characters to show overlay tree structure"},
    {0, "no-ghost", Takes::Nothing, "",
     "Do not fill in presumed state of nodes that are inaccessible behind offline/lost overlay "
     "parents"},
    {'L', "color", Takes::OptionalValue, "WHEN",
     "Colorize output when supported; WHEN can be 'always' (default if omitted), 'never', or "
     "'auto' (default)."},
    {'w', "wait", Takes::Value, "STATE",
     "Wait until subtree enters STATE before reporting (full, partial, offline, degraded, lost)"},
};
constexpr Option kErrorsOptions[] = {kTimeout};
constexpr Option kDisconnectOptions[] = {
    {'r', "parent", Takes::Value, "NODEID",
     "Set parent rank to NODEID (default: determine from topology)"}};

constexpr const char* kUsage =
    "Usage: flux overlay [OPTIONS] COMMAND ARGS\n"
    "  -h, --help             Display this message.\n\n"
    "Common commands from flux overlay:\n"
    "   status          Display overlay subtree health status\n"
    "   errors          Summarize overlay errors\n"
    "   lookup          translate rank idset to hostlist or the reverse\n"
    "   parentof        show the parent of RANK\n"
    "   disconnect      disconnect a subtree rooted at TARGET";

constexpr double kDefaultTimeout = 0.5;

std::string attribute(Session& session, const char* name) {
  const auto answer = session->call("attr.get", {{"name", name}});
  return std::string(answer ? formats::getString(*answer, "value").value_or("") : "");
}

formats::Hostlist hostlistOf(Session& session) {
  return formats::Hostlist::parse(attribute(session, "hostlist")).value_or(formats::Hostlist());
}

// "0.5s" in seconds; 0 means no limit. Nothing after a complaint.
std::optional<double> timeoutOf(const Parsed& parsed) {
  const auto text = parsed.value("timeout");
  const auto seconds = text ? formats::parseDuration(*text) : base::Result<double>(kDefaultTimeout);
  if (!seconds) {
    failAs(kProgram, "invalid timeout: " + seconds.error().message);
    return std::nullopt;
  }
  return *seconds == 0 ? INFINITY : *seconds;
}

// "-v", "-vv" and "--verbose=2".
int verbosityOf(const Parsed& parsed) {
  int level = 0;
  for (const auto& given : parsed.given()) {
    if (given.option->name == nullptr || std::strcmp(given.option->name, "verbose") != 0) continue;
    const std::string text = given.value.value_or("");
    const bool letters = text.find_first_not_of('v') == std::string::npos;
    level = letters ? level + 1 + static_cast<int>(text.size()) : std::atoi(text.c_str());
  }
  return level;
}

uint32_t rankOf(const json::object& node) {
  return static_cast<uint32_t>(formats::getInteger(node, "rank").value_or(0));
}
std::string statusOf(const json::object& node) {
  return std::string(formats::getString(node, "status").value_or("unknown"));
}

// Those that answer tell of their own children; of the others only the parent can tell.
bool isReachable(const std::string& status) {
  return status == "full" || status == "partial" || status == "degraded";
}

bool isState(const std::string& word) {
  for (const char* state : {"full", "partial", "offline", "degraded", "lost"})
    if (word == state) return true;
  return false;
}

// What a broker tells of its subtree; with `wanted`, once that is its state: it tells of each
// change.
client::Answer healthOf(Session& session, uint32_t rank, const std::optional<std::string>& wanted,
                        double timeout) {
  if (!wanted) return session.callFor("overlay.health", {}, rank, timeout);
  return session.streamFor("overlay.health", {}, rank, timeout,
                           [&](const json::object& health) { return statusOf(health) == *wanted; });
}

// Prints the tree as each broker reports its children.
class StatusPrinter {
 public:
  StatusPrinter(Session& session, const Parsed& parsed, double timeout)
      : session_(session),
        hosts_(hostlistOf(session)),
        timeout_(timeout),
        verbosity_(verbosityOf(parsed)),
        downOnly_(parsed.has("down")),
        pretty_(!parsed.has("no-pretty") && isUtf8Locale()),
        ghosts_(!parsed.has("no-ghost")) {
    const std::string when = parsed.has("color") ? parsed.valueOr("color", "always") : "auto";
    color_ = when == "always" || (when == "auto" && ::isatty(STDOUT_FILENO) == 1);
  }

  base::Status printTree(uint32_t rank, const std::optional<std::string>& wait) {
    const auto begin = session_.loop->clock().steady();
    MC_TRY_ASSIGN(const json::object health, healthOf(session_, rank, wait, timeout_));
    const double took = millisecondsSince(begin);
    printLine("", rank, health, took);
    printChildren("", rank, health);
    return {};
  }

 private:
  [[nodiscard]] double millisecondsSince(std::chrono::steady_clock::time_point begin) const {
    return std::chrono::duration<double, std::milli>(session_.loop->clock().steady() - begin)
        .count();
  }

  void printChildren(const std::string& indent, uint32_t rank, const json::object& health) {
    const auto* children = formats::findArray(health, "children");
    if (children == nullptr) return;
    std::vector<const json::object*> shown;
    for (const json::value& element : *children)
      if (const auto* child = element.if_object();
          child != nullptr && !(downOnly_ && statusOf(*child) == "full"))
        shown.push_back(child);
    for (const json::object* child : shown) printChild(indent, rank, *child, child == shown.back());
  }

  [[nodiscard]] std::string branch(bool last) const {
    return !pretty_ ? "" : last ? "\u2514\u2500 " : "\u251c\u2500 ";
  }
  [[nodiscard]] std::string below(bool last) const {
    return !pretty_ ? "" : last ? "   " : "\u2502  ";
  }

  void printChild(const std::string& indent, uint32_t parent, const json::object& child,
                  bool last) {
    const uint32_t rank = rankOf(child);
    const auto begin = session_.loop->clock().steady();
    const auto health = isReachable(statusOf(child))
                            ? session_.callFor("overlay.health", {}, rank, timeout_)
                            : client::Answer(base::fail(EHOSTUNREACH, ""));
    printLine(indent + branch(last), rank, child, health ? millisecondsSince(begin) : -1);
    if (health) return printChildren(indent + below(last), rank, *health);
    if (!ghosts_) return;
    const auto topology = session_.callFor("overlay.topology", {{"rank", rank}}, parent, timeout_);
    if (topology) printGhosts(indent + below(last), *topology, statusOf(child));
  }

  // Those behind a broker that is gone: presumed to be as it is.
  void printGhosts(const std::string& indent, const json::object& node, const std::string& status) {
    const auto* children = formats::findArray(node, "children");
    if (children == nullptr) return;
    for (size_t i = 0; i < children->size(); ++i) {
      const auto* child = (*children)[i].if_object();
      if (child == nullptr) continue;
      const bool last = i + 1 == children->size();
      print(indent + branch(last) + nameOf(rankOf(*child)) + ": " + status + "\n");
      printGhosts(indent + below(last), *child, status);
    }
  }

  [[nodiscard]] std::string nameOf(uint32_t rank) const {
    return std::to_string(rank) + " " + (rank < hosts_.size() ? hosts_.at(rank) : "?");
  }

  [[nodiscard]] std::string painted(const std::string& status) const {
    if (!color_ || status == "full") return status;
    const bool mild = status == "partial" || status == "offline";
    return (mild ? "\033[33m" : "\033[31m") + status + "\033[0m";
  }

  void printLine(const std::string& prefix, uint32_t rank, const json::object& health,
                 double milliseconds) const {
    std::string line = prefix + nameOf(rank) + ": " + painted(statusOf(health));
    if (verbosity_ > 0)
      line += " for " + formats::formatDuration(formats::getDouble(health, "duration").value_or(0));
    if (verbosity_ > 1 && milliseconds >= 0) {
      char buffer[48];
      std::snprintf(buffer, sizeof buffer, " (%.3f ms)", milliseconds);
      line += buffer;
    }
    if (const auto error = formats::getString(health, "error")) line += " " + std::string(*error);
    print(line + "\n");
  }

  Session& session_;
  formats::Hostlist hosts_;
  double timeout_;
  int verbosity_;
  bool downOnly_;
  bool pretty_;
  bool ghosts_;
  bool color_;
};

// Collects why brokers were lost, as their parents noted it.
void collectErrors(Session& session, uint32_t rank, double timeout,
                   std::map<std::string, formats::Idset>& errors) {
  const auto health = session.callFor("overlay.health", {}, rank, timeout);
  const auto* children = health ? formats::findArray(*health, "children") : nullptr;
  if (children == nullptr) return;
  for (const json::value& element : *children) {
    const auto* child = element.if_object();
    if (child == nullptr) continue;
    if (const auto error = formats::getString(*child, "error"); error && !error->empty())
      errors[std::string(*error)].insert(rankOf(*child));
    if (isReachable(statusOf(*child))) collectErrors(session, rankOf(*child), timeout, errors);
  }
}

std::optional<Session> openSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  failAs("flux", openFailure(session.error()));
  return std::nullopt;
}

int status(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay status",
                        .usage = "flux overlay status [OPTIONS]",
                        .description = "Display overlay subtree health status",
                        .options = kStatusOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = openSession();
  if (!session) return 1;
  const auto timeout = timeoutOf(parsed);
  if (!timeout) return 1;
  const auto rank =
      static_cast<uint32_t>(std::strtoul(parsed.valueOr("rank", "0").c_str(), nullptr, 10));
  const auto wait = parsed.value("wait");
  if (wait && !isState(*wait)) return failAs(kProgram, "invalid --wait state");
  if (parsed.has("summary")) {
    const auto health = healthOf(*session, rank, wait, *timeout);
    if (!health) return failAs(kProgram, health.error().message);
    print(statusOf(*health) + "\n");
    return 0;
  }
  const auto printed = StatusPrinter(*session, parsed, *timeout).printTree(rank, wait);
  return printed ? 0 : failAs(kProgram, printed.error().message);
}

int errors(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay errors",
                        .usage = "flux overlay errors [OPTIONS]",
                        .description = "Summarize overlay errors",
                        .options = kErrorsOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto timeout = timeoutOf(parsed);
  if (!timeout) return 1;
  auto session = openSession();
  if (!session) return 1;
  std::map<std::string, formats::Idset> found;
  collectErrors(*session, 0, *timeout, found);
  const formats::Hostlist hosts = hostlistOf(*session);
  for (const auto& [text, ranks] : found) {
    formats::Hostlist names;
    for (const uint32_t rank : ranks) names.append(rank < hosts.size() ? hosts.at(rank) : "?");
    print(names.str() + ": " + text + "\n");
  }
  return 0;
}

int lookup(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay lookup",
                        .usage = "flux overlay lookup [OPTIONS] TARGET",
                        .description = "translate rank idset to hostlist or the reverse"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = openSession();
  if (!session) return 1;
  const formats::Hostlist hosts = hostlistOf(*session);
  if (const auto ranks = formats::Idset::parse(parsed.rest[0])) {
    formats::Hostlist found;
    for (const uint32_t rank : *ranks) {
      if (rank >= hosts.size())
        return failAs(kProgram, std::to_string(rank) + " is not a valid rank");
      found.append(hosts.at(rank));
    }
    print(found.str() + "\n");
    return 0;
  }
  const auto names = formats::Hostlist::parse(parsed.rest[0]);
  if (!names) return failAs(kProgram, names.error().message);
  formats::Idset ranks;
  for (const std::string& name : names->hosts()) {
    const auto rank = hosts.find(name);
    if (!rank) return failAs(kProgram, name + " is not a valid host");
    ranks.insert(static_cast<uint32_t>(*rank));
  }
  print(ranks.str() + "\n");
  return 0;
}

// Finds the parent of each rank in the tree of overlay.topology.
void collectParents(const json::object& node, std::map<uint32_t, uint32_t>& parents) {
  const auto rank = static_cast<uint32_t>(formats::getInteger(node, "rank").value_or(0));
  const auto* children = formats::findArray(node, "children");
  if (children == nullptr) return;
  for (const json::value& element : *children) {
    const auto* child = element.if_object();
    if (child == nullptr) continue;
    parents[static_cast<uint32_t>(formats::getInteger(*child, "rank").value_or(0))] = rank;
    collectParents(*child, parents);
  }
}

// The rank above `rank`; nothing for the root and ranks that there are not.
base::Result<std::optional<uint32_t>> parentRank(Session& session, uint32_t rank) {
  MC_TRY_ASSIGN(const json::object topology, session->call("overlay.topology", {{"rank", 0}}, 0));
  std::map<uint32_t, uint32_t> parents;
  collectParents(topology, parents);
  const auto at = parents.find(rank);
  if (at == parents.end()) return std::optional<uint32_t>();
  return std::optional<uint32_t>(at->second);
}

std::optional<uint32_t> rankNumber(const std::string& text) {
  uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

int parentOf(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay parentof",
                        .usage = "flux overlay parentof [OPTIONS] RANK",
                        .description = "show the parent of RANK"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  const auto rank = rankNumber(parsed.rest[0]);
  if (!rank) return failAs(kProgram, parsed.rest[0] + " is not a valid rank");
  auto session = openSession();
  if (!session) return 1;
  const auto parent = parentRank(*session, *rank);
  if (!parent) return failAs(kProgram, parent.error().message);
  if (!*parent) return failAs(kProgram, parsed.rest[0] + " has no parent");
  print(std::to_string(**parent) + "\n");
  return 0;
}

int disconnect(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay disconnect",
                        .usage = "flux overlay disconnect [OPTIONS] TARGET",
                        .description = "disconnect a subtree rooted at TARGET (hostname or rank)",
                        .options = kDisconnectOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = openSession();
  if (!session) return 1;
  const formats::Hostlist hosts = hostlistOf(*session);
  auto rank = rankNumber(parsed.rest[0]);
  if (!rank)
    if (const auto place = hosts.find(parsed.rest[0])) rank = static_cast<uint32_t>(*place);
  if (!rank || *rank >= hosts.size())
    return failAs(kProgram, parsed.rest[0] + " is not a valid hostname or rank in this instance");
  std::optional<uint32_t> parent;
  if (const auto text = parsed.value("parent")) {
    parent = rankNumber(*text);
  } else {
    const auto found = parentRank(*session, *rank);
    if (!found) return failAs(kProgram, found.error().message);
    parent = *found;
  }
  if (!parent || *parent >= hosts.size())
    return failAs(kProgram, parsed.rest[0] + " has no parent to disconnect it from");
  const auto named = [&](uint32_t number) {
    return hosts.at(number) + " (rank " + std::to_string(number) + ")";
  };
  failAs(kProgram, "asking " + named(*parent) + " to disconnect child " + named(*rank));
  const auto answer = (*session)->call("overlay.disconnect-subtree", {{"rank", *rank}}, *parent);
  return answer ? 0 : failAs(kProgram, "overlay.disconnect-subtree: " + answer.error().message);
}

}  // namespace

int overlayMain(const Args& args) {
  const bool help = !args.empty() && (args[0] == "-h" || args[0] == "--help");
  if (!args.empty() && !help) {
    const Args rest(args.begin() + 1, args.end());
    if (args[0] == "status") return status(rest);
    if (args[0] == "lookup") return lookup(rest);
    if (args[0] == "parentof") return parentOf(rest);
    if (args[0] == "errors") return errors(rest);
    if (args[0] == "disconnect") return disconnect(rest);
  }
  complain(kUsage);
  return help ? 0 : 1;
}

}  // namespace mc::flux::commands
