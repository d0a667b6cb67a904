#include "flux/broker/cleanup.hpp"

#include <cstdio>

#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

/// Bit of a job state in job-manager's "states" (RFC 21).
constexpr int kStateRun = 16;

/// "flux-cancel: Canceled 2 jobs (0 errors)", empty if there was nothing to cancel.
std::string canceled(const Answer& answer) {
  if (!answer || !answer->is_object()) return {};
  const auto count = formats::getInteger(answer->get_object(), "count");
  const auto errors = formats::getInteger(answer->get_object(), "errors");
  if (!count || *count == 0) return {};
  return "flux-cancel: Canceled " + std::to_string(*count) + (*count == 1 ? " job (" : " jobs (") +
         std::to_string(errors ? *errors : 0) + " errors)";
}

}  // namespace

Cleanup::Cleanup(Host& host, std::function<void(bool)> done)
    : host_(host), done_(std::move(done)) {}

void Cleanup::start() {
  request("job-manager.queue-start", {{"start", false}, {"all", true}, {"nocheckpoint", true}},
          [this] { cancelJobs(); });
}

void Cleanup::cancelJobs() {
  request("job-manager.raiseall",
          {{"dry_run", false},
           {"userid", wire::kUseridUnknown},
           {"states", kStateRun},
           {"severity", 0},
           {"type", "cancel"}},
          [this] { awaitIdle(); });
}

void Cleanup::awaitIdle() {
  request("job-manager.idle", {}, [this] {
    const auto done = done_;  // may destroy this object
    done(ok_);
  });
}

void Cleanup::request(const char* topic, const json::object& payload, std::function<void()> next) {
  stepStarted_ = host_.loop().clock().steady();
  rpc_ =
      host_.rpc(topic, payload, 0, false, [this, topic, next = std::move(next)](const Answer& a) {
        report(topic, a);
        ++step_;
        next();
      });
}

void Cleanup::report(const std::string& what, const Answer& answer) {
  const std::string name = "cleanup." + std::to_string(step_) + ": ";
  if (const std::string text = canceled(answer); !text.empty())
    host_.log(Severity::Error, "broker", name + text);
  const double seconds =
      std::chrono::duration<double>(host_.loop().clock().steady() - stepStarted_).count();
  char duration[32];
  std::snprintf(duration, sizeof duration, " %.1fs", seconds);
  // Without a job manager there are no jobs to end.
  if (answer || answer.error().errnum == ENOSYS)
    return host_.log(Severity::Info, "broker", name + what + duration);
  ok_ = false;
  host_.log(Severity::Error, "broker", name + what + ": " + answer.error().message + duration);
}

}  // namespace mc::flux::broker
