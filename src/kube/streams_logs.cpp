#include "kube/streams_logs.hpp"

#include "http/uri.hpp"
#include "kube/resource.hpp"

namespace mc::kube {

namespace {

http::Query queryOf(const LogOptions& options) {
  http::Query query;
  if (!options.container.empty()) query.emplace_back("container", options.container);
  if (options.follow) query.emplace_back("follow", "true");
  if (options.timestamps) query.emplace_back("timestamps", "true");
  if (options.previous) query.emplace_back("previous", "true");
  if (options.tailLines) query.emplace_back("tailLines", std::to_string(*options.tailLines));
  if (options.since > 0) query.emplace_back("sinceTime", formatSeconds(options.since));
  return query;
}

}  // namespace

Result<http::Response> openLogs(Session& session, const ObjectKey& pod, const LogOptions& options,
                                const std::stop_token& stop) {
  http::Request request;
  request.target = http::withQuery(objectPath(kPods, pod.ns, pod.name, "log"), queryOf(options));
  // A container may be silent for as long as it likes.
  request.timeouts = http::Timeouts{.idle = std::chrono::milliseconds(0)};
  return session.send(request, {.stop = stop});
}

}  // namespace mc::kube
