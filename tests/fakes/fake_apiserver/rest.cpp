#include "fakes/fake_apiserver/rest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>

#include "base/yaml.hpp"
#include "fakes/fake_apiserver/discovery.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/patches.hpp"
#include "fakes/fake_apiserver/remove.hpp"
#include "fakes/fake_apiserver/scale.hpp"
#include "fakes/fake_apiserver/writes.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

Outcome<Target> findTarget(const World& world, const RequestInfo& info) {
  auto served = world.types.find(info.group, info.version, info.resource);
  if (!served.type) return refuse(pathNotFound());
  const auto& type = *served.type;
  const bool known = info.subresource.empty() || (info.subresource == "status" && type.status) ||
                     (info.subresource == "scale" && !type.scale.empty());
  if (!known || (!type.namespaced && !info.ns.empty())) return refuse(pathNotFound());
  const bool all = info.verb == "list" || info.verb == "watch";
  if (type.namespaced && info.ns.empty() && !all) return refuse(methodNotAllowed());
  return Target{served.type, served.version, info.ns, info.name, info.subresource};
}

/// "kubectl" of "kubectl/v1.34 (linux/amd64)".
std::string managerOf(const RestRequest& request) {
  const auto given = request.parameter("fieldManager");
  if (!given.empty()) return given;
  const auto agent = request.userAgent.substr(0, request.userAgent.find_first_of("/ "));
  return agent.empty() ? "unknown" : agent;
}

WriteContext contextOf(const RestRequest& request) {
  return {managerOf(request), request.parameter("dryRun") == "All",
          request.parameter("fieldValidation") == "Strict"};
}

Outcome<json::value> readBody(const RestRequest& request) {
  if (request.contentType.find("protobuf") != std::string::npos)
    return refuse(unsupportedMediaType());
  if (request.body.empty()) return json::value(json::object{});
  json::parse_options options;
  options.max_depth = 128;
  boost::system::error_code error;
  auto value = json::parse(request.body, error, {}, options);
  if (!error) return value;
  const auto stream = request.contentType.find("yaml") == std::string::npos
                          ? base::YamlStream{}
                          : base::parseYaml(request.body);
  if (stream.documents.empty() || !stream.errors.empty())
    return refuse(
        badRequest("the object provided is unrecognized (must be of type "
                   "DeleteOptions or the resource): couldn't get version/kind"));
  return base::toJson(*stream.documents.front());
}

Outcome<json::object> readObject(const RestRequest& request) {
  MC_TRY_ASSIGN(auto value, readBody(request));
  if (!value.is_object()) return refuse(badRequest("the body of the request is no object"));
  return std::move(value.get_object());
}

Outcome<RestAnswer> answerOf(Outcome<Written> written) {
  if (!written) return refuse(std::move(written.error()));
  return RestAnswer{written->created ? 201 : 200, std::move(written->object)};
}

/// The change that a patch of this content type makes.
Outcome<Mutation> mutationOf(const Target& target, const RestRequest& request) {
  MC_TRY_ASSIGN(auto patch, readBody(request));
  if (request.contentType.starts_with("application/json-patch+json"))
    return Mutation([patch](const json::object& live) { return jsonPatch(live, patch); });
  if (!patch.is_object()) return refuse(badRequest("error decoding patch: it is no object"));
  if (request.contentType.starts_with("application/merge-patch+json"))
    return Mutation([patch](const json::object& live) -> Outcome<json::object> {
      json::object merged = live;
      mergePatch(merged, patch.get_object());
      return merged;
    });
  const bool strategic = request.contentType.starts_with("application/strategic-merge-patch+json");
  if (!strategic || target.type->custom) return refuse(unsupportedMediaType());
  return Mutation([patch, type = target.type](const json::object& live) -> Outcome<json::object> {
    json::object merged = live;
    strategicMerge(*type, merged, patch.get_object());
    return merged;
  });
}

Outcome<RestAnswer> patchTarget(World& world, const Target& target, const RestRequest& request) {
  MC_TRY_ASSIGN(const auto change, mutationOf(target, request));
  if (target.subresource != "scale")
    return answerOf(changeObject(world, target, change, contextOf(request)));
  MC_TRY_ASSIGN(auto scale, changeScale(world, target, change, contextOf(request)));
  return RestAnswer{200, std::move(scale)};
}

Outcome<RestAnswer> applyTarget(World& world, const Target& target, const RestRequest& request) {
  if (request.parameter("fieldManager").empty())
    return refuse(invalid("meta.k8s.io", "PatchOptions", "",
                          {requiredValue("fieldManager", "is required for apply patch")}));
  MC_TRY_ASSIGN(auto config, readObject(request));
  return answerOf(
      applyObject(world, target, std::move(config), request.flag("force"), contextOf(request)));
}

Outcome<RestAnswer> replaceTarget(World& world, const Target& target, const RestRequest& request) {
  MC_TRY_ASSIGN(auto object, readObject(request));
  if (target.subresource != "scale")
    return answerOf(replaceObject(world, target, std::move(object), contextOf(request)));
  const auto change = [&](const json::object&) -> Outcome<json::object> { return object; };
  MC_TRY_ASSIGN(auto scale, changeScale(world, target, change, contextOf(request)));
  return RestAnswer{200, std::move(scale)};
}

