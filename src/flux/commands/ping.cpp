// flux ping: measures the way to a service and back.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kPingOptions[] = {
    {'r', "rank", Takes::Value, "NODEID",
     "Target specified nodeid, or \"any\" (default), or \"upstream\""},
    {'p', "pad", Takes::Value, "N", "Include N bytes of payload"},
    {'i', "interval", Takes::Value, "SEC", "Specify time between each ping"},
    {'c', "count", Takes::Value, "N", "Number of pings to send"},
};

struct PingTarget {
  uint32_t nodeid = wire::kNodeidAny;
  std::string name = "any";
  std::string service = "broker";
};

// "0", "kvs", "1!kvs", "any!kvs", "upstream".
std::optional<PingTarget> pingTarget(std::string text, const std::optional<std::string>& rank) {
  PingTarget target;
  std::string node = rank.value_or("");
  if (const size_t bang = text.find('!'); bang != std::string::npos) {
    node = text.substr(0, bang);
    text.erase(0, bang + 1);
  } else if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
    node = std::exchange(text, "");
  } else if (text == "any" || text == "upstream") {
    node = std::exchange(text, "");
  }
  if (!text.empty()) target.service = text;
  if (node.empty() || node == "any") return target;
  target.name = node;
  if (node == "upstream") {
    target.nodeid = wire::kNodeidUpstream;
  } else if (node.find_first_not_of("0123456789") == std::string::npos) {
    target.nodeid = static_cast<uint32_t>(std::strtoul(node.c_str(), nullptr, 10));
  } else {
    return std::nullopt;
  }
  return target;
}

std::string pingLine(const PingTarget& target, const json::object& answer, size_t pad, int sequence,
                     double milliseconds) {
  const auto rank = formats::getInteger(answer, "rank");
  const std::string where = rank ? std::to_string(*rank) : target.name;
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, "pad=%zu seq=%d time=%.3f ms", pad, sequence,
                milliseconds);
  const auto route = formats::getString(answer, "route");
  return where + "!" + target.service + ".ping " + numbers + " (" +
         std::string(route ? *route : "") + ")\n";
}

void waitFor(base::Loop& loop, double seconds) {
  const base::Watch timer = loop.after(
      std::chrono::nanoseconds(static_cast<int64_t>(seconds * 1e9)), [&] { loop.stop(); });
  loop.run();
}

}  // namespace

int pingMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-ping",
                        .usage = "flux ping [OPTIONS] target",
                        .description = "measure round-trip latency to Flux services",
                        .options = kPingOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  const auto target = pingTarget(parsed.rest[0], parsed.value("rank"));
  if (!target) return failAs("flux-ping", "invalid target " + parsed.rest[0]);
  const auto interval = formats::parseDuration(parsed.valueOr("interval", "1"));
  if (!interval) return failAs("flux-ping", "interval must be >= 0");
  const int count =
      static_cast<int>(std::strtol(parsed.valueOr("count", "-1").c_str(), nullptr, 10));
  const size_t pad = std::strtoul(parsed.valueOr("pad", "0").c_str(), nullptr, 10);
  auto session = Session::open();
  if (!session) return failAs("flux-ping", openFailure(session.error()));
  print("flux-ping " + target->name + "!" + target->service + "\n");
  for (int sequence = 0; count < 0 || sequence < count; ++sequence) {
    if (sequence > 0) waitFor(*session->loop, *interval);
    const auto begin = session->loop->clock().steady();
    const auto answer =
        (*session)->call(target->service + ".ping",
                         {{"seq", sequence}, {"pad", std::string(pad, 'p')}}, target->nodeid);
    const std::chrono::duration<double, std::milli> took = session->loop->clock().steady() - begin;
    if (!answer)
      return failAs("flux-ping",
                    target->service + ".ping: " + std::strerror(answer.error().errnum));
    print(pingLine(*target, *answer, pad, sequence, took.count()));
    flushOutput();
  }
  return 0;
}

}  // namespace mc::flux::commands
