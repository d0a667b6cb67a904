#pragma once
// What `minicluster-entry` is told to do in a Flux container: the plan writes it as JSON, entry
// reads it. The same file serves all pods of a cluster; entry picks its role by the pod's index.
//
// It holds no secret: those are files of their own beside it (see kCurveCertFile), mode 0400.
// Thread-safety: plain values and pure functions.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::entry {

/// The directory that brings entry, Flux and the settings into a container, and what is in it.
constexpr const char* kMountPath = "/opt/minicluster";
constexpr const char* kEntryFile = "bin/minicluster-entry";
constexpr const char* kFluxFile = "bin/flux";
constexpr const char* kSettingsFile = "config/settings.json";
constexpr const char* kCurveCertFile = "secret/curve.cert";
/// Users' passwords, "NAME:PASSWORD" lines; only there if the manifest has users.
constexpr const char* kUsersFile = "secret/users";

/// Environment that tells entry which pod it is in. The name is that of Kubernetes' Indexed Jobs.
constexpr const char* kIndexVariable = "JOB_COMPLETION_INDEX";

struct Hooks {
  std::string init, pre, brokerPre, workerPre, post;
};

/// What the lead runs in the Flux instance.
enum class Mode {
  Submit,       ///< `flux submit --watch COMMAND` as the initial program
  Launcher,     ///< COMMAND itself is the initial program
  Batch,        ///< each line of `script` is submitted, or with batchRaw written as it is
  Interactive,  ///< a broker without initial program, until `flux shutdown`
};

/// A server that must accept connections before Flux starts.
struct WaitFor {
  std::string container;  ///< whose it is, for messages
  std::string host;
  uint16_t port = 0;
};

/// Where entry puts Flux's files in the container. Where they can't be made (another user than
/// root, a read-only image) entry moves all of them below a directory of its own, see relocate().
struct Paths {
  std::string configDirectory;  ///< of broker.toml
  std::string curveCert;        ///< copy of kCurveCertFile that the Flux user may read; empty: none
  std::string resources;        ///< R; empty: Flux finds out by itself what each node has
  std::string runDirectory;     ///< holds the broker's socket
  std::string stateDirectory;
  std::string script;    ///< where Settings::script is written
  std::string viewFile;  ///< v1alpha2: file to source for `flux proxy $fluxsocket`; empty: none
};

/// Exit status of a Flux container that was told to stop before it was done, where podsReplaced:
/// nothing else ends with it, so that whoever makes pods anew need not take it for a failure.
constexpr int kToldToStop = 250;

/// Seconds that servers of Settings::waitFor have to answer.
constexpr int64_t kWaitSeconds = 300;

struct Settings {
  std::string cluster;  ///< MiniCluster's name; hosts are CLUSTER-INDEX
  /// DNS names of the pods that others wait for: pod 0, the lead.
  std::vector<std::string> addresses;
  std::string hosts;     ///< all hosts as an RFC 29 hostlist, "flux-sample-[0-3]"
  uint16_t port = 8050;  ///< of the brokers; 0: not known
  Paths paths;
  /// Directories that may hold `flux` besides those of PATH.
  std::vector<std::string> searchPath;
  Hooks hooks;
  Mode mode = Mode::Submit;
  std::vector<std::string> command;  ///< argv
  /// Text of a batch, or of a v1alpha2 script that `command` runs from Paths::script.
  std::string script;
  bool batchRaw = false;
  std::string batchLogs;                   ///< directory of a batch's output files
  std::vector<std::string> submitCommand;  ///< "flux", "submit"
  std::vector<std::string> submitOptions;  ///< -N, -n ... and the manifest's optionFlags
  std::vector<std::string> prefix;         ///< words before `flux start`
  std::vector<std::string> brokerOptions;  ///< -Sname=value ...
  std::string wrap;
  std::string brokerConfig;  ///< content of broker.toml
  std::string socket;        ///< "/run/flux/local"
  bool quiet = false;
  bool strict = true;
  bool debug = false;
  bool timed = false;
  bool asRoot = false;  ///< Flux runs as root
  std::string user;     ///< empty: as whatever user the container runs
  int64_t uid = 1000;
  int32_t cores = 0;                   ///< cores per node as given by hand; 0: as found
  std::vector<std::string> userNames;  ///< users to make besides; passwords are in kUsersFile
  std::vector<WaitFor> waitFor;
  int64_t waitSeconds = kWaitSeconds;
  std::string archivePath;
  bool completeWorkers = false;
  int64_t deadlineSeconds = 0;  ///< 0: none
  int64_t graceSeconds = 30;    ///< between SIGTERM and SIGKILL
  /// Pods that are lost are made anew (Kubernetes): a follower waits for the next lead until it is
  /// told to stop, and who is told to stop before the job is done ends with kToldToStop.
  bool podsReplaced = false;
};

/// Settings as JSON with sorted, stable keys.
std::string format(const Settings& settings);

/// The reverse. EINVAL names the key that is missing, unknown or of the wrong type.
base::Result<Settings> parse(std::string_view json);

}  // namespace mc::entry
