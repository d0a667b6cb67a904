// flux event pub, sub.

#include <cstdlib>

#include "base/base64.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kPublishOptions[] = {
    {'r', "raw", Takes::Nothing, "", "Payload is raw"},
    {'p', "private", Takes::Nothing, "", "Set privacy flag on published message"},
    {'l', "loopback", Takes::Nothing, "", "Wait for published event to be received before exiting"},
    {'s', "synchronous", Takes::Nothing, "", "Wait for event sequence number"},
};
constexpr Option kSubscribeOptions[] = {
    {'c', "count", Takes::Value, "COUNT", "Process COUNT events, then exit"},
    {'r', "raw", Takes::Nothing, "", "Dump raw event payload"},
};

// Publishes and waits until the event has come back.
int publishLoop(Session& session, const std::string& topic, const std::string& payload,
                bool isPrivate) {
  bool over = false;
  int status = 0;
  const auto stop = [&] {
    over = true;
    session.loop->stop();
  };
  session->onClosed([&](const base::Error& error) {
    if (!over) status = failAs("flux-event", error.message);
    stop();
  });
  const client::Watch subscription = session->subscribe(topic, [&](const wire::Message& message) {
    if (message.topic == topic && message.text() == payload) stop();
  });
  session->publish(topic, payload, isPrivate);
  while (!over) session.loop->run();
  return status;
}

// Publishes by a request, whose answer says which number the event has got.
int publishInOrder(Session& session, const std::string& topic, const std::string& payload,
                   bool isPrivate, bool raw) {
  boost::json::object request{{"topic", topic}, {"flags", isPrivate ? wire::kPrivate : 0}};
  // Texts go with the NUL behind them.
  if (!payload.empty())
    request["payload"] = base::base64Encode({payload.c_str(), payload.size() + (raw ? 0 : 1)});
  const auto answer = session->call("event.pub", request);
  return answer ? 0 : failAs("flux-event", answer.error().message);
}

int eventPublish(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-event pub",
                        .usage = "flux event pub [OPTIONS] topic [payload]",
                        .description = "Publish events",
                        .options = kPublishOptions,
                        .commandFollows = true};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  std::string payload;
  for (size_t i = 1; i < parsed.rest.size(); ++i) payload += (i > 1 ? " " : "") + parsed.rest[i];
  if (!payload.empty() && !parsed.has("raw") && !formats::parseJsonObject(payload))
    return failAs("flux-event", "payload is not a JSON object");
  auto session = Session::open();
  if (!session) return failAs("flux-event", openFailure(session.error()));
  if (parsed.has("loopback"))
    return publishLoop(*session, parsed.rest[0], payload, parsed.has("private"));
  if (parsed.has("synchronous"))
    return publishInOrder(*session, parsed.rest[0], payload, parsed.has("private"),
                          parsed.has("raw"));
  (*session)->publish(parsed.rest[0], payload, parsed.has("private"));
  const auto sent = (*session)->flush();
  return sent ? 0 : failAs("flux-event", sent.error().message);
}

int eventSubscribe(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-event sub",
                        .usage = "flux event sub [OPTIONS] [topic...]",
                        .description = "Subscribe to events",
                        .options = kSubscribeOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  long left = std::strtol(parsed.valueOr("count", "-1").c_str(), nullptr, 10);
  auto session = Session::open();
  if (!session) return failAs("flux-event", openFailure(session.error()));
  bool over = false;
  const auto stop = [&] {
    over = true;
    session->loop->stop();
  };
  (*session)->onClosed([&](const base::Error&) { stop(); });
  std::vector<client::Watch> subscriptions;
  Args topics = parsed.rest;
  if (topics.empty()) topics.emplace_back();
  for (const std::string& topic : topics)
    subscriptions.push_back((*session)->subscribe(topic, [&](const wire::Message& message) {
      if (over) return;
      print(message.topic + "\t" + std::string(message.text()) + "\n");
      flushOutput();
      if (left > 0 && --left == 0) stop();
    }));
  while (!over) session->loop->run();
  return 0;
}

}  // namespace

int eventMain(const Args& args) {
  if (!args.empty()) {
    const Args rest(args.begin() + 1, args.end());
    if (args[0] == "pub") return eventPublish(rest);
    if (args[0] == "sub") return eventSubscribe(rest);
  }
  complain(
      "Usage: flux event COMMAND [OPTIONS]\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux event:\n"
      "   pub             Publish events\n"
      "   sub             Subscribe to events");
  return !args.empty() && (args[0] == "-h" || args[0] == "--help") ? 0 : 1;
}

}  // namespace mc::flux::commands
