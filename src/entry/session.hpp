#pragma once
// The life of a Flux container, from its first hook to its exit status.
//
//   init - users - pre - brokerPre or workerPre - servers answer - files - Flux - post
//
// The lead (pod 0) ends with the job's exit status. A follower ends when the instance does; if its
// broker fails before, because the lead is not there yet or was lost, it is started again. Where
// pods are replaced (Settings::podsReplaced) an instance that ended may have done so because its
// lead was moved, so a follower waits for the next one.
//
// Thread-safety: none.

#include <cstdint>
#include <string>

#include "base/loop.hpp"
#include "entry/environment.hpp"
#include "entry/files.hpp"
#include "entry/flux_command.hpp"
#include "entry/hooks.hpp"
#include "entry/journal.hpp"
#include "entry/messages.hpp"
#include "entry/port_waiter.hpp"
#include "entry/prepare.hpp"
#include "entry/processes.hpp"
#include "entry/resolver.hpp"
#include "entry/settings.hpp"

namespace mc::entry {

/// What a Session works with; all outlive it.
struct Outside {
  Processes& processes;
  base::Loop& loop;
  Files& files;
  Resolver& resolver;
  const Messages& messages;
  Journal* journal = nullptr;  ///< none: nothing is written down
};

/// Which container this is.
struct Self {
  int32_t index = 0;    ///< of the pod; 0: the lead
  std::string program;  ///< path of this program
  Place place;
  double wall = 0;  ///< Unix time
};

class Session {
 public:
  Session(Settings settings, Self self, Environment environment, const Outside& outside);

  /// Returns the container's exit code.
  int run();

 private:
  // Each returns 0 to go on, or the exit code to end with.
  int beforeFlux();
  int hook(const std::string& name, const std::string& text, Kind kind);
  int makeUsers();
  int waitForServers();
  int prepare();
  int writeResources();

  int runFlux();
  int follow();
  bool awaitLead();
  bool pause(std::chrono::milliseconds duration);
  base::Result<int> startFlux(const std::vector<std::string>& argv);
  [[nodiscard]] base::Command asFluxUser(const std::vector<std::string>& argv) const;
  int afterFlux(int status);
  [[nodiscard]] int exitStatus(int status) const;

  int failed(const base::Error& error, int status = 1);
  void note(const char* phase, const std::string& detail = {});
  void noteError(const std::string& text);

  Settings settings_;
  Self self_;
  Environment environment_;
  Outside out_;
  HookRunner hooks_;
  PortWaiter ports_;
  Identity identity_;
  FluxProgram flux_;
  FluxContext context_;
};

}  // namespace mc::entry
