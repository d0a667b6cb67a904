#include "flux/services/kvs/tree_object.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include "flux/formats/json.hpp"
#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::services::kvs {

namespace {

namespace json = boost::json;

constexpr int64_t kAppend = 32;   // FLUX_KVS_APPEND
constexpr size_t kRefBytes = 20;  // as many as SHA-1 has
constexpr int kMaxDepth = 32;

json::object treeObject(std::string_view type, json::value data) {
  return {{"ver", 1}, {"type", type}, {"data", std::move(data)}};
}

json::object linkObject(const Symlink& link) {
  json::object data;
  if (!link.ns.empty()) data["namespace"] = link.ns;
  data["target"] = link.target;
  return treeObject("symlink", std::move(data));
}

json::object entryObject(const Node& node, const Namespace& ns, const std::string& key) {
  if (const auto stored = node.stored())
    return treeObject("dirref", json::array{json::value(content::blobref(stored->hash()))});
  if (node.isDirectory() && ns.isSnapshot()) return toTreeObject(node, ns, key);
  if (node.isDirectory())
    return treeObject("dirref", json::array{json::value(versionRef(ns, key))});
  return toTreeObject(node, ns, key);
}

base::Result<std::unique_ptr<Node>> fromValue(const json::value& data) {
  const auto* text = data.if_string();
  if (text == nullptr) return base::fail(EPROTO, "val object without base64 data");
  MC_TRY_ASSIGN(std::string bytes, formats::decodeBase64(*text));
  return std::make_unique<Node>(std::move(bytes));
}

base::Result<std::unique_ptr<Node>> fromLink(const json::value& data) {
  const auto* object = data.if_object();
  if (object == nullptr) return base::fail(EPROTO, "symlink object without a target");
  auto link = std::make_unique<Symlink>();
  MC_TRY_ASSIGN(link->target, formats::getString(*object, "target"));
  if (const auto* ns = formats::findString(*object, "namespace")) link->ns = *ns;
  return std::make_unique<Node>(std::unique_ptr<const Symlink>(std::move(link)));
}

base::Result<std::vector<content::Hash>> hashesIn(const json::value& data) {
  const auto* list = data.if_array();
  if (list == nullptr || list->empty()) return base::fail(EPROTO, "reference without blobrefs");
  std::vector<content::Hash> out;
  for (const auto& ref : *list) {
    const auto* text = ref.if_string();
    const auto hash = text ? content::parseBlobref(*text) : std::nullopt;
    if (!hash) return base::fail(EPROTO, "reference with a bad blobref");
    out.push_back(*hash);
  }
  return out;
}

base::Result<std::unique_ptr<Node>> fromReference(std::string_view type, const json::value& data,
                                                  TreeBlobs* blobs) {
  MC_TRY_ASSIGN(std::vector<content::Hash> hashes, hashesIn(data));
  if (blobs == nullptr) return base::fail(ENOTSUP, "tree object refers to a blob that is not here");
  if (type == "valref") return blobs->referValue(std::move(hashes));
  if (hashes.size() != 1) return base::fail(ENOTSUP, "directory in several blobs");
  return blobs->refer(hashes.front());
}

base::Result<std::unique_ptr<Node>> fromObject(const json::value& value, int depth,
                                               TreeBlobs* blobs);

base::Result<std::unique_ptr<Node>> fromDirectory(const json::value& data, int depth,
                                                  TreeBlobs* blobs) {
  const auto* entries = data.if_object();
  if (entries == nullptr) return base::fail(EPROTO, "dir object without entries");
  Directory directory;
  for (const auto& [name, entry] : *entries) {
    if (name.empty() || name.find('.') != json::string_view::npos)
      return base::fail(EPROTO, "dir object with a bad name");
    MC_TRY_ASSIGN(std::unique_ptr<Node> node, fromObject(entry, depth + 1, blobs));
    directory.set(name, std::move(node));
  }
  return std::make_unique<Node>(std::move(directory));
}

base::Result<std::unique_ptr<Node>> fromObject(const json::value& value, int depth,
                                               TreeBlobs* blobs) {
  const auto* object = value.if_object();
  if (object == nullptr || depth > kMaxDepth) return base::fail(EPROTO, "bad tree object");
  MC_TRY_ASSIGN(const int64_t version, formats::getInteger(*object, "ver"));
  MC_TRY_ASSIGN(const std::string_view type, formats::getString(*object, "type"));
  const auto* data = formats::find(*object, "data");
  if (version != 1 || data == nullptr) return base::fail(EPROTO, "bad tree object");
  if (type == "val") return fromValue(*data);
  if (type == "dir") return fromDirectory(*data, depth, blobs);
  if (type == "symlink") return fromLink(*data);
  if (type == "valref" || type == "dirref") return fromReference(type, *data, blobs);
  return base::fail(EPROTO, "tree object of unknown type '" + std::string(type) + "'");
}

// What would make apply() fail, found before anything is changed.
base::Status check(Namespace& ns, const Operation& operation) {
  const auto names = splitKey(operation.key);
  if (names.empty()) return base::fail(EINVAL, "commit to the root of a namespace");
  const Node* at = &ns.root();
  for (size_t i = 0; i < names.size() && at != nullptr && at->directory() != nullptr; ++i) {
    at = at->directory()->find(names[i]);
    const bool last = i + 1 == names.size();
    if (at != nullptr && at->symlink() != nullptr && operation.node && (!last || operation.append))
      return base::fail(EINVAL, "commit through the link in '" + operation.key + "'");
    if (last && at != nullptr && at->isDirectory() && operation.append)
      return base::fail(EISDIR, "append to the directory '" + operation.key + "'");
  }
  return {};
}

base::Status apply(Namespace& ns, Operation operation) {
  if (!operation.node) return ns.unlink(operation.key);
  if (operation.append) {
    MC_TRY(ns.append(operation.key, operation.node->read()));
    return {};
  }
  if (!operation.node->isValue()) return ns.graft(operation.key, std::move(operation.node));
  MC_TRY(ns.put(operation.key, operation.node->read()));
  return {};
}

}  // namespace

