#pragma once
// The verbs of the Kubernetes API, blocking. An interface, so that tests record and answer calls;
// the real one is HttpClient (http_client.hpp).
//
// Errors are typed (error.hpp). What may be retried safely is retried inside (retry_policy.hpp); a
// Conflict, an AlreadyExists and everything else that means something to the caller comes back.
// `stop` ends a call at any point with Reason::Canceled.
//
// Source: Kubernetes API concepts (verbs, chunked lists, watches, dry run, field validation,
// server-side apply). Thread-safety: all methods from any thread at once.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "kube/error.hpp"
#include "kube/object.hpp"
#include "kube/resource.hpp"

namespace mc::kube {

/// What every call takes.
struct CallOptions {
  std::stop_token stop = {};
  /// For the whole call with its retries; absent: the client's own. A watch has none.
  std::optional<std::chrono::milliseconds> timeout = {};
};

struct GetOptions {
  std::string subresource = {};  ///< "status", "scale"
  bool metadataOnly = false;     ///< a PartialObjectMetadata
  std::string resourceVersion = {};
};

struct ListOptions {
  std::string ns = {};  ///< empty: all namespaces
  std::string labelSelector = {};
  std::string fieldSelector = {};
  /// Empty: the newest state. "0": whatever the server has at hand.
  std::string resourceVersion = {};
  int pageSize = 500;         ///< 0: all in one answer
  bool metadataOnly = false;  ///< items are PartialObjectMetadata
};

/// What a list says beside its items.
struct ListInfo {
  std::string resourceVersion;  ///< of the whole list: where a watch goes on
};

/// Called per item, in the server's order, while the answer is still being read: a list of any
/// length needs memory for one item only. apiVersion and kind are filled in.
using ItemHandler = std::function<void(Object item)>;

struct WatchOptions {
  std::string ns = {};
  std::string labelSelector = {};
  std::string fieldSelector = {};
  std::string resourceVersion = {};  ///< changes after this one
  bool bookmarks = true;
  bool metadataOnly = false;
  /// How long the server should go on; 0: as it likes.
  std::chrono::seconds serverTimeout{0};
};

enum class EventType { Added, Modified, Deleted, Bookmark };

/// The object may live in a pool of memory of its own, which its copies share and which is for one
/// thread: who keeps it makes an Object(object, {}) of it.
struct WatchEvent {
  EventType type = EventType::Added;
  Object object;  ///< of a Bookmark: only metadata.resourceVersion counts
};

/// False ends the watch.
using EventHandler = std::function<bool(WatchEvent event)>;

enum class FieldValidation { Strict, Warn, Ignore };

struct WriteOptions {
  std::string fieldManager = {};  ///< empty: the client's own
  std::string subresource = {};   ///< "status", "scale"
  bool dryRun = false;
  FieldValidation fieldValidation = FieldValidation::Strict;
  bool metadataOnly = false;  ///< the answer is a PartialObjectMetadata: less to read
};

struct ApplyOptions {
  std::string fieldManager = {};
  std::string subresource = {};
  bool force = true;  ///< take over fields of other managers; else they are a Conflict
  bool dryRun = false;
  FieldValidation fieldValidation = FieldValidation::Strict;
  bool metadataOnly = false;
};

enum class PatchType { Merge, Json, StrategicMerge };

enum class Propagation { Default, Background, Foreground, Orphan };

struct DeleteOptions {
  Propagation propagation = Propagation::Default;
  std::string uid = {};              ///< precondition; empty: none
  std::string resourceVersion = {};  ///< precondition; empty: none
  std::optional<int64_t> gracePeriodSeconds = {};
  bool dryRun = false;
};

class Client {
 public:
  virtual ~Client() = default;

  virtual Result<Object> get(const Resource& resource, const ObjectKey& key,
                             const GetOptions& options, const CallOptions& call) = 0;

  /// All pages. If the list breaks off in the middle, an error comes after some items were handed
  /// out. A page that has expired (Gone) is the caller's: list again.
  virtual Result<ListInfo> list(const Resource& resource, const ListOptions& options,
                                const ItemHandler& onItem, const CallOptions& call) = 0;

  /// Until the server ends it (success), the handler has had enough (success), or an error: Gone
  /// means that `resourceVersion` is too old. `call.timeout` is for the time until the watch
  /// stands.
  virtual Status watch(const Resource& resource, const WatchOptions& options,
                       const EventHandler& onEvent, const CallOptions& call) = 0;

  /// The namespace is the object's; a name may be left to the server (metadata.generateName).
  virtual Result<Object> create(const Resource& resource, const Object& object,
                                const WriteOptions& options, const CallOptions& call) = 0;

  /// Replaces the whole object (PUT); Conflict if its metadata.resourceVersion is not the newest.
  virtual Result<Object> update(const Resource& resource, const Object& object,
                                const WriteOptions& options, const CallOptions& call) = 0;

  virtual Result<Object> patch(const Resource& resource, const ObjectKey& key, PatchType type,
                               const boost::json::value& patch, const WriteOptions& options,
                               const CallOptions& call) = 0;

  /// Server-side apply: makes or changes the object so that it has these fields, and owns them.
  virtual Result<Object> apply(const Resource& resource, const Object& object,
                               const ApplyOptions& options, const CallOptions& call) = 0;

  /// What the server answers: the object as it was, or still is while finalizers hold it, or a
  /// Status.
  virtual Result<Object> remove(const Resource& resource, const ObjectKey& key,
                                const DeleteOptions& options, const CallOptions& call) = 0;

  /// GET of a path outside the resources ("/version", "/apis/batch/v1") as JSON.
  virtual Result<boost::json::value> getRaw(const std::string& path, const CallOptions& call) = 0;
};

}  // namespace mc::kube
