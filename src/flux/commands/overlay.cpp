// flux overlay: the tree of brokers.

#include <cstdlib>
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

constexpr Option kStatusOptions[] = {
    {'r', "rank", Takes::Value, "NODEID", "Check health of subtree rooted at NODEID (default 0)"},
    {'v', "verbose", Takes::Nothing, "",
     "Increase reporting detail: show time since current state was entered"},
    {'t', "timeout", Takes::Value, "FSD", "Set RPC timeout, 0=disable (default 0.5s)"},
    {0, "summary", Takes::Nothing, "", "Show only the root subtree status"},
    {0, "down", Takes::Nothing, "", "Show only the partial/degraded/offline/lost subtrees"},
    {0, "no-pretty", Takes::Nothing, "", "Do not indent entries and use line drawing characters"},
};

constexpr const char* kUsage =
    "Usage: flux overlay [OPTIONS] COMMAND ARGS\n"
    "  -h, --help             Display this message.\n\n"
    "Common commands from flux overlay:\n"
    "   status          Display overlay subtree health status\n"
    "   lookup          translate rank idset to hostlist or the reverse\n"
    "   parentof        show the parent of RANK";

std::string attribute(Session& session, const char* name) {
  const auto answer = session->call("attr.get", {{"name", name}});
  return std::string(answer ? formats::getString(*answer, "value").value_or("") : "");
}

formats::Hostlist hostlistOf(Session& session) {
  return formats::Hostlist::parse(attribute(session, "hostlist")).value_or(formats::Hostlist());
}

// Prints the tree as each broker reports its children.
class StatusPrinter {
 public:
  StatusPrinter(Session& session, const Parsed& parsed)
      : session_(session),
        hosts_(hostlistOf(session)),
        verbosity_(parsed.count("verbose")),
        downOnly_(parsed.has("down")),
        pretty_(!parsed.has("no-pretty") && isUtf8Locale()) {}

  base::Status printTree(uint32_t rank) {
    const auto begin = session_.loop->clock().steady();
    const auto health = session_->call("overlay.health", {}, rank);
    if (!health) return base::pass(health.error());
    const std::chrono::duration<double, std::milli> took = session_.loop->clock().steady() - begin;
    printLine("", rank, *health, took.count());
    printChildren("", *health);
    return {};
  }

 private:
  void printChildren(const std::string& indent, const json::object& health) {
    const auto* children = formats::findArray(health, "children");
    if (children == nullptr) return;
    for (size_t i = 0; i < children->size(); ++i) {
      const auto* child = (*children)[i].if_object();
      if (child == nullptr) continue;
      const bool last = i + 1 == children->size();
      printChild(indent, *child, last);
    }
  }

  void printChild(const std::string& indent, const json::object& child, bool last) {
    const auto rank = static_cast<uint32_t>(formats::getInteger(child, "rank").value_or(0));
    const std::string status(formats::getString(child, "status").value_or("unknown"));
    if (downOnly_ && status == "full") return;
    const std::string branch = !pretty_ ? "" : last ? "\u2514\u2500 " : "\u251c\u2500 ";
    const std::string below = !pretty_ ? "" : last ? "   " : "\u2502  ";
    // Whoever is there tells of its own children; of the others only the parent can tell.
    const bool reachable = status == "full" || status == "partial" || status == "degraded";
    const auto begin = session_.loop->clock().steady();
    const auto health = reachable ? session_->call("overlay.health", {}, rank)
                                  : client::Answer(base::fail(EHOSTUNREACH, ""));
    const std::chrono::duration<double, std::milli> took = session_.loop->clock().steady() - begin;
    printLine(indent + branch, rank, child, health ? took.count() : -1);
    if (health) printChildren(indent + below, *health);
  }

  void printLine(const std::string& prefix, uint32_t rank, const json::object& health,
                 double milliseconds) const {
    std::string line = prefix + std::to_string(rank) + " ";
    line += rank < hosts_.size() ? hosts_.at(rank) : std::string("?");
    line += ": " + std::string(formats::getString(health, "status").value_or("unknown"));
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
  int verbosity_;
  bool downOnly_;
  bool pretty_;
};

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
  const auto rank =
      static_cast<uint32_t>(std::strtoul(parsed.valueOr("rank", "0").c_str(), nullptr, 10));
  if (parsed.has("summary")) {
    const auto health = (*session)->call("overlay.health", {}, rank);
    if (!health) return failAs(kProgram, health.error().message);
    print(std::string(formats::getString(*health, "status").value_or("unknown")) + "\n");
    return 0;
  }
  const auto printed = StatusPrinter(*session, parsed).printTree(rank);
  return printed ? 0 : failAs(kProgram, printed.error().message);
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

int parentOf(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-overlay parentof",
                        .usage = "flux overlay parentof [OPTIONS] RANK",
                        .description = "show the parent of RANK"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = openSession();
  if (!session) return 1;
  const auto topology = (*session)->call("overlay.topology", {{"rank", 0}}, 0);
  if (!topology) return failAs(kProgram, topology.error().message);
  std::map<uint32_t, uint32_t> parents;
  collectParents(*topology, parents);
  const auto at =
      parents.find(static_cast<uint32_t>(std::strtoul(parsed.rest[0].c_str(), nullptr, 10)));
  if (at == parents.end()) return failAs(kProgram, parsed.rest[0] + " has no parent");
  print(std::to_string(at->second) + "\n");
  return 0;
}

}  // namespace

int overlayMain(const Args& args) {
  const bool help = !args.empty() && (args[0] == "-h" || args[0] == "--help");
  if (!args.empty() && !help) {
    const Args rest(args.begin() + 1, args.end());
    if (args[0] == "status") return status(rest);
    if (args[0] == "lookup") return lookup(rest);
    if (args[0] == "parentof") return parentOf(rest);
  }
  complain(kUsage);
  return help ? 0 : 1;
}

}  // namespace mc::flux::commands
