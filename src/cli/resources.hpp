#pragma once
// The kinds of objects that the verbs name, and how they are named on the command line:
// "pods", "po,svc", "pod/flux-sample-0", "mc flux-sample".
//
// Thread-safety: pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "core/objects.hpp"

namespace mc::cli {

enum class Kind { Pod, MiniCluster, Service, Deployment, ConfigMap, Secret, NetworkPolicy };

/// The same kind as the rest of the program names it; nothing for MiniClusters.
std::optional<core::Kind> coreKind(Kind kind);
Kind fromCore(core::Kind kind);

/// "pods", "miniclusters.flux-framework.org", "services": as error messages name them.
std::string resourceName(Kind kind);

/// "pod/NAME", "minicluster.flux-framework.org/NAME": as results name them.
std::string objectName(Kind kind, const std::string& name);

/// "pods/NAME", "miniclusters/NAME": as kubectl names what it waits for.
std::string waitedName(Kind kind, const std::string& name);

/// "pod", "minicluster.flux-framework.org", "service".
std::string kindName(Kind kind);

/// Every word that stands for a kind, for completion and suggestions.
const std::vector<std::string>& kindWords();

/// `pods "x" not found`, as the engine says it.
base::Error notFound(Kind kind, const std::string& name);

/// Which objects a verb is about.
struct Selection {
  Kind kind = Kind::Pod;
  std::vector<std::string> names;  ///< empty: all of that kind
};

/// What stands on the command line after the verb. EINVAL with kubectl's words: unknown kind, kinds
/// and KIND/NAME mixed, no kind given. `all` stands for pods, services,
/// deployments and MiniClusters.
base::Result<std::vector<Selection>> parseSelections(const std::string& verb,
                                                     const std::vector<std::string>& words);

/// One object, "NAME" (of `defaultKind`) or "KIND/NAME".
struct ObjectName {
  Kind kind = Kind::Pod;
  std::string name;
};
base::Result<ObjectName> parseObjectName(const std::string& word, Kind defaultKind);

}  // namespace mc::cli
