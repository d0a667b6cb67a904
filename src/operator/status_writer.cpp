#include "operator/status_writer.hpp"

#include <boost/json.hpp>

#include "base/rfc3339.hpp"
#include "operator/objects/names.hpp"
#include "operator/policies/events.hpp"
#include "operator/resources.hpp"

namespace mc::controller {

namespace json = boost::json;
using std::chrono::nanoseconds;

namespace {

bool hasTrue(const json::object& status, std::string_view type) {
  return trueCondition(kube::Object{{"status", status}}, type) != nullptr;
}

}  // namespace

nanoseconds StatusWriter::gathering(const kube::ObjectKey& key, std::chrono::milliseconds longest) {
  const auto now = clock_.steady();
  const std::lock_guard lock(mutex_);
  const auto since = since_.emplace(key, now).first->second;
  return std::max(nanoseconds(0), nanoseconds(since + longest - now));
}

void StatusWriter::forget(const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  since_.erase(key);
}

kube::Result<std::optional<nanoseconds>> StatusWriter::write(const kube::Object& cluster,
                                                             json::object status,
                                                             const std::stop_token& stop) {
  const auto key = kube::keyOf(cluster);
  const auto* old = kube::findObject(cluster, {"status"});
  const json::object before = old == nullptr ? json::object() : *old;
  json::object patch = statusPatch(before, status);
  if (patch.empty()) {
    forget(key);
    return std::nullopt;
  }
  if (isOnlyProgress(before, status) && !hasTrue(status, "Ready")) {
    const auto left = gathering(key, before.empty() ? kFirst : kGathering);
    if (left > nanoseconds(0)) return left;
  }
  forget(key);
  const json::value change = {{"metadata", {{"resourceVersion", kube::resourceVersionOf(cluster)}}},
                              {"status", std::move(patch)}};
  ledger_.writingStatus(key, status);
  const auto written = client_.patch(
      kMiniClusters, key, kube::PatchType::Merge, change,
      {.fieldManager = std::string(kManager), .subresource = "status", .metadataOnly = true},
      {.stop = stop});
  if (!written) {
    ledger_.statusSeen(key);
    return tl::make_unexpected(written.error());
  }
  tell(cluster, before, status);
  measure(cluster, before, status);
  return std::nullopt;
}

void StatusWriter::tell(const kube::Object& cluster, const json::object& before,
                        const json::object& after) {
  const kube::ObjectReference about{std::string(kApiVersion),
                                    std::string(kKind),
                                    std::string(kube::namespaceOf(cluster)),
                                    std::string(kube::nameOf(cluster)),
                                    std::string(kube::uidOf(cluster)),
                                    std::string(kube::resourceVersionOf(cluster))};
  for (const Step& step : stepsBetween(before, after))
    events_.event(about, step.severity, step.reason, step.action, step.note);
}

void StatusWriter::measure(const kube::Object& cluster, const json::object& before,
                           const json::object& after) {
  const double created =
      base::parseTime(kube::findText(cluster, {"metadata", "creationTimestamp"}));
  const std::chrono::duration<double> age(std::max(0.0, clock_.wall() - created));
  const bool first = kube::findText(before, {"leadPod"}).empty() || !hasTrue(before, "Running");
  if (first && hasTrue(after, "Running")) metrics_.leadStarted(age);
  if (!hasTrue(before, "Ready") && hasTrue(after, "Ready")) metrics_.ready(age);
}

}  // namespace mc::controller
