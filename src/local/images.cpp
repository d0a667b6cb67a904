#include "local/images.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "local/docker/images.hpp"
#include "local/docker/json.hpp"
#include "local/docker/reference.hpp"
#include "local/docker/registry_auth.hpp"
#include "local/parallel.hpp"

namespace mc::local {

namespace {

struct Wanted {
  std::string image;
  api::PullPolicy policy = api::PullPolicy::IfNotPresent;
};

/// Each image once, with the strictest of its policies.
std::vector<Wanted> wantedImages(const plan::Plan& plan) {
  std::vector<Wanted> all;
  for (const plan::Pod& pod : plan.pods) {
    for (const plan::Container& container : pod.containers) {
      const auto same = [&](const Wanted& w) { return w.image == container.image; };
      const auto found = std::find_if(all.begin(), all.end(), same);
      if (found == all.end()) {
        all.push_back({container.image, container.pullPolicy});
      } else if (container.pullPolicy == api::PullPolicy::Always) {
        found->policy = container.pullPolicy;
      }
    }
  }
  return all;
}

class Puller {
 public:
  Puller(docker::Client& client, const std::string& configDir, base::ProcessRunner& runner,
         SerialProgress& progress, const std::stop_token& stop)
      : client_(client), configDir_(configDir), runner_(runner), progress_(progress), stop_(stop) {}

  base::Result<ImageInfo> ensure(const Wanted& wanted) {
    MC_TRY_ASSIGN(auto found, docker::inspectImage(client_, wanted.image, stop_));
    if (!found && wanted.policy == api::PullPolicy::Never) {
      return base::fail(ENOENT,
                        "image \"" + wanted.image + "\" is not present with pull policy of Never");
    }
    if (!found || wanted.policy == api::PullPolicy::Always) {
      MC_TRY(pull(wanted.image).prefixed("cannot pull image \"" + wanted.image + "\""));
      MC_TRY_ASSIGN(found, docker::inspectImage(client_, wanted.image, stop_));
    }
    if (!found) return base::fail(ENOENT, "image \"" + wanted.image + "\" is gone after its pull");
    return ImageInfo{docker::textOf(docker::objectOf(*found, "Config"), "User")};
  }

 private:
  base::Status pull(const std::string& image) {
    PullProgress told;
    told.image = image;
    progress_.pull(told);
    const base::Status pulled = pullWithProgress(image, told);
    told.done = true;
    if (!pulled) told.failure = pulled.error().message;
    progress_.pull(told);
    return pulled;
  }

  base::Status pullWithProgress(const std::string& image, PullProgress& told) {
    const std::string registry = docker::parseReference(image).registry;
    MC_TRY_ASSIGN(const std::string auth, docker::registryAuth(configDir_, registry, runner_));
    const auto tell = [&](const docker::PullState& state) {
      told.bytes = state.bytes;
      told.total = state.total;
      told.layers = state.layers;
      told.layersDone = state.layersDone;
      progress_.pull(told);
    };
    return docker::pullImage(client_, image, auth, tell, stop_);
  }

  docker::Client& client_;
  const std::string& configDir_;
  base::ProcessRunner& runner_;
  SerialProgress& progress_;
  const std::stop_token& stop_;
};

}  // namespace

base::Result<std::map<std::string, ImageInfo>> ensureImages(
    docker::Client& client, const plan::Plan& plan, const std::string& dockerConfigDir,
    base::ProcessRunner& runner, SerialProgress& progress, const std::stop_token& stop) {
  const std::vector<Wanted> wanted = wantedImages(plan);
  Puller puller(client, dockerConfigDir, runner, progress, stop);
  std::mutex mutex;
  std::map<std::string, ImageInfo> images;
  MC_TRY(forEachParallel(wanted.size(), [&](size_t i) -> base::Status {
    MC_TRY_ASSIGN(ImageInfo info, puller.ensure(wanted[i]));
    const std::lock_guard lock(mutex);
    images[wanted[i].image] = std::move(info);
    return {};
  }));
  return images;
}

}  // namespace mc::local
