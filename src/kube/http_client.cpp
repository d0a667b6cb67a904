#include "kube/http_client.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "http/uri.hpp"
#include "kube/json.hpp"
#include "kube/line_reader.hpp"
#include "kube/list_reader.hpp"

namespace mc::kube {

namespace {

constexpr std::string_view kJson = "application/json";
/// How much longer than the server said it may be silent at the end of a watch.
constexpr std::chrono::seconds kWatchGrace{30};

/// What form the answer shall have; `kind` as of Accept's "as".
std::string accept(bool metadataOnly, std::string_view kind) {
  if (!metadataOnly) return std::string(kJson);
  return "application/json;as=" + std::string(kind) + ";g=meta.k8s.io;v=v1,application/json";
}

class RequestBuilder {
 public:
  RequestBuilder(const char* method, std::string path) : path_(std::move(path)) {
    request_.method = method;
  }
  RequestBuilder& query(const char* name, const std::string& value) {
    if (!value.empty()) query_.emplace_back(name, value);
    return *this;
  }
  RequestBuilder& flag(const char* name, bool value) {
    return query(name, std::string(value ? "true" : ""));
  }
  RequestBuilder& metadataOnly(bool only, std::string_view kind = "PartialObjectMetadata") {
    request_.headers.emplace_back("Accept", accept(only, kind));
    return *this;
  }
  RequestBuilder& body(const boost::json::value& value, std::string_view type = kJson) {
    request_.body = boost::json::serialize(value);
    request_.contentType = type;
    return *this;
  }
  RequestBuilder& body(const Object& object, std::string_view type = kJson) {
    request_.body = boost::json::serialize(object);
    request_.contentType = type;
    return *this;
  }
  RequestBuilder& idle(std::chrono::milliseconds time) {
    request_.timeouts = http::Timeouts{.idle = time};
    return *this;
  }
  http::Request build() {
    request_.target = http::withQuery(std::move(path_), query_);
    return std::move(request_);
  }

