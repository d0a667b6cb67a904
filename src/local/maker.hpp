#pragma once
// Making and starting single containers under names that follow from what they are for, so that
// several commands at once, or one after another that was killed, meet in the same ones.
//
// Thread-safety: may be used by several threads at once.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/container_facts.hpp"
#include "local/docker/client.hpp"

namespace mc::local {

/// A container that exists now.
struct Made {
  std::string id;
  bool started = false;  ///< before this command, or by another one
};

class Maker {
 public:
  /// Containers of `uid` in namespace `ns`. The references must outlive the maker.
  Maker(docker::Client& client, const std::string& ns, const std::string& uid,
        const std::stop_token& stop)
      : client_(client), ns_(ns), uid_(uid), stop_(stop) {}

  /// Whether a container that exists and was never started is taken as it is.
  using Reuse = std::function<bool(const ContainerFacts&)>;

  /// Makes a container, or takes the one of that name. One that was never started and that `reuse`
  /// refuses is replaced. While another command (perhaps one that was killed, whose last request
  /// the engine still works on) makes or removes it, this waits. EBUSY if that takes too long,
  /// EEXIST if the name belongs to another.
  base::Result<Made> ensure(const std::string& name, const boost::json::object& spec,
                            const Reuse& reuse);

  /// Starts it; mends the network if that has just gone.
  base::Status start(const std::string& id);

  /// A container of ours that is gone was taken away by another command that does the same: EBUSY.
  static base::Status overtaken(base::Status status);

 private:
  base::Result<std::optional<Made>> tryEnsure(const std::string& name,
                                              const boost::json::object& spec, const Reuse& reuse);

  docker::Client& client_;
  const std::string& ns_;
  const std::string& uid_;
  const std::stop_token& stop_;
};

}  // namespace mc::local
