#include "local/bring_up.hpp"

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <charconv>
#include <sstream>
#include <vector>

#include "local/cluster_files.hpp"
#include "local/container_spec.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/tar.hpp"
#include "local/labels.hpp"
#include "local/maker.hpp"
#include "local/names.hpp"
#include "local/network.hpp"
#include "local/parallel.hpp"
#include "local/pod_volumes.hpp"
#include "local/session.hpp"
#include "local/variables.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

/// A container of the plan on its way.
struct Item {
  const plan::Pod* pod = nullptr;
  const plan::Container* container = nullptr;
  size_t podNumber = 0;
  Made made;
};

/// The daemon's words when its own capabilities do not suffice for a privileged container.
bool lacksCapabilities(const base::Error& error) {
  const std::string& text = error.message;
  return text.find("apply caps") != text.npos || text.find("apply capabilities") != text.npos;
}

/// A numeric id of "1000" or "1000:100"; nothing for a name.
std::optional<FileOwner> numericOwner(const std::string& user) {
  FileOwner owner;
  const size_t colon = user.find(':');
  const char* end = user.data() + std::min(colon, user.size());
  if (std::from_chars(user.data(), end, owner.uid).ptr != end) return std::nullopt;
  if (colon != std::string::npos) {
    std::from_chars(user.data() + colon + 1, user.data() + user.size(), owner.gid);
  }
  return owner;
}

/// The line of `name` in an image's /etc/passwd (passwd(5)).
std::optional<FileOwner> ownerFromPasswd(const std::string& passwd, const std::string& name) {
  std::istringstream lines(passwd);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string user;
    std::string password;
    std::string uid;
    std::string gid;
    std::getline(fields, user, ':');
    std::getline(fields, password, ':');
    std::getline(fields, uid, ':');
    std::getline(fields, gid, ':');
    if (user == name) return numericOwner(uid + ":" + gid);
  }
  return std::nullopt;
}

class BringUp {
 public:
  BringUp(const BringUpContext& context, const std::stop_token& stop)
      : context_(context),
        client_(context.client),
        plan_(context.plan),
        stop_(stop),
        maker_(context.client, context.plan.ns, context.record.uid, stop) {}

  base::Status run() {
    MC_TRY(makeShared());
    listItems();
    pauses_.resize(plan_.pods.size());
    context_.progress.begin("start", static_cast<int>(plan_.pods.size() + items_.size()));
    MC_TRY(forEachParallel(pauses_.size(), [this](size_t pod) { return makePause(pod); }));
    MC_TRY(startPausesAndMakeContainers());
    return forEachParallel(items_.size(), [this](size_t i) { return startItem(items_[i]); });
  }

 private:
  [[nodiscard]] SpecContext specContext() const {
    return {context_.record,
            plan_,
            context_.prepared.tools.name,
            networkName(plan_.ns),
            context_.prepared.machineCpus,
            nearlyPrivileged_ ? PrivilegedMode::Nearly : PrivilegedMode::Full,
            context_.prepared.podman};
  }

  [[nodiscard]] std::string nameOf(const plan::Pod& pod) const {
    return podName(pod, context_.record.uid);
  }

  // Stage 0: what pods share or mount.

  base::Status makeShared() {
    std::vector<std::function<base::Status()>> works;
    works.emplace_back([this]() -> base::Status {
      MC_TRY(ensureNetwork(client_, plan_.ns, stop_));
      return {};
    });
    for (const plan::Pod& pod : plan_.pods) {
      for (const plan::PodVolume& volume : pod.volumes) {
        if (!isPodOwned(volume)) continue;
        works.emplace_back([this, &pod, &volume] {
          return makePodVolume(client_, context_.record, nameOf(pod), volume, stop_);
        });
      }
    }
    return inParallel(works);
  }

  void listItems() {
    for (size_t number = 0; number < plan_.pods.size(); ++number) {
      const plan::Pod& pod = plan_.pods[number];
      for (const plan::Container& container : pod.containers) {
        items_.push_back({&pod, &container, number, {}});
      }
    }
  }

  // Stage 1 and 2.

  base::Status makePause(size_t number) {
    const plan::Pod& pod = plan_.pods[number];
    // The lead's must be our own as long as it has not been started: through it the files are
    // written.
    const bool fence = pod.role == plan::Role::Lead;
    const auto reuse = [fence](const ContainerFacts&) { return !fence; };
    const json::object spec = pauseSpec(specContext(), pod);
    const std::string name = nameOf(pod);
    auto made = maker_.ensure(pauseName(plan_.ns, name), spec, reuse);
    if (!made) return base::pass(made.error().prefixed("pod " + name));
    pauses_[number] = std::move(*made);
    return {};
  }

  base::Status startPausesAndMakeContainers() {
    const size_t pods = pauses_.size();
    return forEachParallel(pods + items_.size(), [&](size_t i) {
      return i < pods ? startPause(i) : makeItem(items_[i - pods]);
    });
  }

