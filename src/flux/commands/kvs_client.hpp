#pragma once
// Requests to the KVS as all commands make them that read or write it.
//
// Thread-safety: none.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

// Flags of a lookup.
constexpr int kKvsReadDirectory = 1;
constexpr int kKvsReadLink = 2;
constexpr int kKvsWatch = 4;
constexpr int kKvsWaitCreate = 8;
constexpr int kKvsTreeObject = 16;
constexpr int kKvsAppend = 32;
constexpr int kKvsWatchFull = 64;
constexpr int kKvsWatchUnique = 128;
constexpr int kKvsWatchAppend = 256;

/// The namespace of -N, else $FLUX_KVS_NAMESPACE, else "primary".
std::string kvsNamespace(const std::optional<std::string>& option);

/// Where to look.
struct KvsPlace {
  std::string ns;
  std::optional<json::object> root;  ///< a snapshot's tree object instead of the present root
};

/// The payload of kvs.lookup.
json::object kvsLookupPayload(const KvsPlace& place, std::string_view key, int flags);
/// The tree object (RFC 11) of a key.
base::Result<json::object> kvsLookup(Session& session, const KvsPlace& place, std::string_view key,
                                     int flags);
/// The bytes of a key's value.
base::Result<std::string> kvsGet(Session& session, const KvsPlace& place, std::string_view key);

// Tree objects.
std::string_view kvsType(const json::object& object);
bool kvsIsDirectory(const json::object& object);
/// The bytes of a `val`; EINVAL for another.
base::Result<std::string> kvsBytes(const json::object& object);
/// The entries of a `dir` in order of their names.
std::vector<std::pair<std::string, json::object>> kvsEntries(const json::object& directory);
json::object kvsValue(std::string_view bytes);
json::object kvsObject(std::string_view type, json::value data);

/// One change of a commit; a null `dirent` removes the key.
json::object kvsOperation(std::string_view key, json::value dirent, int flags = 0);
/// Commits; {"rootref","rootseq"}.
client::Answer kvsCommit(Session& session, const std::string& ns, json::array operations,
                         int flags = 0);

/// Makes an empty namespace. `owner`: wire::kUseridUnknown for the owner of the instance.
base::Status kvsCreateNamespace(Session& session, const std::string& name, uint32_t owner);
base::Status kvsRemoveNamespace(Session& session, const std::string& name);

/// "KEY.NAME", or NAME in the root directory.
std::string kvsJoin(std::string_view directory, std::string_view name);

}  // namespace mc::flux::commands
