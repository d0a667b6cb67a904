#pragma once
// All services of jobs on a fake broker of rank 0, with commands to drive them as clients do.
//
// Time stands still until the test moves it; nothing runs but in settle() and advance().

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "fakes/fake_host.hpp"
#include "flux/formats/eventlog.hpp"
#include "flux/formats/job_id.hpp"
#include "flux/formats/json.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/formats/signed_jobspec.hpp"
#include "flux/services/job_services.hpp"

namespace mc::flux::services {

namespace json = boost::json;
using fakes::Asked;
using formats::JobId;

/// What a test asks for in a jobspec; the rest is as the commands make it.
struct Wish {
  std::string resources = R"([{"type":"slot","count":1,"label":"task",
                               "with":[{"type":"core","count":1}]}])";
  std::string command = R"(["true"])";
  std::string system;  // further members of attributes.system: "\"queue\":\"debug\","
  double duration = 0;
  int urgency = 16;
  int flags = 0;

  static Wish slots(int count, int cores = 1) {
    Wish out;
    out.resources = R"([{"type":"slot","label":"task","count":)" + std::to_string(count) +
                    R"(,"with":[{"type":"core","count":)" + std::to_string(cores) + "}]}]";
    return out;
  }
  static Wish nodes(int count, int slots = 1, bool exclusive = false) {
    Wish out = Wish::slots(slots);
    out.resources = R"([{"type":"node","count":)" + std::to_string(count) +
                    (exclusive ? R"(,"exclusive":true)" : "") + R"(,"with":)" + out.resources +
                    "}]";
    return out;
  }
  /// Runs in simulation for a time ("0", "5s").
  Wish& simulated(const std::string& runDuration, int waitStatus = 0) {
    system += R"("exec":{"test":{"run_duration":")" + runDuration + R"(","wait_status":)" +
              std::to_string(waitStatus) + "}},";
    return *this;
  }
  [[nodiscard]] std::string jobspec() const {
    return R"({"version":1,"resources":)" + resources + R"(,"tasks":[{"command":)" + command +
           R"(,"slot":"task","count":{"per_slot":1}}],"attributes":{"system":{)" + system +
           R"("cwd":"/tmp","duration":)" + std::to_string(duration) + "}}}";
  }
};

class JobSystem {
 public:
  /// `nodes` brokers with `cores` cores each, all online. `statedir`: where jobs are kept.
  explicit JobSystem(int nodes = 2, int cores = 2, const std::string& config = "{}",
                     const std::string& statedir = {})
      : host(0, static_cast<uint32_t>(nodes)) {
    std::string hosts = "n0";
    for (int i = 1; i < nodes; ++i) hosts += ",n" + std::to_string(i);
    host.attributes["hostlist"] = hosts;
    if (!statedir.empty()) host.attributes["statedir"] = statedir;
    host.configuration = fakes::parseJson(config).as_object();
    if (!host.configuration.contains("resource"))
      host.configuration["resource"] = json::object{
          {"noverify", true},  // what this machine has is of no account
          {"config", json::array{json::object{{"hosts", hosts},
                                              {"cores", "0-" + std::to_string(cores - 1)}}}}};
    auto made = makeJobServices(host);
    if (!made) throw std::runtime_error(made.error().message);
    services = std::move(*made);
    online("0-" + std::to_string(nodes - 1));
  }

  void online(const std::string& ranks) {
    host.rpcOf("groups.get").answer(R"({"members":")" + ranks + R"("})");
    settle();
  }

  Asked& ask(Asked& asked) {
    const auto request = asked.request();
    const std::string topic = request.message().topic;
    for (const auto& service : services)
      if (service->name() == topic.substr(0, topic.find('.'))) service->handle(request);
    settle();
    return asked;
  }
  Asked ask(const std::string& topic, const std::string& payload = "{}", uint8_t flags = 0,
            const std::string& sender = "client-1") {
    Asked asked(topic, payload, flags, sender);
    return ask(asked);
  }
  void disconnect(const std::string& sender) {
    for (const auto& service : services) service->disconnect(sender);
  }

  static std::string submission(const Wish& wish, uint32_t userid = 0) {
    return formats::toJson(json::object{{"J", formats::wrapUnsigned(wish.jobspec(), userid)},
                                        {"urgency", wish.urgency},
                                        {"flags", wish.flags}});
  }
  JobId submit(const Wish& wish) {
    const Asked asked = ask("job-ingest.submit", submission(wish));
    EXPECT_EQ(asked.last().errnum, 0u) << asked.last().text;
    return asked.last().errnum == 0 ? asked.last().json().at("id").to_number<JobId>() : 0;
  }

  void settle() { advance(std::chrono::nanoseconds(0)); }
  void advance(std::chrono::nanoseconds duration) { host.fakeLoop.advance(duration); }

  std::string lookup(JobId id, const std::string& key) {
    const Asked asked = ask("job-info.lookup", R"({"id":)" + std::to_string(id) + R"(,"keys":[")" +
                                                   key + R"("],"flags":0})");
    if (asked.last().errnum != 0) return "errno " + std::to_string(asked.last().errnum);
    return std::string(asked.last().json().at(key).as_string());
  }
  /// "submit validate depend ...", with the context where there is one: `name{...}`.
  std::string events(JobId id, const std::string& key = "eventlog", bool contexts = false) {
    const auto log = formats::parseEventlog(lookup(id, key));
    if (!log) return log.error().message;
    std::string out;
    for (const auto& event : *log) {
      if (!out.empty()) out += ' ';
      out += event.name;
      if (contexts && !event.context.empty()) out += formats::toJson(event.context);
    }
    return out;
  }
  json::object attributes(JobId id) {
    const Asked asked =
        ask("job-list.list-id", R"({"id":)" + std::to_string(id) + R"(,"attrs":["all"]})");
    return asked.last().errnum == 0 ? asked.last().json().at("job").as_object() : json::object();
  }
  int state(JobId id) { return attributes(id).at("state").to_number<int>(); }

  Asked raise(JobId id, const std::string& type = "cancel", int severity = 0,
              const std::string& note = "") {
    return ask("job-manager.raise",
               formats::toJson(json::object{
                   {"id", id}, {"type", type}, {"severity", severity}, {"note", note}}));
  }

  /// The shells that were started, in order, as RPCs.
  std::vector<fakes::SentRpc> shells() {
    std::vector<fakes::SentRpc> out;
    for (const auto& rpc : host.rpcs())
      if (rpc.topic == "rexec.exec") out.push_back(rpc);
    return out;
  }
  static void started(const fakes::SentRpc& shell, int pid = 100) {
    shell.answer(R"({"type":"started","pid":)" + std::to_string(pid) + "}");
  }
  void finish(const fakes::SentRpc& shell, int status) {
    shell.answer(R"({"type":"finished","status":)" + std::to_string(status) + "}");
    if (shell.alive()) shell.fail(ENODATA);
    settle();
  }
  static void output(const fakes::SentRpc& shell, const std::string& text,
                     const std::string& stream = "stdout") {
    shell.answer(formats::toJson(
        json::object{{"type", "output"},
                     {"io", json::object{{"stream", stream}, {"rank", "0"}, {"data", text}}}}));
  }

  fakes::FakeHost host;
  std::vector<std::unique_ptr<broker::Service>> services;
};

}  // namespace mc::flux::services
