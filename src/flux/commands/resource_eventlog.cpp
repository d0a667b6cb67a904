// flux resource eventlog: what has happened to the nodes.

#include "flux/commands/event_text.hpp"
#include "flux/commands/kvs_client.hpp"
#include "flux/commands/resource_command.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kOptions[] = {
    {'f', "format", Takes::Value, "FORMAT", "Specify output format: text, json"},
    {'T', "time-format", Takes::Value, "FORMAT",
     "Specify time format: raw, iso, offset, human (default=raw)"},
    {'H', "human", Takes::Nothing, "", "Display human-readable output"},
};

}  // namespace

int resourceEventlog(const Args& args) {
  const Grammar grammar = resourceGrammar(kOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageError(grammar, "unrecognized arguments: " + parsed.rest[0]);
  auto text = EventText::make(parsed.valueOr("format", "text"),
                              parsed.valueOr("time-format", "raw"), parsed.has("human"));
  if (!text) return resourceFail(text.error().message);
  auto session = resourceSession();
  if (!session) return 1;
  const auto log = kvsGet(*session, {.ns = "primary", .root = {}}, "resource.eventlog");
  if (!log) return resourceFail(pythonError(log.error()));
  std::string_view rest = *log;
  std::string_view line;
  while (formats::nextLine(rest, line)) {
    const auto event = formats::parseEvent(line);
    if (!event) return resourceFail(event.error().message);
    print(text->line(*event, line) + "\n");
  }
  return 0;
}

}  // namespace mc::flux::commands
