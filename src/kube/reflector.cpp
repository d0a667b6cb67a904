#include "kube/reflector.hpp"

#include <algorithm>
#include <utility>

namespace mc::kube {

Reflector::Reflector(Client& client, Timer& timer, Resource resource, ReflectorOptions options,
                     ReflectorSink& sink)
    : client_(client),
      timer_(timer),
      resource_(std::move(resource)),
      options_(std::move(options)),
      sink_(sink),
      backoff_(options_.backoff) {}

void Reflector::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    progress_ = false;
    const Status outcome = resourceVersion_.empty() ? list(stop) : watch(stop);
    if (stop.stop_requested()) return;
    if (progress_) backoff_.reset();
    if (outcome && progress_) continue;
    if (!outcome) sink_.failed(outcome.error());
    if (!outcome && outcome.error().is(Reason::Gone) && relistsAtOnce()) continue;
    const auto asked = outcome ? std::nullopt : outcome.error().retryAfter;
    const auto wait = std::max(backoff_.next(), asked.value_or(std::chrono::milliseconds(0)));
    if (!timer_.sleep(wait, stop)) return;
  }
}

bool Reflector::relistsAtOnce() {
  resourceVersion_.clear();
  return !std::exchange(gone_, true);
}

Status Reflector::list(const std::stop_token& stop) {
  sink_.beginList();
  const ListOptions options{.ns = options_.ns,
                            .labelSelector = options_.labelSelector,
                            .fieldSelector = options_.fieldSelector,
                            .pageSize = options_.pageSize,
                            .metadataOnly = options_.metadataOnly};
  MC_TRY_ASSIGN(
      const ListInfo info,
      client_.list(resource_, options, [this](Object item) { sink_.listed(std::move(item)); },
                   {.stop = stop}));
  sink_.endList();
  resourceVersion_ = info.resourceVersion;
  progress_ = true;
  return {};
}

Status Reflector::watch(const std::stop_token& stop) {
  const double share = 1.0 + std::uniform_real_distribution<double>(0, 1)(random_);
  const WatchOptions options{.ns = options_.ns,
                             .labelSelector = options_.labelSelector,
                             .fieldSelector = options_.fieldSelector,
                             .resourceVersion = resourceVersion_,
                             .metadataOnly = options_.metadataOnly,
                             .serverTimeout = std::chrono::duration_cast<std::chrono::seconds>(
                                 options_.watchTimeout * share)};
  return client_.watch(resource_, options,
                       [this](WatchEvent event) {
                         take(std::move(event));
                         return true;
                       },
                       {.stop = stop});
}

void Reflector::take(WatchEvent event) {
  progress_ = true;
  gone_ = false;
  const std::string_view version = resourceVersionOf(event.object);
  if (!version.empty()) resourceVersion_ = version;
  if (event.type != EventType::Bookmark) sink_.changed(std::move(event));
}

}  // namespace mc::kube
