#include "local/owner.hpp"

#include <boost/json/serialize.hpp>

#include "engine/errors.hpp"
#include "local/names.hpp"
#include "plan/workload.hpp"

namespace mc::local {

namespace {

/// kubectl keeps a copy of the whole object, values included, in an annotation.
void forgetLastApplied(boost::json::object& manifest) {
  boost::json::value* metadata = manifest.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return;
  boost::json::value* annotations = metadata->get_object().if_contains("annotations");
  if (annotations != nullptr && annotations->is_object())
    annotations->get_object().erase("kubectl.kubernetes.io/last-applied-configuration");
}

boost::json::object withoutValues(const core::Object& object) {
  boost::json::object manifest = object.manifest;
  if (object.kind == core::Kind::ConfigMap || object.kind == core::Kind::Secret) {
    for (const char* name : {"data", "stringData", "binaryData"}) manifest.erase(name);
    forgetLastApplied(manifest);
  }
  return manifest;
}

int64_t graceOf(const core::Object& object) {
  if (object.kind == core::Kind::Pod) return object.pod.spec.graceSeconds;
  if (object.kind == core::Kind::Deployment) return object.deployment.pods.spec.graceSeconds;
  return 0;
}

}  // namespace

ClusterRef ownerRef(core::Kind kind, const std::string& ns, const std::string& name) {
  return {ns, plan::ownerName(kind, name)};
}

ClusterRef ownerRef(const core::Object& object) {
  return ownerRef(object.kind, object.metadata.ns, object.metadata.name);
}

std::optional<core::Kind> kindOf(const ClusterRef& ref) {
  const size_t slash = ref.name.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const core::KindInfo* info = core::findKind(ref.name.substr(0, slash));
  return info == nullptr ? std::nullopt : std::optional(info->kind);
}

bool isMiniCluster(const ClusterRef& ref) {
  return ref.name.find('/') == std::string::npos;
}

std::string plainNameOf(const ClusterRef& ref) {
  return ref.name.substr(ref.name.find('/') + 1);
}

base::Error notFound(const ClusterRef& ref) {
  const auto kind = kindOf(ref);
  if (!kind) return engine::notFound(engine::kClusterResource, ref.name);
  const core::KindInfo& info = core::infoOf(*kind);
  return engine::notFound(std::string(info.plural) + info.group, plainNameOf(ref));
}

Record makeRecord(const core::Object& object, double now) {
  Record record;
  record.ref = ownerRef(object);
  record.uid = newUid();
  record.createdAt = now;
  record.manifest = withoutValues(object);
  record.planDigest = digestOf(boost::json::serialize(record.manifest));
  record.size = object.kind == core::Kind::Deployment ? object.deployment.replicas : 1;
  record.maxSize = record.size;
  record.graceSeconds = graceOf(object);
  return record;
}

Record revise(const Record& record, const core::Object& object) {
  Record next = makeRecord(object, record.createdAt);
  next.uid = record.uid;
  next.revision = record.revision + 1;
  return next;
}

}  // namespace mc::local