Outcome<RestAnswer> getTarget(const World& world, const Target& target) {
  if (target.subresource == "scale") {
    MC_TRY_ASSIGN(auto scale, readScale(world, target));
    return RestAnswer{200, std::move(scale)};
  }
  const auto object = world.store.find(target.key());
  if (!object) return refuse(notFound(target.type->group(), target.type->plural, target.name));
  MC_TRY_ASSIGN(auto shown, fromStored(target, *object));
  return RestAnswer{200, std::move(shown)};
}

ListQuery listQuery(const RestRequest& request) {
  ListQuery query;
  query.labelSelector = request.parameter("labelSelector");
  query.fieldSelector = request.parameter("fieldSelector");
  query.limit = std::strtoll(request.parameter("limit").c_str(), nullptr, 10);
  query.continueToken = request.parameter("continue");
  query.resourceVersion = request.parameter("resourceVersion");
  query.resourceVersionMatch = request.parameter("resourceVersionMatch");
  return query;
}

Outcome<RemoveOptions> removeOptions(const RestRequest& request) {
  MC_TRY_ASSIGN(auto body, readObject(request));
  const auto policy = request.parameter("propagationPolicy");
  if (!policy.empty()) body["propagationPolicy"] = policy;
  const auto grace = request.parameter("gracePeriodSeconds");
  if (!grace.empty()) body["gracePeriodSeconds"] = std::strtoll(grace.c_str(), nullptr, 10);
  if (request.parameter("dryRun") == "All") body["dryRun"] = json::array{"All"};
  return readRemoveOptions(body);
}

Outcome<RestAnswer> removeTarget(World& world, const Target& target, const RestRequest& request) {
  MC_TRY_ASSIGN(const auto options, removeOptions(request));
  MC_TRY_ASSIGN(auto body, removeObject(world, target, options));
  return RestAnswer{200, std::move(body)};
}

Outcome<RestAnswer> removeCollection(World& world, const Target& target,
                                     const RestRequest& request) {
  MC_TRY_ASSIGN(const auto options, removeOptions(request));
  const auto query = listQuery(request);
  MC_TRY_ASSIGN(auto removed, listObjects(world, target, query));
  MC_TRY_ASSIGN(const auto keys, selectKeys(world, target, query));
  for (const auto& key : keys) {
    Target one = target;
    one.name = key.name;
    // What has gone meanwhile, as a dependent of another, need not be deleted.
    (void)removeObject(world, one, options);
  }
  return RestAnswer{200, std::move(removed)};
}

Outcome<RestAnswer> carryOut(World& world, const Target& target, const RestRequest& request,
                             const std::string& verb) {
  if (verb == "get") return getTarget(world, target);
  if (verb == "update") return replaceTarget(world, target, request);
  if (verb == "patch") return patchTarget(world, target, request);
  if (verb == "apply") return applyTarget(world, target, request);
  if (verb == "delete") return removeTarget(world, target, request);
  if (verb == "deletecollection") return removeCollection(world, target, request);
  if (verb == "list") {
    MC_TRY_ASSIGN(auto list, listObjects(world, target, listQuery(request)));
    return RestAnswer{200, std::move(list)};
  }
  if (verb != "create" || !target.name.empty()) return refuse(methodNotAllowed());
  MC_TRY_ASSIGN(auto object, readObject(request));
  return answerOf(createObject(world, target, std::move(object), contextOf(request)));
}

json::object metadataOnlyList(const json::object& list) {
  json::array items;
  for (const auto& item : arrayAt(list, {"items"}))
    if (item.is_object()) items.push_back(metadataOnly(item.get_object()));
  return {{"kind", "PartialObjectMetadataList"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", objectAt(list, {"metadata"})},
          {"items", std::move(items)}};
}

}  // namespace

bool wantsMetadataOnly(const RestRequest& request) {
  return request.accept.find("as=PartialObjectMetadata") != std::string::npos;
}

json::object metadataOnly(const json::object& object) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", objectAt(object, {"metadata"})}};
}

Outcome<RestAnswer> answerRequest(World& world, const RestRequest& request,
                                  const RequestInfo& info) {
  const std::lock_guard lock(world.mutex);
  if (info.verb == "raw" || info.resource.empty()) {
    MC_TRY_ASSIGN(auto document, discover(world, request.path));
    return RestAnswer{200, std::move(document)};
  }
  MC_TRY_ASSIGN(const auto target, findTarget(world, info));
  MC_TRY_ASSIGN(auto answer, carryOut(world, target, request, info.verb));
  if (!wantsMetadataOnly(request) || textAt(answer.body, {"kind"}) == "Status") return answer;
  answer.body = answer.body.contains("items") && info.name.empty() ? metadataOnlyList(answer.body)
                                                                   : metadataOnly(answer.body);
  return answer;
}

Outcome<std::unique_ptr<Watch>> beginWatch(World& world, const RestRequest& request,
                                           const RequestInfo& info) {
  WatchQuery query;
  query.labelSelector = request.parameter("labelSelector");
  query.fieldSelector = request.parameter("fieldSelector");
  query.resourceVersion = request.parameter("resourceVersion");
  query.resourceVersionMatch = request.parameter("resourceVersionMatch");
  query.bookmarks = request.flag("allowWatchBookmarks");
  query.sendInitialEvents = request.flag("sendInitialEvents");
  const auto seconds = request.parameter("timeoutSeconds");
  if (!seconds.empty()) query.timeoutSeconds = std::strtoll(seconds.c_str(), nullptr, 10);
  std::unique_lock lock(world.mutex);
  MC_TRY_ASSIGN(const auto target, findTarget(world, info));
  lock.unlock();
  return Watch::begin(world, target, query);
}

}  // namespace mc::fakes
