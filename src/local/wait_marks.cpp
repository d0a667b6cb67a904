#include "local/wait_marks.hpp"

#include <algorithm>
#include <charconv>

#include "base/clock.hpp"
#include "base/rfc3339.hpp"
#include "local/docker/json.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"

namespace mc::local {

double WaitMark::retryAt() const {
  constexpr double kFirst = 10;
  constexpr double kLongest = 300;
  double pause = kFirst;
  for (int64_t i = 1; i < tries && pause < kLongest; ++i) pause *= 2;
  return since + std::min(pause, kLongest);
}

base::Status setMark(docker::Client& client, const Record& record, const WaitMark& mark,
                     const std::stop_token& stop) {
  MC_TRY(clearMark(client, record, mark.pod, mark.container, stop));
  Labels labels = memberLabels(record, label::kPartWaiting);
  labels[label::kPod] = mark.pod;
  labels[label::kContainer] = mark.container;
  labels[label::kReason] = mark.reason;
  labels[label::kMessage] = mark.message;
  labels[label::kTries] = std::to_string(mark.tries);
  labels[label::kCreated] = base::formatTime(base::SystemClock().wall());
  MC_TRY(docker::createVolume(client, waitMark(record.ref.ns, mark.pod, mark.container), labels, {},
                              stop));
  return {};
}

base::Status clearMark(docker::Client& client, const Record& record, const std::string& pod,
                       const std::string& container, const std::stop_token& stop) {
  return docker::removeVolume(client, waitMark(record.ref.ns, pod, container), stop);
}

WaitMark readMark(const boost::json::object& labels) {
  WaitMark mark;
  mark.pod = docker::textOf(labels, label::kPod);
  mark.container = docker::textOf(labels, label::kContainer);
  mark.reason = docker::textOf(labels, label::kReason);
  mark.message = docker::textOf(labels, label::kMessage);
  const std::string tries = docker::textOf(labels, label::kTries);
  std::from_chars(tries.data(), tries.data() + tries.size(), mark.tries);
  mark.since = base::parseTime(docker::textOf(labels, label::kCreated));
  return mark;
}

}  // namespace mc::local
