// flux ping: measures the way to a service and back.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "flux/commands/commands.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/hostlist.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kPingOptions[] = {
    {'r', "rank", Takes::Value, "NODEID",
     "Target specified nodeid, or \"any\" (default), or \"upstream\""},
    {'p', "pad", Takes::Value, "N", "Include N bytes of payload"},
    {'i', "interval", Takes::Value, "SEC", "Specify time between each ping"},
    {'c', "count", Takes::Value, "N", "Number of pings to send"},
    {'b', "batch", Takes::Nothing, "", "Begin processing responses after all requests are sent"},
    {'u', "userid", Takes::Nothing, "", "Include userid and rolemask in ping output"},
};

struct PingTarget {
  uint32_t nodeid = wire::kNodeidAny;
  bool upstream = false;
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
    target.upstream = true;
  } else if (node.find_first_not_of("0123456789") == std::string::npos) {
    target.nodeid = static_cast<uint32_t>(std::strtoul(node.c_str(), nullptr, 10));
  } else {
    return std::nullopt;
  }
  return target;
}

struct PingOptions {
  size_t pad = 0;
  bool userid = false;
  bool batch = false;
  int count = -1;  ///< negative: without end
  double interval = 1;
};

std::string userText(const json::object& answer) {
  char text[64];
  std::snprintf(
      text, sizeof text, " userid=%llu rolemask=0x%llx",
      static_cast<unsigned long long>(formats::getUnsigned(answer, "userid").value_or(0)),
      static_cast<unsigned long long>(formats::getUnsigned(answer, "rolemask").value_or(0)));
  return text;
}

std::string pingLine(const PingTarget& target, const json::object& answer,
                     const PingOptions& options, int sequence, double milliseconds) {
  const auto rank = formats::getInteger(answer, "rank");
  const std::string where = rank ? std::to_string(*rank) : target.name;
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, " seq=%d time=%.3f ms", sequence, milliseconds);
  const auto route = formats::getString(answer, "route");
  return where + "!" + target.service + ".ping pad=" + std::to_string(options.pad) +
         (options.userid ? userText(answer) : "") + numbers + " (" +
         std::string(route ? *route : "") + ")\n";
}

// A host stands for its rank.
std::optional<uint32_t> rankOfHost(Session& session, const std::string& host) {
  const auto answer = session->call("attr.get", {{"name", "hostlist"}});
  const auto text = answer ? formats::getString(*answer, "value")
                           : base::Result<std::string_view>(base::pass(answer.error()));
  const auto hosts = text ? formats::Hostlist::parse(*text)
                          : base::Result<formats::Hostlist>(base::pass(text.error()));
  const auto place = hosts ? hosts->find(host) : std::nullopt;
  if (!place) return std::nullopt;
  return static_cast<uint32_t>(*place);
}

// Sends the pings at their times and prints the answers as they come.
class Pinger {
 public:
  Pinger(Session& session, PingTarget target, PingOptions options)
      : session_(session), target_(std::move(target)), options_(options) {}

  int run() {
    session_->onClosed([this](const base::Error&) { finish(); });
    print("flux-ping " + target_.name + "!" + target_.service + "\n");
    flushOutput();
    sendNext();
    while (!over_) session_.loop->run();
    return status_;
  }

 private:
  void sendNext() {
    if (over_ || sent_ == options_.count) return;
    const int sequence = sent_++;
    const auto begin = session_.loop->clock().steady();
    rpcs_[sequence] = session_->rpc(target_.service + ".ping",
                                    {{"seq", sequence}, {"pad", std::string(options_.pad, 'p')}},
                                    {.nodeid = target_.nodeid, .upstream = target_.upstream},
                                    [this, sequence, begin](const client::Answer& answer) {
                                      onAnswer(sequence, begin, answer);
                                    });
    if (sent_ == options_.count) return;
    // --batch sends all at once, an interval of zero each after the answer to the last.
    if (options_.batch) return session_.loop->post([this] { sendNext(); });
    if (options_.interval > 0)
      timer_ = session_.loop->after(
          std::chrono::nanoseconds(static_cast<int64_t>(options_.interval * 1e9)),
          [this] { sendNext(); });
  }

  void onAnswer(int sequence, std::chrono::steady_clock::time_point begin,
                const client::Answer& answer) {
    const auto held = rpcs_.extract(sequence);  // this callback lives in it
    if (over_) return;
    if (!answer) {
      status_ =
          failAs("flux-ping", target_.service + ".ping: " + std::strerror(answer.error().errnum));
      return finish();
    }
    const std::chrono::duration<double, std::milli> took = session_.loop->clock().steady() - begin;
    print(pingLine(target_, *answer, options_, sequence, took.count()));
    flushOutput();
    if (++answered_ == options_.count) return finish();
    if (!options_.batch && options_.interval == 0) sendNext();
  }

  void finish() {
    over_ = true;
    session_.loop->stop();
  }

  Session& session_;
  PingTarget target_;
  PingOptions options_;
  std::map<int, client::Watch> rpcs_;
  base::Watch timer_;
  int sent_ = 0;
  int answered_ = 0;
  int status_ = 0;
  bool over_ = false;
};

std::optional<PingOptions> pingOptions(const Parsed& parsed) {
  PingOptions options;
  const auto interval = formats::parseDuration(parsed.valueOr("interval", "1"));
  if (!interval) {
    failAs("flux-ping", "interval must be >= 0");
    return std::nullopt;
  }
  options.interval = *interval;
  options.count = static_cast<int>(std::strtol(parsed.valueOr("count", "-1").c_str(), nullptr, 10));
  options.pad = std::strtoul(parsed.valueOr("pad", "0").c_str(), nullptr, 10);
  options.userid = parsed.has("userid");
  options.batch = parsed.has("batch");
  if (!options.batch || options.count > 0) return options;
  failAs("flux-ping", "--batch should only be used with --count");
  return std::nullopt;
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
  const auto options = pingOptions(parsed);
  if (!options) return 1;
  auto session = Session::open();
  if (!session) return failAs("flux-ping", openFailure(session.error()));
  auto target = pingTarget(parsed.rest[0], parsed.value("rank"));
  if (!target) {  // a host in front of the service, or by itself
    const std::string text =
        parsed.value("rank").value_or(parsed.rest[0].substr(0, parsed.rest[0].find('!')));
    const auto rank = rankOfHost(*session, text);
    if (!rank) return failAs("flux-ping", "invalid target " + parsed.rest[0]);
    const size_t bang = parsed.rest[0].find('!');
    const bool only = parsed.value("rank") ? false : bang == std::string::npos;
    target = pingTarget(only ? "" : parsed.rest[0].substr(bang + 1), std::to_string(*rank));
  }
  if (target->upstream) {
    const auto rank = brokerNumber(*session, "rank");
    if (!rank) return failAs("flux-ping", "attr.get rank: " + rank.error().message);
    target->nodeid = *rank;
  }
  return Pinger(*session, std::move(*target), *options).run();
}

}  // namespace mc::flux::commands
