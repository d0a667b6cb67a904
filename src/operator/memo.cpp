#include "operator/memo.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "api/conversion.hpp"
#include "api/object.hpp"
#include "operator/objects/hash.hpp"
#include "operator/policies/limits.hpp"
#include "operator/policies/scaling.hpp"
#include "operator/version.hpp"

namespace mc::controller {

namespace {

std::string textOf(const api::Problem& problem) {
  std::string text = problem.field.empty() ? "" : problem.field + ": ";
  text += problem.message;
  if (!problem.cure.empty()) text += " (" + problem.cure + ")";
  return text;
}

Trouble refusal(const std::vector<api::Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "; ") + textOf(problem);
  return {"ManifestInvalid", text};
}

/// The scale subresource lets any number in, which an autoscaler may overshoot.
Trouble clampSize(api::MiniCluster& cluster, const kube::Object& object) {
  const auto most = static_cast<int32_t>(maximumSize(object));
  const int32_t wished = cluster.size;
  cluster.size = std::min(wished, most);
  cluster.maxSize = most;
  if (wished <= most) return {};
  return {"SizeLimited", "spec.size: " + std::to_string(wished) + " is more than the " +
                             std::to_string(most) + " that Flux was configured for"};
}

}  // namespace

Wanted readWanted(const kube::Object& object, const ObjectOptions& options) {
  Wanted wanted;
  wanted.uid = kube::uidOf(object);
  wanted.generation = kube::generationOf(object);
  const auto written = api::asWritten(object);
  wanted.fixedHash = std::string(kVersion) + "-" +
                     hashOf(boost::json::value(fixedSpec(written ? *written : object)));
  wanted.generationHash = "generation-" + std::to_string(wanted.generation);
  auto read = api::readObject(object);
  if (read.problems.empty() && read.documents.size() != 1)
    read.problems.push_back({0, 0, "", "is no MiniCluster", ""});
  if (read.problems.empty()) read.problems = checkForKubernetes(read.documents.front().cluster);
  if (!read.problems.empty()) {
    wanted.refused = refusal(read.problems);
    return wanted;
  }
  auto& cluster = read.documents.front().cluster;
  wanted.refused = clampSize(cluster, object);
  auto blueprint = makeBlueprint(cluster, wanted.uid, options);
  if (blueprint) {
    wanted.blueprint = std::move(*blueprint);
  } else {
    wanted.refused = {"ManifestInvalid", blueprint.error().message};
  }
  return wanted;
}

WantedPtr Memo::get(const kube::Object& cluster) {
  const auto key = kube::keyOf(cluster);
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    if (found != kept_.end() && found->second->uid == kube::uidOf(cluster) &&
        found->second->generation == kube::generationOf(cluster))
      return found->second;
  }
  auto wanted = std::make_shared<const Wanted>(readWanted(cluster, options_));
  const std::lock_guard lock(mutex_);
  kept_[key] = wanted;
  return wanted;
}

void Memo::drop(const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  kept_.erase(key);
}

size_t Memo::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace mc::controller
