#include "flux/services/job-exec/test_execution.hpp"

#include <cmath>

#include "flux/formats/duration.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::exec {

namespace {

std::optional<double> readDuration(const boost::json::object& options) {
  const auto* value = formats::find(options, "run_duration");
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) {
    const auto seconds = formats::parseDuration(*text);
    return seconds ? std::optional(*seconds) : std::nullopt;
  }
  const auto seconds = formats::toDouble(*value);
  return seconds ? std::optional(*seconds) : std::nullopt;
}

}  // namespace

TestExecution::TestExecution(base::Loop& loop, const manager::Job& job,
                             const boost::json::object& options, ExecutionEvents& events)
    : loop_(loop),
      events_(events),
      ranks_(job.active->resources.ranks()),
      seconds_(readDuration(options)),
      status_(static_cast<int>(formats::getInteger(options, "wait_status").value_or(0))) {
  if (!seconds_ && job.duration > 0) seconds_ = job.duration;
}

void TestExecution::start() {
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.lock()) started();
  });
}

void TestExecution::started() {
  events_.onStarted();
  if (ended_ || !seconds_ || !std::isfinite(*seconds_)) return;
  if (*seconds_ <= 0) return end(status_);
  timer_ = loop_.after(std::chrono::duration_cast<std::chrono::nanoseconds>(
                           std::chrono::duration<double>(*seconds_)),
                       [this] { end(status_); });
}

void TestExecution::signal(int signal) {
  loop_.post([this, signal, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.lock()) end(signal);
  });
}

void TestExecution::end(int status) {
  if (std::exchange(ended_, true)) return;
  ranks_.clear();
  events_.onDone(status);
}

}  // namespace mc::flux::services::exec
