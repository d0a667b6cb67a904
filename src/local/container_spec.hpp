#pragma once
// Plan -> the Docker Engine's "create container" objects.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "base/status.hpp"
#include "local/record.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// How `privileged: true` is carried out.
enum class PrivilegedMode {
  Full,  ///< Docker's own
  /// Everything but CAP_SYS_RESOURCE, for machines whose Docker Engine does not have it itself.
  Nearly,
};

/// What the containers of a cluster have in common.
struct SpecContext {
  const Record& record;
  const plan::Plan& plan;
  std::string toolsImage;
  std::string network;      ///< name or id
  int64_t machineCpus = 0;  ///< 0: unknown; limits above it are cut to it, as Docker refuses them
  PrivilegedMode privileged = PrivilegedMode::Full;
  bool podman = false;  ///< the engine is Podman
  /// Where volumes lie on the engine's machine, of those that are mounted in part.
  std::map<std::string, std::string> mountpoints = {};
};

/// The container that holds a pod's network, host name and shared memory.
boost::json::object pauseSpec(const SpecContext& context, const plan::Pod& pod);

/// `imageUser` is the image's own user ("", "1000", "nginx:nginx"). EINVAL for a quantity or volume
/// that can't be carried out.
base::Result<boost::json::object> containerSpec(const SpecContext& context, const plan::Pod& pod,
                                                const plan::Container& container,
                                                const std::string& pauseId,
                                                const std::string& imageUser);

/// The user a container runs as, in Docker's form; empty: the image's own.
std::string userOf(const plan::Container& container, const std::string& imageUser);

}  // namespace mc::local
