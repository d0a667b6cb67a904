#include "local/bring_up.hpp"

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <charconv>
#include <sstream>
#include <vector>

#include "api/quantity.hpp"
#include "local/changes.hpp"
#include "local/cluster_files.hpp"
#include "local/container_facts.hpp"
#include "local/container_spec.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/tar.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/network.hpp"
#include "local/parallel.hpp"
#include "local/session.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

/// A container that exists now.
struct Made {
  std::string id;
  bool started = false;  ///< before this command, or by another one
};

/// A container of the plan on its way.
struct Item {
  const plan::Pod* pod = nullptr;
  const plan::Container* container = nullptr;
  size_t podNumber = 0;
  Made made;
};

/// How often a name is tried while other commands remove or make the container of that name.
constexpr int kNameTries = 5;
/// How long such a command is waited for after that.
constexpr std::chrono::seconds kNamePatience{10};

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
      : context_(context), client_(context.client), plan_(context.plan), stop_(stop) {}

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
        if (volume.source.kind != api::VolumeKind::EmptyDir) continue;
        works.emplace_back([this, &pod, &volume] { return makeEmptyDir(pod, volume); });
      }
    }
    return inParallel(works);
  }

  base::Status makeEmptyDir(const plan::Pod& pod, const plan::PodVolume& volume) {
    std::map<std::string, std::string> options;
    if (volume.source.inMemory) {
      options = {{"type", "tmpfs"}, {"device", "tmpfs"}};
      MC_TRY_ASSIGN(const std::string size, tmpfsSize(volume.source.sizeLimit));
      if (!size.empty()) options["o"] = "size=" + size;
    }
    const std::string name = podVolumeName(plan_.ns, nameOf(pod), volume.name);
    MC_TRY(docker::createVolume(client_, name, memberLabels(context_.record, label::kPartVolume),
                                options, stop_)
               .prefixed("volume " + volume.name));
    return {};
  }

  static base::Result<std::string> tmpfsSize(const std::string& limit) {
    if (limit.empty()) return std::string();
    MC_TRY_ASSIGN(const api::Quantity quantity, api::Quantity::parse(limit));
    return std::to_string(quantity.value());
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
    auto made = ensure(pauseName(plan_.ns, name), spec, reuse);
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
      if (pod.role == plan::Role::Lead) MC_TRY(overtaken(writeFiles(made.id)));
      const base::Status started = start(made.id);
      if (!started) return overtaken(started).prefixed("pod " + nameOf(pod));
    }
    context_.progress.advance();
    return {};
  }

  base::Status writeFiles(const std::string& pauseId) {
    MC_TRY_ASSIGN(const FileOwner owner, secretOwner());
    return writeClusterFiles(client_, pauseId, plan_, owner, context_.prepared.tools,
                             context_.binDir, stop_);
  }

  /// A container of ours that is gone was taken away by another command that does the same.
  static base::Status overtaken(base::Status status) {
    if (status || status.error().errnum != ENOENT ||
        status.error().message.find("o such container") == std::string::npos) {
      return status;
    }
    return base::fail(EBUSY, "another command is making or removing this MiniCluster right now");
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
    MC_TRY_ASSIGN(const json::object spec,
                  containerSpec(specContext(), *item.pod, *item.container, pauseId, imageUser));
    const auto reuse = [&](const ContainerFacts& facts) { return facts.joined == pauseId; };
    return ensure(containerName(plan_.ns, nameOf(*item.pod), item.container->name), spec, reuse);
  }

  // Stage 3.

  base::Status startItem(Item& item) {
    if (!item.made.started) {
      base::Status started = start(item.made.id);
      if (!started && item.container->security.privileged && lacksCapabilities(started.error())) {
        started = startNearlyPrivileged(item);
      }
      if (!started) return base::pass(atItem(item, overtaken(started).error()));
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
    return start(item.made.id);
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

  // One container.

  using Reuse = std::function<bool(const ContainerFacts&)>;

  /// Makes a container, or takes the one of that name. One that was never started and that `reuse`
  /// refuses is replaced. While another command (perhaps one that was killed, whose last request
  /// the engine still works on) makes or removes it, this waits.
  base::Result<Made> ensure(const std::string& name, const json::object& spec, const Reuse& reuse) {
    MC_TRY_ASSIGN(std::optional<Made> made, tryEnsure(name, spec, reuse));
    if (made) return std::move(*made);
    const auto settled = [&](const std::stop_token&) -> base::Result<bool> {
      MC_TRY_ASSIGN(made, tryEnsure(name, spec, reuse));
      return made.has_value();
    };
    const base::Status status = untilTrue(client_, plan_.ns, settled, kNamePatience, stop_);
    if (made) return std::move(*made);
    if (!status && status.error().errnum != ETIMEDOUT) return base::pass(status.error());
    return base::fail(EBUSY, "another command is making or removing this MiniCluster right now");
  }

  /// Nothing if the name is taken by a container that is not there yet, or not any more.
  base::Result<std::optional<Made>> tryEnsure(const std::string& name, const json::object& spec,
                                              const Reuse& reuse) {
    for (int i = 0; i < kNameTries; ++i) {
      auto id = docker::createContainer(client_, name, spec, stop_);
      if (id) return Made{std::move(*id), false};
      if (id.error().errnum != EEXIST) return base::pass(std::move(id.error()));
      const auto inspected = docker::inspectContainer(client_, name, stop_);
      if (!inspected && inspected.error().errnum == ENOENT) continue;
      if (!inspected) return base::pass(inspected.error());
      const ContainerFacts facts = readFacts(*inspected);
      if (facts.clusterUid != context_.record.uid) {
        return base::fail(EEXIST, "the container name " + name + " is in use already");
      }
      if (facts.started() || reuse(facts)) return Made{facts.id, facts.started()};
      MC_TRY(docker::removeContainer(client_, facts.id, stop_));
    }
    return std::nullopt;
  }

  base::Status start(const std::string& id) {
    base::Status started = docker::startContainer(client_, id, stop_);
    for (int i = 1; i < kNameTries && !started && lacksNetwork(started.error()); ++i) {
      MC_TRY(mendNetwork(client_, plan_.ns, stop_));
      started = docker::startContainer(client_, id, stop_);
    }
    return started;
  }

  const BringUpContext& context_;
  docker::Client& client_;
  const plan::Plan& plan_;
  const std::stop_token& stop_;
  std::vector<Made> pauses_;  ///< one for each of the plan's pods
  std::vector<Item> items_;
  std::atomic<bool> nearlyPrivileged_ = false;
};

}  // namespace

base::Status bringUp(const BringUpContext& context, const std::stop_token& stop) {
  return BringUp(context, stop).run();
}

}  // namespace mc::local
