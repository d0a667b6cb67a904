#include "flux/services/overlay/service.hpp"

#include <algorithm>

#include "flux/formats/json.hpp"

namespace mc::flux::services {
namespace json = boost::json;
using broker::Request;
using overlay::SubtreeStatus;

OverlayService::OverlayService(overlay::Overlay& overlay, const base::Clock& clock)
    : overlay_(overlay), clock_(clock) {
  methods_.add("health", Access::Anyone,
               [this](const auto& r, const auto& p) { return health(r, p); });
  methods_.add("topology", Access::Anyone,
               [this](const auto& r, const auto& p) { return topology(r, p); });
  methods_.add("disconnect-subtree", Access::Owner,
               [this](const auto& r, const auto& p) { return disconnectSubtree(r, p); });
  methods_.add("stats-get", Access::Anyone,
               [this](const auto& r, const auto&) { return stats(r); });
}

double OverlayService::secondsSince(std::chrono::steady_clock::time_point since) const {
  return std::chrono::duration<double>(clock_.steady() - since).count();
}

json::object OverlayService::healthPayload() const {
  json::array children;
  for (const auto& child : overlay_.children()) {
    json::object entry{{"rank", child.rank},
                       {"status", overlay::toString(child.status)},
                       {"duration", secondsSince(child.since)}};
    if (!child.error.empty()) entry["error"] = child.error;
    children.push_back(std::move(entry));
  }
  return {{"rank", overlay_.rank()},
          {"status", overlay::toString(overlay_.status())},
          {"duration", secondsSince(overlay_.statusSince())},
          {"children", std::move(children)}};
}

base::Status OverlayService::health(const Request& request, const json::object& payload) {
  if (const auto* wanted = formats::findString(payload, "wait")) {
    const SubtreeStatus status = overlay::subtreeStatus(std::string_view(*wanted));
    if (status == SubtreeStatus::Unknown)
      return base::fail(EPROTO, "unknown state: '" + std::string(*wanted) + "'");
    if (status != overlay_.status()) {
      waiting_.add(request, status);
      return {};
    }
  } else if (request.streaming()) {
    waiting_.add(request, std::nullopt);
  }
  request.respond(healthPayload());
  return {};
}

void OverlayService::onStatusChanged() {
  waiting_.drop([this](const auto& waiting) {
    if (waiting.extra && *waiting.extra != overlay_.status()) return false;
    waiting.request.respond(healthPayload());
    return waiting.extra.has_value();
  });
}

json::object OverlayService::subtree(uint32_t rank) const {
  json::array children;
  for (const uint32_t child : overlay_.topology().children(rank))
    children.push_back(subtree(child));
  return {{"rank", rank},
          {"size", overlay_.topology().subtree(rank).size()},
          {"children", std::move(children)}};
}

base::Status OverlayService::topology(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const uint64_t rank, formats::getUnsigned(payload, "rank"));
  const bool mine = rank == overlay_.rank();
  if (!mine && (rank > UINT32_MAX || overlay_.child(static_cast<uint32_t>(rank)) == nullptr))
    return base::fail(ENOENT, "requested rank is not this broker or its direct child");
  request.respond(subtree(static_cast<uint32_t>(rank)));
  return {};
}

/// Cuts a child off with all below it, before it does harm.
base::Status OverlayService::disconnectSubtree(const Request& request,
                                               const json::object& payload) {
  MC_TRY_ASSIGN(const uint64_t rank, formats::getUnsigned(payload, "rank"));
  MC_TRY(overlay_.disconnectChild(static_cast<uint32_t>(std::min<uint64_t>(rank, UINT32_MAX)),
                                  "administrative disconnect"));
  request.respond();
  return {};
}

base::Status OverlayService::stats(const Request& request) {
  request.respond(json::object{{"child-count", overlay_.children().size()},
                               {"child-connected", overlay_.childrenOnline()},
                               {"parent-count", overlay_.hasParent() ? 1 : 0}});
  return {};
}

}  // namespace mc::flux::services
