#include "base/child_watch.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.hpp"

namespace mc::base {
namespace {

struct ChildWatch final : Registration {
  Fd pidfd;
  Watch watch;  ///< goes first
};

/// Without pidfds, before Linux 5.3.
Watch reapNow(Loop& loop, pid_t pid, std::function<void(int)> callback) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return loop.after(std::chrono::nanoseconds(0), [status, f = std::move(callback)] { f(status); });
}

}  // namespace

/// A pidfd becomes readable when its process ends (pidfd_open(2)): no SIGCHLD handler, and no
/// other child is reaped by mistake.
Watch watchChild(Loop& loop, pid_t pid, std::function<void(int)> callback) {
  auto out = std::make_unique<ChildWatch>();
  out->pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!out->pidfd) return reapNow(loop, pid, std::move(callback));
  out->watch =
      loop.readable(out->pidfd.get(), [pid, raw = out.get(), callback = std::move(callback)] {
        int status = 0;
        const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
        if (reaped == 0) return;
        raw->watch.reset();  // it stays readable for ever
        if (reaped == pid) callback(status);
      });
  return out;
}

}  // namespace mc::base
