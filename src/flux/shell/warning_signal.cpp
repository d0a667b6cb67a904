#include "flux/shell/warning_signal.hpp"

#include <algorithm>
#include <csignal>

#include "flux/formats/duration.hpp"

namespace mc::flux::shell {

namespace {

constexpr double kDefaultTimeLeft = 60;  // seconds
constexpr double kLongest = 1e9;         // seconds; what nanoseconds can hold

double timeLeftOf(const boost::json::value* value) {
  if (value == nullptr) return kDefaultTimeLeft;
  if (const auto* text = value->if_string())
    return formats::parseDuration(*text).value_or(kDefaultTimeLeft);
  return formats::toDouble(*value).value_or(kDefaultTimeLeft);
}

int signalOf(const boost::json::value* value) {
  const auto number = value ? formats::toInteger(*value) : base::Result<int64_t>(SIGUSR1);
  return number && *number > 0 && *number < NSIG ? static_cast<int>(*number) : SIGUSR1;
}

}  // namespace

WarningSignal::WarningSignal(client::Handle& handle, const Job& job) : handle_(handle), job_(job) {
  if (job.option("signal") == nullptr || job.resources.expiration <= 0) return;
  const double end = job.resources.expiration - timeLeftOf(job.option("signal.timeleft"));
  const double delay = std::clamp(end - handle.loop().clock().wall(), 0.0, kLongest);
  timer_ =
      handle.loop().after(std::chrono::nanoseconds(static_cast<int64_t>(delay * 1e9)),
                          [this, number = signalOf(job.option("signal.signum"))] { send(number); });
}

void WarningSignal::send(int number) {
  rpc_ = handle_.rpc("job-manager.kill", {{"id", job_.id}, {"signum", number}}, {},
                     [](const client::Answer&) {});
}

}  // namespace mc::flux::shell
