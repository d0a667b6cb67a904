#include "flux/services/kvs/service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/kvs/tree_object.hpp"

namespace mc::flux::services::kvs {

namespace {

namespace json = boost::json;
using broker::Request;

// Flags of a lookup (FLUX_KVS_READDIR ...).
constexpr int64_t kReadDirectory = 1;
constexpr int64_t kReadLink = 2;
constexpr int64_t kTreeObject = 16;
// Flag of a commit: answered only once there is a checkpoint with it (FLUX_KVS_SYNC).
constexpr int64_t kSync = 2;

json::object rootOf(const Namespace& ns) {
  return {{"rootref", versionRef(ns)}, {"rootseq", ns.sequence()}};
}

base::Status checkKind(const Node& node, int64_t flags) {
  if ((flags & kTreeObject) != 0) return {};
  if ((flags & kReadLink) != 0)
    return node.symlink() ? base::Status() : base::fail(EINVAL, "key is no link");
  const bool isDirectory = node.isDirectory();
  if (isDirectory && (flags & kReadDirectory) == 0) return base::fail(EISDIR, "key is a directory");
  if (!isDirectory && (flags & kReadDirectory) != 0)
    return base::fail(ENOTDIR, "key is no directory");
  return {};
}

}  // namespace

KvsService::KvsService(Store& store, TreeBlobs* tree, Journal* journal)
    : store_(store), tree_(tree), journal_(journal) {
  const auto add = [this](const char* method, Access access,
                          base::Status (KvsService::*handler)(const Request&, const Payload&)) {
    methods_.add(method, access, [this, handler](const Request& request, const Payload& payload) {
      return (this->*handler)(request, payload);
    });
  };
  add("commit", Access::Anyone, &KvsService::commit);
  add("lookup", Access::Anyone, &KvsService::lookup);
  add("lookup-plus", Access::Anyone, &KvsService::lookupPlus);
  add("getroot", Access::Anyone, &KvsService::getRoot);
  add("wait-version", Access::Anyone, &KvsService::waitVersion);
  // All that is here is needed, or goes by itself.
  methods_.add("dropcache", Access::Owner, [](const Request& request, const Payload&) {
    request.respond();
    return base::Status();
  });
  add("namespace-create", Access::Owner, &KvsService::createNamespace);
  add("namespace-remove", Access::Owner, &KvsService::removeNamespace);
  methods_.add("namespace-list", Access::Owner,
               [this](const Request& request, const Payload&) { return listNamespaces(request); });
}

void KvsService::disconnect(const std::string& sender) {
  std::erase_if(waiting_, [&](const auto& entry) { return entry.second.sender == sender; });
}

base::Result<Namespace*> KvsService::namespaceOf(const Request& request, const Payload& payload) {
  const auto* name = formats::findString(payload, "namespace");
  Namespace* ns = name ? store_.find(*name) : &store_.primary();
  if (ns == nullptr) return base::fail(ENOTSUP, "namespace not available");
  if (!request.isOwner() && request.message().userid != ns->owner())
    return base::fail(EPERM, "namespace belongs to another user");
  return ns;
}

base::Status KvsService::commit(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Namespace * ns, namespaceOf(request, payload));
  const auto* ops = formats::findArray(payload, "ops");
  if (ops == nullptr) return base::fail(EPROTO, "payload has no array 'ops'");
  std::vector<Operation> operations;
  operations.reserve(ops->size());
  for (const auto& op : *ops) {
    MC_TRY_ASSIGN(Operation operation, Operation::parse(op, tree_));
    operations.push_back(std::move(operation));
  }
  MC_TRY(kvs::commit(*ns, std::move(operations)));
  const auto* flags = formats::find(payload, "flags");
  const bool sync = flags && (formats::toInteger(*flags).value_or(0) & kSync) != 0;
  if (sync && journal_ != nullptr) MC_TRY(journal_->checkpoint());
  request.respond(rootOf(*ns));
  return {};
}

