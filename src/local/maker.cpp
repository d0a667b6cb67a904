#include "local/maker.hpp"

#include <chrono>

#include "local/changes.hpp"
#include "local/docker/containers.hpp"
#include "local/network.hpp"

namespace mc::local {

namespace {

/// How often a name is tried while other commands remove or make the container of that name.
constexpr int kNameTries = 5;
/// How long such a command is waited for after that.
constexpr std::chrono::seconds kNamePatience{10};

base::Error busy() {
  return {EBUSY, "another command is making or removing this object right now"};
}

}  // namespace

base::Result<Made> Maker::ensure(const std::string& name, const boost::json::object& spec,
                                 const Reuse& reuse) {
  MC_TRY_ASSIGN(std::optional<Made> made, tryEnsure(name, spec, reuse));
  if (made) return std::move(*made);
  const auto settled = [&](const std::stop_token&) -> base::Result<bool> {
    MC_TRY_ASSIGN(made, tryEnsure(name, spec, reuse));
    return made.has_value();
  };
  const base::Status status = untilTrue(client_, ns_, settled, kNamePatience, stop_);
  if (made) return std::move(*made);
  if (!status && status.error().errnum != ETIMEDOUT) return base::pass(status.error());
  return base::pass(busy());
}

/// Nothing if the name is taken by a container that is not there yet, or not any more.
base::Result<std::optional<Made>> Maker::tryEnsure(const std::string& name,
                                                   const boost::json::object& spec,
                                                   const Reuse& reuse) {
  for (int i = 0; i < kNameTries; ++i) {
    auto id = docker::createContainer(client_, name, spec, stop_);
    if (id) return Made{std::move(*id), false};
    if (id.error().errnum != EEXIST) return base::pass(std::move(id.error()));
    const auto inspected = docker::inspectContainer(client_, name, stop_);
    if (!inspected && inspected.error().errnum == ENOENT) continue;
    if (!inspected) return base::pass(inspected.error());
    const ContainerFacts facts = readFacts(*inspected);
    if (facts.clusterUid != uid_) {
      return base::fail(EEXIST, "the container name " + name + " is in use already");
    }
    if (facts.started() || reuse(facts)) return Made{facts.id, facts.started()};
    MC_TRY(docker::removeContainer(client_, facts.id, stop_));
  }
  return std::nullopt;
}

base::Status Maker::start(const std::string& id) {
  base::Status started = docker::startContainer(client_, id, stop_);
  for (int i = 1; i < kNameTries && !started && lacksNetwork(started.error()); ++i) {
    MC_TRY(mendNetwork(client_, ns_, stop_));
    started = docker::startContainer(client_, id, stop_);
  }
  return started;
}

base::Status Maker::overtaken(base::Status status) {
  if (status || status.error().errnum != ENOENT ||
      status.error().message.find("o such container") == std::string::npos) {
    return status;
  }
  return base::pass(busy());
}

}  // namespace mc::local