 private:
  std::string path_;
  http::Query query_;
  http::Request request_;
};

const char* textOf(FieldValidation validation) {
  switch (validation) {
    case FieldValidation::Strict:
      return "Strict";
    case FieldValidation::Warn:
      return "Warn";
    case FieldValidation::Ignore:
      return "Ignore";
  }
  return "Strict";
}

std::string_view contentType(PatchType type) {
  switch (type) {
    case PatchType::Merge:
      return "application/merge-patch+json";
    case PatchType::Json:
      return "application/json-patch+json";
    case PatchType::StrategicMerge:
      return "application/strategic-merge-patch+json";
  }
  return kJson;
}

const char* textOf(Propagation propagation) {
  switch (propagation) {
    case Propagation::Background:
      return "Background";
    case Propagation::Foreground:
      return "Foreground";
    case Propagation::Orphan:
      return "Orphan";
    case Propagation::Default:
      break;
  }
  return "";
}

/// What all writes have in their query.
template <class Options>
RequestBuilder writing(const char* method, std::string path, const Options& options,
                       const std::string& ownManager) {
  RequestBuilder builder(method, std::move(path));
  builder.query("fieldManager", options.fieldManager.empty() ? ownManager : options.fieldManager)
      .query("fieldValidation", std::string(textOf(options.fieldValidation)))
      .query("dryRun", std::string(options.dryRun ? "All" : ""))
      .metadataOnly(options.metadataOnly);
  return builder;
}

Object deleteBody(const DeleteOptions& options) {
  Object body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
  if (options.propagation != Propagation::Default)
    body["propagationPolicy"] = textOf(options.propagation);
  if (options.gracePeriodSeconds) body["gracePeriodSeconds"] = *options.gracePeriodSeconds;
  if (options.dryRun) body["dryRun"] = boost::json::array{"All"};
  Object preconditions;
  if (!options.uid.empty()) preconditions["uid"] = options.uid;
  if (!options.resourceVersion.empty()) preconditions["resourceVersion"] = options.resourceVersion;
  if (!preconditions.empty()) body["preconditions"] = std::move(preconditions);
  return body;
}

/// Lists leave out of their items what is the same for all.
void nameKind(const Resource& resource, Object& item) {
  if (!item.contains("apiVersion")) item["apiVersion"] = resource.apiVersion();
  if (!item.contains("kind")) item["kind"] = resource.kind;
}

std::string pathOf(const Resource& resource, const Object& object, const std::string& subresource) {
  return objectPath(resource, namespaceOf(object), nameOf(object), subresource);
}

Status namedOrFail(const Object& object) {
  if (!nameOf(object).empty()) return {};
  return fail(Reason::Invalid, "the object has no metadata.name");
}

Result<WatchEvent> parseEvent(std::string_view line) {
  MC_TRY_ASSIGN(Object event, parsePassing(line));
  const std::string_view type = findText(event, {"type"});
  // Not event["object"]: that makes room for one more first, and `type` points into the object.
  boost::json::value* value = event.if_contains("object");
  Object* object = value != nullptr ? value->if_object() : nullptr;
  if (object == nullptr) return fail(Reason::BadResponse, "the watch sent an event without object");
  if (type == "ERROR") return tl::make_unexpected(errorOf(*object));
  if (type == "ADDED") return WatchEvent{EventType::Added, std::move(*object)};
  if (type == "MODIFIED") return WatchEvent{EventType::Modified, std::move(*object)};
  if (type == "DELETED") return WatchEvent{EventType::Deleted, std::move(*object)};
  if (type == "BOOKMARK") return WatchEvent{EventType::Bookmark, std::move(*object)};
  return fail(Reason::BadResponse, "the watch sent an event of unknown type " + std::string(type));
}

/// The list of one page, items handed out.
Result<Object> readPage(Session& session, const http::Request& request, const Resource& resource,
                        const ItemHandler& onItem, const CallOptions& call) {
  MC_TRY_ASSIGN(http::Response response, session.send(request, call));
  ListReader reader([&](Object item) {
    nameKind(resource, item);
    onItem(std::move(item));
  });
  while (true) {
    MC_TRY_ASSIGN(const std::string piece, response.read());
    if (piece.empty()) return reader.finish();
    MC_TRY(reader.feed(piece));
  }
}

Result<Object> objectOf(Session& session, const http::Request& request, const CallOptions& call) {
  MC_TRY_ASSIGN(const std::string body, session.fetch(request, call));
  return parseObject(body);
}

}  // namespace

HttpClient::HttpClient(Session& session, std::string fieldManager)
    : session_(session), fieldManager_(std::move(fieldManager)) {}

Result<Object> HttpClient::get(const Resource& resource, const ObjectKey& key,
                               const GetOptions& options, const CallOptions& call) {
  RequestBuilder builder("GET", objectPath(resource, key.ns, key.name, options.subresource));
  builder.query("resourceVersion", options.resourceVersion).metadataOnly(options.metadataOnly);
  return objectOf(session_, builder.build(), call);
}

Result<ListInfo> HttpClient::list(const Resource& resource, const ListOptions& options,
                                  const ItemHandler& onItem, const CallOptions& call) {
  std::string next;
  while (true) {
    RequestBuilder builder("GET", collectionPath(resource, options.ns));
    builder.query("labelSelector", options.labelSelector)
        .query("fieldSelector", options.fieldSelector)
        .query("limit", options.pageSize > 0 ? std::to_string(options.pageSize) : std::string())
        .query("continue", next)
        .query("resourceVersion", next.empty() ? options.resourceVersion : std::string())
        .metadataOnly(options.metadataOnly, "PartialObjectMetadataList");
    MC_TRY_ASSIGN(const Object page, readPage(session_, builder.build(), resource, onItem, call));
    next = findText(page, {"metadata", "continue"});
    if (next.empty()) return ListInfo{std::string(findText(page, {"metadata", "resourceVersion"}))};
  }
}

Status HttpClient::watch(const Resource& resource, const WatchOptions& options,
                         const EventHandler& onEvent, const CallOptions& call) {
  const auto seconds = options.serverTimeout.count();
  RequestBuilder builder("GET", collectionPath(resource, options.ns));
  builder.flag("watch", true)
      .query("labelSelector", options.labelSelector)
      .query("fieldSelector", options.fieldSelector)
      .query("resourceVersion", options.resourceVersion)
      .flag("allowWatchBookmarks", options.bookmarks)
      .query("timeoutSeconds", seconds > 0 ? std::to_string(seconds) : std::string())
      .metadataOnly(options.metadataOnly)
      .idle(seconds > 0 ? options.serverTimeout + kWatchGrace : std::chrono::seconds(0));
  MC_TRY_ASSIGN(http::Response response, session_.send(builder.build(), call));
  LineReader lines;
  const auto onLine = [&onEvent](std::string_view line) -> Result<bool> {
    MC_TRY_ASSIGN(WatchEvent event, parseEvent(line));
    return onEvent(std::move(event));
  };
  while (true) {
    MC_TRY_ASSIGN(const std::string piece, response.read());
    if (piece.empty()) return {};
    MC_TRY_ASSIGN(const bool more, lines.feed(piece, onLine));
    if (!more) return {};
  }
}

Result<Object> HttpClient::create(const Resource& resource, const Object& object,
                                  const WriteOptions& options, const CallOptions& call) {
  const std::string path = options.subresource.empty()
                               ? collectionPath(resource, namespaceOf(object))
                               : pathOf(resource, object, options.subresource);
  return objectOf(session_, writing("POST", path, options, fieldManager_).body(object).build(),
                  call);
}

Result<Object> HttpClient::update(const Resource& resource, const Object& object,
                                  const WriteOptions& options, const CallOptions& call) {
  MC_TRY(namedOrFail(object));
  const std::string path = pathOf(resource, object, options.subresource);
  return objectOf(session_, writing("PUT", path, options, fieldManager_).body(object).build(),
                  call);
}

Result<Object> HttpClient::patch(const Resource& resource, const ObjectKey& key, PatchType type,
                                 const boost::json::value& patch, const WriteOptions& options,
                                 const CallOptions& call) {
  const std::string path = objectPath(resource, key.ns, key.name, options.subresource);
  RequestBuilder builder = writing("PATCH", path, options, fieldManager_);
  return objectOf(session_, builder.body(patch, contentType(type)).build(), call);
}

Result<Object> HttpClient::apply(const Resource& resource, const Object& object,
                                 const ApplyOptions& options, const CallOptions& call) {
  MC_TRY(namedOrFail(object));
  const std::string path = pathOf(resource, object, options.subresource);
  RequestBuilder builder = writing("PATCH", path, options, fieldManager_);
  builder.flag("force", options.force).body(object, "application/apply-patch+yaml");
  return objectOf(session_, builder.build(), call);
}

Result<Object> HttpClient::remove(const Resource& resource, const ObjectKey& key,
                                  const DeleteOptions& options, const CallOptions& call) {
  RequestBuilder builder("DELETE", objectPath(resource, key.ns, key.name));
  builder.metadataOnly(false).body(deleteBody(options));
  return objectOf(session_, builder.build(), call);
}

Result<boost::json::value> HttpClient::getRaw(const std::string& path, const CallOptions& call) {
  RequestBuilder builder("GET", path);
  builder.metadataOnly(false);
  MC_TRY_ASSIGN(const std::string body, session_.fetch(builder.build(), call));
  return parseJson(body);
}

}  // namespace mc::kube
