#pragma once
// Programs that entry starts and waits for, and the request to stop.
//
// Behind an interface, so that the order of a container's life is tested without processes
// (tests/fakes/fake_processes.hpp). Thread-safety: none.

#include <functional>

#include "base/process.hpp"
#include "base/status.hpp"

namespace mc::entry {

/// What a program is for; it decides what becomes of it when the container is told to stop.
enum class Kind {
  Hook,       ///< ended at once, with all that it started
  Flux,       ///< gets every signal, and has the grace period to end
  FluxGroup,  ///< the same for all of its process group: Flux below a program that passes nothing
              ///< on
  Post,       ///< runs also after the request to stop; ended by a further one
};

class Processes {
 public:
  virtual ~Processes() = default;

  /// Runs a program to its end and returns its exit code (128 + signal if a signal ended it).
  /// ECANCELED: nothing was started, because the container is to stop. Else the errno of exec.
  virtual base::Result<int> run(const base::Command& command, Kind kind) = 0;

  /// Runs the loop until `done` says so; false: told to stop before. Whoever changes what `done`
  /// looks at calls Loop::stop() to have it asked.
  virtual bool wait(const std::function<bool()>& done) = 0;

  [[nodiscard]] virtual bool stopping() const = 0;
  /// The exit code that goes with the request: 128 + signal, or kDeadlineExceeded.
  [[nodiscard]] virtual int stopStatus() const = 0;
};

/// Exit code after Settings::deadlineSeconds; that of timeout(1).
constexpr int kDeadlineExceeded = 124;

}  // namespace mc::entry