  base::Status startPause(size_t number) {
    const plan::Pod& pod = plan_.pods[number];
    const Made& made = pauses_[number];
    if (!made.started) {
      if (pod.role == plan::Role::Lead) MC_TRY(Maker::overtaken(writeFiles(made.id)));
      if (needsFilling(pod)) {
        StoredData data(client_, plan_.ns, context_.prepared.tools.name, stop_);
        MC_TRY(Maker::overtaken(fillVolumes(client_, made.id, pod, data, false, stop_)));
      }
      const base::Status started = maker_.start(made.id);
      if (!started) return Maker::overtaken(started).prefixed("pod " + nameOf(pod));
    }
    context_.progress.advance();
    return {};
  }

  base::Status writeFiles(const std::string& pauseId) {
    MC_TRY_ASSIGN(const FileOwner owner, secretOwner());
    return writeClusterFiles(client_, pauseId, plan_, owner, context_.prepared.tools,
                             context_.binDir, stop_);
  }

  /// The user that the Flux container begins as, who must be able to read the secrets.
  base::Result<FileOwner> secretOwner() {
    const plan::Container& flux = plan_.lead().containers.front();
    const auto image = context_.prepared.images.find(flux.image);
    const std::string imageUser =
        image == context_.prepared.images.end() ? std::string() : image->second.user;
    std::string user = userOf(flux, imageUser);
    if (user.empty()) user = imageUser;
    if (user.empty() || user == "root") return FileOwner{};
    if (const auto owner = numericOwner(user)) return *owner;
    return ownerByName(flux, user.substr(0, user.find(':')));
  }

  /// Looks a user's name up in the image, through a container that is never started.
  base::Result<FileOwner> ownerByName(const plan::Container& flux, const std::string& name) {
    const json::object spec{{"Image", flux.image},
                            {"Cmd", json::array{"/"}},
                            {"Labels", json::value_from(memberLabels(context_.record, "lookup"))}};
    MC_TRY_ASSIGN(const std::string id, docker::createContainer(client_, "", spec, stop_));
    const auto archive = docker::getArchive(client_, id, "/etc/passwd", stop_);
    MC_TRY(docker::removeContainer(client_, id, stop_));
    if (!archive) return base::pass(archive.error());
    MC_TRY_ASSIGN(const auto files, docker::readFiles(*archive));
    const auto owner = files.empty() ? std::nullopt : ownerFromPasswd(files.begin()->second, name);
    if (owner) return *owner;
    return base::fail(EINVAL,
                      "image " + flux.image + ": no user '" + name + "' in its /etc/passwd");
  }

  base::Status makeItem(Item& item) {
    auto made = tryMakeItem(item);
    if (!made) return base::pass(atItem(item, made.error()));
    item.made = std::move(*made);
    return {};
  }

  base::Result<Made> tryMakeItem(const Item& item) {
    const std::string& pauseId = pauses_[item.podNumber].id;
    const std::string& imageUser = context_.prepared.images.at(item.container->image).user;
    StoredData data(client_, plan_.ns, context_.prepared.tools.name, stop_);
    MC_TRY_ASSIGN(const plan::Container container,
                  withEnvironment(*item.pod, *item.container, {}, data));
    MC_TRY_ASSIGN(const json::object spec,
                  containerSpec(specContext(), *item.pod, container, pauseId, imageUser));
    const auto reuse = [&](const ContainerFacts& facts) { return facts.joined == pauseId; };
    return maker_.ensure(containerName(plan_.ns, nameOf(*item.pod), item.container->name), spec,
                         reuse);
  }

  // Stage 3.

  base::Status startItem(Item& item) {
    if (!item.made.started) {
      base::Status started = maker_.start(item.made.id);
      if (!started && item.container->security.privileged && lacksCapabilities(started.error())) {
        started = startNearlyPrivileged(item);
      }
      if (!started) return base::pass(atItem(item, Maker::overtaken(started).error()));
      MC_TRY(postStart(item));
    }
    context_.progress.advance();
    return {};
  }

  base::Status startNearlyPrivileged(Item& item) {
    if (!nearlyPrivileged_.exchange(true)) {
      context_.progress.note(
          "note: this machine's Docker Engine cannot run privileged containers; they get "
          "everything "
          "but CAP_SYS_RESOURCE");
    }
    MC_TRY(docker::removeContainer(client_, item.made.id, stop_));
    MC_TRY_ASSIGN(item.made, tryMakeItem(item));
    return maker_.start(item.made.id);
  }

  base::Status postStart(const Item& item) {
    const std::string& text = item.container->postStartExec;
    if (text.empty()) return {};
    const auto status = runHook(client_, item.made.id, text, stop_);
    if (!status) return base::pass(atItem(item, status.error()));
    if (*status == 0) return {};
    return base::pass(
        atItem(item, {EIO, "its postStart hook exited with status " + std::to_string(*status)}));
  }

  [[nodiscard]] base::Error atItem(const Item& item, const base::Error& error) const {
    return error.prefixed("pod " + nameOf(*item.pod) + ", container " + item.container->name);
  }

  const BringUpContext& context_;
  docker::Client& client_;
  const plan::Plan& plan_;
  const std::stop_token& stop_;
  Maker maker_;
  std::vector<Made> pauses_;  ///< one for each of the plan's pods
  std::vector<Item> items_;
  std::atomic<bool> nearlyPrivileged_ = false;
};

}  // namespace

base::Status bringUp(const BringUpContext& context, const std::stop_token& stop) {
  return BringUp(context, stop).run();
}

}  // namespace mc::local