base::Result<json::object> KvsService::find(Namespace& ns, const Payload& payload) {
  const auto* rootdir = formats::find(payload, "rootdir");
  if (rootdir == nullptr) return findIn(ns, payload);
  // A snapshot that the client has the reference of.
  MC_TRY_ASSIGN(std::unique_ptr<Node> root, fromTreeObject(*rootdir, tree_));
  if (!root->isDirectory()) return base::fail(EINVAL, "rootdir is no directory");
  Namespace snapshot({}, ns.owner(), std::make_shared<Creations>());
  snapshot.restore(std::move(root), ns.sequence());
  return findIn(snapshot, payload);
}

base::Result<json::object> KvsService::findIn(Namespace& ns, const Payload& payload) {
  MC_TRY_ASSIGN(const std::string_view key, formats::getString(payload, "key"));
  const auto* flagsValue = formats::find(payload, "flags");
  const int64_t flags = flagsValue ? formats::toInteger(*flagsValue).value_or(0) : 0;
  MC_TRY_ASSIGN(Node * node, store_.resolve(ns, key, (flags & kReadLink) == 0));
  MC_TRY(checkKind(*node, flags));
  if ((flags & kTreeObject) != 0 && tree_ != nullptr) return toReference(*node, ns, key, *tree_);
  return toTreeObject(*node, ns, key);
}

base::Status KvsService::lookup(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Namespace * ns, namespaceOf(request, payload));
  MC_TRY_ASSIGN(json::object value, find(*ns, payload));
  request.respond(json::object{{"val", std::move(value)}});
  return {};
}

base::Status KvsService::lookupPlus(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Namespace * ns, namespaceOf(request, payload));
  json::object answer = rootOf(*ns);
  answer["owner"] = ns->owner();
  if (auto value = find(*ns, payload))
    answer["val"] = std::move(*value);
  else
    answer["errno"] = value.error().errnum;
  request.respond(answer);
  return {};
}

base::Status KvsService::getRoot(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Namespace * ns, namespaceOf(request, payload));
  json::object answer = rootOf(*ns);
  if (tree_ != nullptr && request.isOwner())
    answer["rootref"] = content::blobref(tree_->write(ns->root()));
  if (journal_ != nullptr) journal_->schedule();
  answer["owner"] = ns->owner();
  answer["flags"] = 0;
  request.respond(answer);
  return {};
}

base::Status KvsService::waitVersion(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Namespace * ns, namespaceOf(request, payload));
  MC_TRY_ASSIGN(const uint64_t wanted, formats::getUnsigned(payload, "rootseq"));
  if (ns->sequence() >= wanted) {
    request.respond(rootOf(*ns));
    return {};
  }
  const uint64_t id = nextWaiting_++;
  waiting_[id] = {request.sender(), ns->onChange([this, id, ns, request, wanted] {
                    if (ns->closed())
                      request.fail(ENOTSUP, "namespace was removed");
                    else if (ns->sequence() >= wanted)
                      request.respond(rootOf(*ns));
                    else
                      return;
                    waiting_.erase(id);
                  })};
  return {};
}

base::Status KvsService::createNamespace(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const std::string_view name, formats::getString(payload, "namespace"));
  MC_TRY_ASSIGN(const int64_t owner, formats::getInteger(payload, "owner"));
  const bool unset = owner < 0 || owner == wire::kUseridUnknown;
  MC_TRY(store_.create(name, unset ? store_.primary().owner() : static_cast<uint32_t>(owner)));
  request.respond();
  return {};
}

base::Status KvsService::removeNamespace(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const std::string_view name, formats::getString(payload, "namespace"));
  MC_TRY(store_.remove(name));
  request.respond();
  return {};
}

base::Status KvsService::listNamespaces(const Request& request) {
  json::array list;
  for (const Namespace* ns : store_.namespaces())
    list.push_back({{"namespace", ns->name()}, {"owner", ns->owner()}, {"flags", 0}});
  request.respond(json::object{{"namespaces", std::move(list)}});
  return {};
}

}  // namespace mc::flux::services::kvs
