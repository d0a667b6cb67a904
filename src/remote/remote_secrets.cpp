// Secrets of RemoteEngine.

#include "remote/explain.hpp"
#include "remote/remote_engine.hpp"

namespace mc::remote {

namespace {

/// How often an update is tried against somebody who changes the same object.
constexpr int kUpdates = 5;

}  // namespace

base::Result<engine::Secret> RemoteEngine::secret(const std::string& ns, const std::string& name,
                                                  std::stop_token stop) {
  MC_TRY_ASSIGN(const kube::Object object,
                explained(client_.get(kube::kSecrets, {ns, name}, {}, {.stop = std::move(stop)})));
  return engine::readSecret(object);
}

base::Status RemoteEngine::createSecret(const engine::Secret& secret, std::stop_token stop) {
  MC_TRY(explained(
      client_.create(kube::kSecrets, engine::secretObject(secret), {}, {.stop = std::move(stop)})));
  return {};
}

/// Whatever else is in the object, such as its owners, stays; a change of somebody else in between
/// is taken up.
base::Status RemoteEngine::replaceSecret(const engine::Secret& secret, std::stop_token stop) {
  const kube::Object wanted = engine::secretObject(secret);
  for (int left = kUpdates;; --left) {
    MC_TRY_ASSIGN(
        kube::Object object,
        explained(client_.get(kube::kSecrets, {secret.ns, secret.name}, {}, {.stop = stop})));
    object["type"] = wanted.at("type");
    object["data"] = wanted.at("data");
    if (const auto* labels = wanted.at("metadata").as_object().if_contains("labels"))
      object["metadata"].as_object()["labels"] = *labels;
    const auto after = client_.update(kube::kSecrets, object, {}, {.stop = stop});
    if (after) return {};
    if (!after.error().is(kube::Reason::Conflict) || left <= 1)
      return base::pass(explained(after.error()));
  }
}

}  // namespace mc::remote
