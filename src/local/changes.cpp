#include "local/changes.hpp"

#include <string_view>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/record.hpp"

namespace mc::local {

namespace json = boost::json;
using docker::objectOf;
using docker::textOf;

namespace {

/// Events are asked for from so long ago, to miss none between the question and the subscription.
constexpr double kOverlapSeconds = 2;

/// What changes nothing that we show.
bool isNoise(std::string_view action) {
  return action.starts_with("exec_") || action.starts_with("attach") || action == "resize" ||
         action == "top" || action == "detach" || action == "mount" || action == "unmount" ||
         action.starts_with("archive-path") || action.starts_with("extract-to-dir");
}

/// Events of volumes carry no labels; ours are known by their names.
bool isOurs(const json::object& event, const std::string& ns) {
  const json::object& actor = objectOf(event, "Actor");
  if (textOf(event, "Type") == "volume") {
    const std::string prefix = networkName(ns) + (ns.empty() ? "" : "_");
    return textOf(actor, "ID").starts_with(prefix);
  }
  const ClusterRef ref = clusterOf(objectOf(actor, "Attributes"));
  return !ref.name.empty() && (ns.empty() || ref.ns == ns);
}

/// Returns after the next event that matters; several that are there already count as one.
base::Status awaitChange(docker::EventStream& events, const std::string& ns) {
  bool seen = false;
  while (!seen || events.pending()) {
    MC_TRY_ASSIGN(const json::object event, events.next());
    seen = seen || (!isNoise(textOf(event, "Action")) && isOurs(event, ns));
  }
  return {};
}

base::Status watchEvents(docker::Client& client, const std::string& ns,
                         const std::function<base::Result<bool>(const std::stop_token&)>& changed,
                         const std::stop_token& stop) {
  const double since = base::SystemClock().wall() - kOverlapSeconds;
  MC_TRY_ASSIGN(auto events, docker::EventStream::open(client, since, stop));
  while (true) {
    MC_TRY_ASSIGN(const bool done, changed(stop));
    if (done) return {};
    MC_TRY(awaitChange(events, ns));
  }
}

}  // namespace

base::Status untilTrue(docker::Client& client, const std::string& ns,
                       const std::function<base::Result<bool>(const std::stop_token&)>& changed,
                       std::optional<std::chrono::milliseconds> timeout,
                       const std::stop_token& stop) {
  const base::Deadline deadline(timeout, stop);
  base::Status status = watchEvents(client, ns, changed, deadline.token());
  if (!status && deadline.expired() && status.error().errnum == ECANCELED) {
    return base::fail(ETIMEDOUT, "timed out waiting for the condition");
  }
  return status;
}

}  // namespace mc::local
