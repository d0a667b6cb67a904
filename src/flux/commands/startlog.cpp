// flux startlog: when the instance was started and ended, from admin.eventlog.

#include <algorithm>
#include <chrono>
#include <ctime>

#include "flux/commands/commands.hpp"
#include "flux/commands/kvs_client.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kOptions[] = {
    {0, "check", Takes::Nothing, "", "Check if instance has properly shut down"},
    {0, "quiet", Takes::Nothing, "", "Suppress non-error output"},
    {'v', "show-version", Takes::Nothing, "", "Show flux-core software version"},
};

int startlogFail(std::string_view text) {
  return failAs("flux-startlog", text);
}

std::string dateOf(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

std::string versionOf(const formats::Event& start) {
  const auto* version = formats::findString(start.context, "core-version");
  return version ? " [" + std::string(*version) + "]" : std::string();
}

// One life of the instance as a line; `next` is the event after its start, null if there is none.
std::string line(const formats::Event& start, const formats::Event* next, double now,
                 bool version) {
  const bool finished = next != nullptr && next->name == "finish";
  std::string text = dateOf(start.timestamp) + " - ";
  if (finished)
    text += dateOf(next->timestamp);
  else
    text += next != nullptr ? "crashed" : "running";
  if (finished || next == nullptr)
    text += " (" +
            formats::formatDuration(
                std::max(0.0, (finished ? next->timestamp : now) - start.timestamp), 2) +
            ")";
  return text + (version ? versionOf(start) : "") + "\n";
}

}  // namespace

int startlogMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-startlog",
                        .usage = "flux-startlog [OPTIONS]",
                        .description = "Show Flux instance start and stop times",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return startlogFail(openFailure(session.error()));
  const auto text = kvsGet(*session, {"primary", std::nullopt}, "admin.eventlog");
  if (!text) return startlogFail("Error fetching eventlog: " + text.error().message);
  const auto events = formats::parseEventlog(*text);
  if (!events) return startlogFail("Error decoding eventlog: " + events.error().message);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  bool crashed = false;
  for (size_t i = 0; i < events->size(); ++i) {
    const formats::Event& event = (*events)[i];
    if (event.name != "start") continue;
    crashed = i > 0 && (*events)[i - 1].name == "start";
    const formats::Event* next = i + 1 < events->size() ? &(*events)[i + 1] : nullptr;
    if (!parsed.has("quiet")) print(line(event, next, now, parsed.has("show-version")));
  }
  return parsed.has("check") && crashed ? 1 : 0;
}

}  // namespace mc::flux::commands