json::object valueObject(std::string_view bytes) {
  return treeObject("val", json::value(formats::encodeBase64(bytes)));
}

json::object toTreeObject(const Node& node, const Namespace& ns, std::string_view key) {
  if (const Symlink* link = node.symlink()) return linkObject(*link);
  const Directory* directory = node.directory();
  if (directory == nullptr) {
    std::string scratch;
    return valueObject(node.view(scratch));
  }
  json::object entries;
  for (const auto& [name, entry] : directory->entries())
    entries[name] = entryObject(*entry, ns, std::string(key) + '.' + std::string(name));
  return treeObject("dir", std::move(entries));
}

json::object toReference(Node& node, const Namespace& ns, std::string_view key, TreeBlobs& blobs) {
  if (!node.isDirectory()) return toTreeObject(node, ns, key);
  return treeObject("dirref", json::array{json::value(content::blobref(blobs.write(node)))});
}

base::Result<std::unique_ptr<Node>> fromTreeObject(const json::value& object, TreeBlobs* blobs) {
  return fromObject(object, 0, blobs);
}

std::string versionRef(const Namespace& ns, std::string_view key) {
  const std::string text =
      ns.name() + '\n' + std::to_string(ns.sequence()) + '\n' + normalizeKey(key);
  unsigned char hash[kRefBytes];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  char hex[2 * kRefBytes + 1];
  sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
  return std::string("sha1-") + hex;
}

base::Result<Operation> Operation::parse(const json::value& value, TreeBlobs* blobs) {
  const auto* object = value.if_object();
  if (object == nullptr) return base::fail(EPROTO, "commit operation is no object");
  Operation out;
  MC_TRY_ASSIGN(out.key, formats::getString(*object, "key"));
  MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(*object, "flags"));
  out.append = (flags & kAppend) != 0;
  const auto* dirent = formats::find(*object, "dirent");
  if (dirent == nullptr) return base::fail(EPROTO, "commit operation without a dirent");
  if (dirent->is_null()) return out;
  MC_TRY_ASSIGN(out.node, fromTreeObject(*dirent, blobs));
  if (out.append && !out.node->isValue())
    return base::fail(EPROTO, "append of something that is no value");
  return out;
}

base::Status commit(Namespace& ns, std::vector<Operation> operations) {
  for (const Operation& operation : operations) MC_TRY(check(ns, operation));
  for (Operation& operation : operations) MC_TRY(apply(ns, std::move(operation)));
  return {};
}

}  // namespace mc::flux::services::kvs
