// flux dmesg and flux logger: the brokers' log.

#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "base/rfc3339.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/event_text.hpp"
#include "flux/commands/log_line.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kDmesgOptions[] = {
    {'C', "clear", Takes::Nothing, "", "Clear the ring buffer contents"},
    {'c', "read-clear", Takes::Nothing, "", "Clear the ring buffer contents after printing"},
    {'f', "follow", Takes::Nothing, "", "Track new entries as are logged"},
    {'n', "new", Takes::Nothing, "", "Follow only new log messages"},
    {'H', "human", Takes::Nothing, "", "Display human readable output"},
};
constexpr Option kLoggerOptions[] = {
    {'s', "severity", Takes::Value, "SEVERITY", "Specify message severity"},
    {'n', "appname", Takes::Value, "NAME", "Specify dotted appname"},
};

int clear(Session& session) {
  const auto answer = session->call("log.clear", {{"seq", -1}});
  return answer ? 0 : failAs("flux-dmesg", "log.clear: " + answer.error().message);
}

// One line of the log as users see it.
class LogText {
 public:
  explicit LogText(bool human) : human_(human) {}

  std::string line(const std::string& record) {
    const auto shown = formatLogLine(record);
    if (!shown) return record;
    const size_t space = shown->find(' ');
    if (!human_ || space == std::string::npos) return *shown;
    return text_.line({base::parseTime(shown->substr(0, space)), shown->substr(space + 1), {}}, "");
  }

 private:
  bool human_;
  EventText text_{EventText::Format::Text, EventText::Time::Human};
};

// log.dmesg's answers are lines of text, not JSON: they come as a stream of raw messages.
int printLog(Session& session, bool follow, bool newOnly, LogText text) {
  bool over = false;
  int status = 0;
  session->onClosed([&](const base::Error&) {
    over = true;
    session.loop->stop();
  });
  const client::Watch rpc = session->rpcText(
      "log.dmesg", {{"follow", follow}, {"nobacklog", newOnly}}, {.streaming = true},
      [&](const base::Result<std::string>& answer) {
        if (answer) {
          print(text.line(*answer) + "\n");
          if (follow) flushOutput();
          return;
        }
        if (answer.error().errnum != ENODATA && answer.error().errnum != ECONNRESET)
          status = failAs("flux-dmesg", "log.dmesg: " + answer.error().message);
        over = true;
        session.loop->stop();
      });
  while (!over) session.loop->run();
  return status;
}

}  // namespace

int dmesgMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-dmesg",
                        .usage = "flux dmesg [OPTIONS...]",
                        .description = "Print or control log ring buffer",
                        .options = kDmesgOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return failAs("flux", openFailure(session.error()));
  if (parsed.has("clear")) return clear(*session);
  const bool follow = parsed.has("follow") || parsed.has("new");
  const int status = printLog(*session, follow, parsed.has("new"), LogText(parsed.has("human")));
  return status == 0 && parsed.has("read-clear") ? clear(*session) : status;
}

int loggerMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-logger",
                        .usage = "flux logger [--severity SEVERITY] [--appname NAME] message...",
                        .description = "Create a log entry",
                        .options = kLoggerOptions,
                        .commandFollows = true};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const std::string severityName = parsed.valueOr("severity", "notice");
  const auto severity = severityNumber(severityName);
  if (!severity) return failAs("flux-logger", "invalid severity: " + severityName);
  std::string message;
  for (const std::string& word : parsed.rest) message += (message.empty() ? "" : " ") + word;
  auto session = Session::open();
  if (!session) return failAs("flux-logger", openFailure(session.error()));
  const auto rank = (*session)->call("attr.get", {{"name", "rank"}});
  const std::string host(rank ? formats::getString(*rank, "value").value_or("0") : "0");
  (*session)->notifyText("log.append",
                         makeLogLine(*severity, base::SystemClock().wall(), host,
                                     parsed.valueOr("appname", "logger"), ::getpid(), message));
  const auto sent = (*session)->flush();
  return sent ? 0 : failAs("flux-logger", sent.error().message);
}

}  // namespace mc::flux::commands
