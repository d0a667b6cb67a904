#include "flux/services/kvs/watch_service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/kvs/tree_object.hpp"

namespace mc::flux::services::kvs {

namespace {

namespace json = boost::json;
using broker::Request;

// Flags of a lookup (FLUX_KVS_READDIR ...).
constexpr int64_t kReadDirectory = 1;
constexpr int64_t kWatch = 4;
constexpr int64_t kWaitCreate = 8;
constexpr int64_t kTreeObject = 16;
constexpr int64_t kWatchAppend = 256;

}  // namespace

WatchService::WatchService(base::Loop& loop, Store& store)
    : store_(store), look_(loop, [this] { lookAtAll(); }) {
  methods_.add("lookup", Access::Anyone,
               [this](const Request& request, const json::object& payload) {
                 return lookup(request, payload);
               });
  methods_.add("cancel", Access::Anyone,
               [this](const Request& request, const json::object& payload) {
                 return cancel(request, payload);
               });
}

base::Status WatchService::lookup(const Request& request, const json::object& payload) {
  const auto* name = formats::findString(payload, "namespace");
  Namespace* ns = name ? store_.find(*name) : &store_.primary();
  if (ns == nullptr) return base::fail(ENOTSUP, "namespace not available");
  if (!request.isOwner() && request.message().userid != ns->owner())
    return base::fail(EPERM, "namespace belongs to another user");
  MC_TRY_ASSIGN(const std::string_view key, formats::getString(payload, "key"));
  const auto* flags = formats::find(payload, "flags");
  Watching watching{request,          ns->name(),
                    std::string(key), flags ? formats::toInteger(*flags).value_or(0) : 0,
                    std::nullopt,     nullptr};
  if ((watching.flags & kWatch) != 0 && !request.streaming())
    return base::fail(EPROTO, "KVS watch request rejected without streaming RPC flag");
  MC_TRY_ASSIGN(const bool goesOn, look(watching));
  if (!goesOn) return {};
  watching.changes = ns->onChange([this] { look_.schedule(); });
  watches_.push_back(std::move(watching));
  return {};
}

void WatchService::lookAtAll() {
  for (auto at = watches_.begin(); at != watches_.end();) {
    const auto goesOn = look(*at);
    if (!goesOn) at->request.fail(goesOn.error());
    at = goesOn && *goesOn ? std::next(at) : watches_.erase(at);
  }
}

// Sends what is new; false if there is nothing more to come.
base::Result<bool> WatchService::look(Watching& watching) {
  Namespace* ns = store_.find(watching.ns);
  if (ns == nullptr) return base::fail(ENOTSUP, "namespace was removed");
  const auto node = store_.resolve(*ns, watching.key);
  const bool mayCome = !watching.last && (watching.flags & kWaitCreate) != 0;
  if (!node && node.error().errnum == ENOENT && mayCome) return true;
  if (!node) return base::pass(node.error());
  MC_TRY(send(watching, **node, *ns));
  return (watching.flags & kWatch) != 0;
}

base::Status WatchService::send(Watching& watching, const Node& node, const Namespace& ns) {
  const bool plain = (watching.flags & (kTreeObject | kReadDirectory)) == 0;
  if (plain && node.isDirectory()) return base::fail(EISDIR, "key is a directory");
  if ((watching.flags & kReadDirectory) != 0 && !node.isDirectory())
    return base::fail(ENOTDIR, "key is no directory");
  std::string now = plain ? node.read() : formats::toJson(toTreeObject(node, ns, watching.key));
  if (watching.last == now) return {};
  if (!plain) {
    watching.request.respondText("{\"val\":" + now + "}");
  } else {
    std::string_view fresh = now;
    if ((watching.flags & kWatchAppend) != 0 && watching.last) {
      if (!now.starts_with(*watching.last)) return base::fail(EINVAL, "key was overwritten");
      fresh.remove_prefix(watching.last->size());
    }
    watching.request.respond(json::object{{"val", valueObject(fresh)}});
  }
  watching.last = std::move(now);
  return {};
}

base::Status WatchService::cancel(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const int64_t matchtag, formats::getInteger(payload, "matchtag"));
  watches_.remove_if([&](const Watching& watching) {
    if (watching.request.message().matchtag() != static_cast<uint32_t>(matchtag) ||
        watching.request.sender() != request.sender())
      return false;
    watching.request.fail(ENODATA);
    return true;
  });
  return {};
}

void WatchService::disconnect(const std::string& sender) {
  watches_.remove_if([&](const Watching& watching) { return watching.request.sender() == sender; });
}

}  // namespace mc::flux::services::kvs
