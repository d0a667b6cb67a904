#include "flux/commands/kvs_client.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "flux/commands/content_client.hpp"
#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::commands {

std::string kvsNamespace(const std::optional<std::string>& option) {
  if (option) return *option;
  const char* variable = std::getenv("FLUX_KVS_NAMESPACE");
  return variable != nullptr && *variable != '\0' ? variable : "primary";
}

json::object kvsLookupPayload(const KvsPlace& place, std::string_view key, int flags) {
  json::object payload{{"key", key}, {"namespace", place.ns}, {"flags", flags}};
  if (place.root) payload["rootdir"] = *place.root;
  return payload;
}

base::Result<json::object> kvsLookup(Session& session, const KvsPlace& place, std::string_view key,
                                     int flags) {
  const auto answer = session->call("kvs.lookup", kvsLookupPayload(place, key, flags));
  // Scripts look for the system's words, whatever the broker says more.
  if (!answer) return base::fail(answer.error().errnum, std::strerror(answer.error().errnum));
  const auto* value = formats::findObject(*answer, "val");
  if (value == nullptr) return base::fail(EPROTO, std::strerror(EPROTO));
  return *value;
}

base::Result<std::string> kvsGet(Session& session, const KvsPlace& place, std::string_view key) {
  MC_TRY_ASSIGN(const json::object object, kvsLookup(session, place, key, 0));
  return kvsBytes(object);
}

std::string_view kvsType(const json::object& object) {
  const auto* type = formats::findString(object, "type");
  return type ? std::string_view(*type) : std::string_view();
}

bool kvsIsDirectory(const json::object& object) {
  return kvsType(object) == "dir" || kvsType(object) == "dirref";
}

base::Result<std::string> kvsBytes(const json::object& object) {
  const auto* data = formats::findString(object, "data");
  if (kvsType(object) != "val" || data == nullptr) return base::fail(EINVAL, std::strerror(EINVAL));
  return formats::decodeBase64(*data);
}

std::vector<std::pair<std::string, json::object>> kvsEntries(const json::object& directory) {
  std::vector<std::pair<std::string, json::object>> out;
  const auto* data = formats::findObject(directory, "data");
  if (data == nullptr) return out;
  for (const auto& [name, entry] : *data)
    if (const auto* object = entry.if_object()) out.emplace_back(std::string(name), *object);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

json::object kvsObject(std::string_view type, json::value data) {
  return {{"ver", 1}, {"type", type}, {"data", std::move(data)}};
}

json::object kvsValue(std::string_view bytes) {
  return kvsObject("val", json::value(formats::encodeBase64(bytes)));
}

json::object kvsOperation(std::string_view key, json::value dirent, int flags) {
  return {{"key", key}, {"flags", flags}, {"dirent", std::move(dirent)}};
}

client::Answer kvsCommit(Session& session, const std::string& ns, json::array operations,
                         int flags) {
  return session->call("kvs.commit",
                       {{"namespace", ns}, {"flags", flags}, {"ops", std::move(operations)}});
}

// Namespaces are made at rank 0, which in flux-core wants the blobref of the first root: that of an
// empty directory, whatever hash the broker uses.
base::Status kvsCreateNamespace(Session& session, const std::string& name, uint32_t owner) {
  MC_TRY_ASSIGN(const auto content, ContentClient::open());
  MC_TRY_ASSIGN(const std::string root,
                content->store(formats::toJson(kvsObject("dir", json::object()))));
  MC_TRY(session->call("kvs.namespace-create",
                       {{"namespace", name}, {"rootref", root}, {"owner", owner}, {"flags", 0}},
                       0));
  return {};
}

base::Status kvsRemoveNamespace(Session& session, const std::string& name) {
  MC_TRY(session->call("kvs.namespace-remove", {{"namespace", name}}, 0));
  return {};
}

std::string kvsJoin(std::string_view directory, std::string_view name) {
  if (directory.empty() || directory == ".") return std::string(name);
  return std::string(directory).append(1, '.').append(name);
}

}  // namespace mc::flux::commands
