// flux resource eventlog: what has happened to the nodes, and what happens (resource.journal).

#include "flux/commands/event_text.hpp"
#include "flux/commands/resource_command.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kOptions[] = {
    {'f', "format", Takes::Value, "FORMAT", "Specify output format: text, json"},
    {'T', "time-format", Takes::Value, "FORMAT",
     "Specify time format: raw, iso, offset, human (default=raw)"},
    {'H', "human", Takes::Nothing, "", "Display human-readable output"},
    {'F', "follow", Takes::Nothing, "", "Display new events as they are posted"},
    {'w', "wait", Takes::Value, "EVENT", "Display events until EVENT is posted"},
};

/// Prints the answers of resource.journal up to what is wanted.
class JournalPrinter {
 public:
  JournalPrinter(EventText text, bool follow, std::string last)
      : text_(text), follow_(follow), last_(std::move(last)) {}

  int print(Session& session) {
    const auto end = [&] {
      over_ = true;
      session.loop->stop();
    };
    session->onClosed([&](const base::Error&) { end(); });
    const client::Watch rpc = session->rpc("resource.journal", {}, {.nodeid = 0, .streaming = true},
                                           [&](const client::Answer& answer) {
                                             if (!over_ && !take(answer)) end();
                                           });
    while (!over_) session.loop->run();
    return status_;
  }

 private:
  /// False where nothing more is wanted.
  bool take(const client::Answer& answer) {
    const auto* events = answer ? formats::findArray(*answer, "events") : nullptr;
    if (events == nullptr) {
      if (!client::isEnd(answer))
        status_ = resourceFail(answer ? "journal without events" : pythonError(answer.error()));
      return false;
    }
    // An empty array: all that has been is told.
    if (events->empty()) return follow_;
    for (const auto& entry : *events)
      if (!show(formats::toJson(entry))) return false;
    if (follow_) flushOutput();
    return true;
  }

  bool show(const std::string& line) {
    const auto event = formats::parseEvent(line);
    if (!event) {
      status_ = resourceFail(event.error().message);
      return false;
    }
    commands::print(text_.line(*event, line) + "\n");
    return last_.empty() || event->name != last_;
  }

  EventText text_;
  bool follow_;
  std::string last_;
  bool over_ = false;
  int status_ = 0;
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
  return JournalPrinter(*text, parsed.has("follow"), parsed.valueOr("wait", "")).print(*session);
}

}  // namespace mc::flux::commands
