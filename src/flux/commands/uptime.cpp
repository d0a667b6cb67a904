// flux uptime: how long the instance runs, in one line.

#include <cstdlib>
#include <ctime>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

std::string attribute(Session& session, const char* name, uint32_t nodeid = wire::kNodeidAny) {
  const auto answer = session->call("attr.get", {{"name", name}}, nodeid);
  return std::string(answer ? formats::getString(*answer, "value").value_or("") : "");
}

size_t countOf(const json::object& answer, std::string_view key) {
  const auto text = formats::getString(answer, key);
  const auto ids = formats::Idset::parse(text ? *text : std::string_view());
  return ids ? ids->size() : 0;
}

// ",  1 drained,  1 offline": what is out of the ordinary.
std::string nodeText(Session& session, size_t size) {
  std::string out;
  const auto resources = session->call("resource.status", {}, 0);
  size_t drained = 0;
  size_t excluded = 0;
  if (resources) {
    if (const auto* drain = formats::findObject(*resources, "drain"))
      for (const auto& [ranks, info] : *drain) {
        const auto ids = formats::Idset::parse(ranks);
        drained += ids ? ids->size() : 0;
      }
    excluded = countOf(*resources, "exclude");
  }
  if (drained > 0) out += ",  " + std::to_string(drained) + " drained";
  if (excluded > 0) out += ",  " + std::to_string(excluded) + " excluded";
  const auto online = session->call("groups.get", {{"name", "broker.online"}}, 0);
  if (online) {
    const size_t members = countOf(*online, "members");
    if (members < size) out += ",  " + std::to_string(size - members) + " offline";
  }
  return out;
}

// What to ask job-manager.queue-status for: it knows no queue without a name where some have one.
std::vector<json::object> queueQueries(Session& session) {
  std::vector<json::object> queries;
  const auto answer = session->call("job-manager.queue-list", {}, 0);
  const auto* names = answer ? formats::findArray(*answer, "queues") : nullptr;
  for (const json::value& name : names ? *names : json::array())
    queries.push_back(json::object{{"name", name}});
  if (queries.empty()) queries.emplace_back();
  return queries;
}

// What no queue does any more.
std::string queueText(Session& session) {
  bool enabled = false;
  bool started = false;
  for (const json::object& query : queueQueries(session)) {
    const auto status = session->call("job-manager.queue-status", query, 0);
    enabled = enabled || !status || formats::getBool(*status, "enable").value_or(true);
    started = started || !status || formats::getBool(*status, "start").value_or(true);
  }
  std::string out;
  if (!enabled) out += "  submit disabled";
  if (!started) out += std::string(out.empty() ? "  " : ",  ") + "scheduler stopped";
  return out;
}

}  // namespace

int uptimeMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-uptime",
                        .usage = "flux uptime [OPTIONS]",
                        .description = "Tell how long Flux has been up and running"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = Session::open();
  if (!session) return failAs("flux", openFailure(session.error()));
  const std::string size = attribute(*session, "size");
  const std::string level = attribute(*session, "instance-level");
  const std::string owner = attribute(*session, "security.owner");
  const auto state = (*session)->call("state-machine.get");
  if (!state) return failAs("flux-uptime", "state-machine.get: " + state.error().message);
  const double started = std::strtod(attribute(*session, "broker.starttime", 0).c_str(), nullptr);
  const double now = base::SystemClock().wall();

  const auto seconds = static_cast<std::time_t>(now);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char time[16];
  std::strftime(time, sizeof time, "%H:%M:%S", &parts);
  print(std::string(" ") + time + " " +
        std::string(formats::getString(*state, "state").value_or("unknown")) + " " +
        formats::formatDuration(started > 0 && now > started ? now - started : 0, 2) + ",  owner " +
        userName(static_cast<uint32_t>(std::strtoul(owner.c_str(), nullptr, 10))) + ",  depth " +
        level + ",  size " + size + nodeText(*session, std::strtoul(size.c_str(), nullptr, 10)) +
        "\n");
  if (const std::string queues = queueText(*session); !queues.empty()) print(queues + "\n");
  return 0;
}

}  // namespace mc::flux::commands
