#pragma once
// Starting job shells without loading them: what a shell's start costs is mostly exec(2) and what
// the C library and OpenSSL find out about the processor, which takes a virtual machine long. So a
// broker that starts more than one shell keeps a process of the same program that has done all
// that, and has it fork.
//
// The shells are children of the broker all the same (clone(2), CLONE_PARENT).
// Thread-safety: none.

#include <functional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/process.hpp"

namespace mc::flux::broker {

/// Has commands that begin with `prefix`, a way to call this very program, started by fork. All
/// others, what a server can't do (see canFork() in the code), and everything where no server can
/// be had, is left to `other`.
class ForkServer final : public base::ProcessRunner {
 public:
  /// `prefix` + "--serve FD" must run serveForks().
  ForkServer(base::ProcessRunner& other, std::vector<std::string> prefix);
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  ~ForkServer() override;

  base::Result<pid_t> spawn(const base::Command& command) override;

 private:
  [[nodiscard]] bool takes(const base::Command& command) const;
  base::Status startServer();
  void stopServer();
  [[nodiscard]] base::Result<pid_t> forkOff(const base::Command& command,
                                            const std::string& request) const;

  base::ProcessRunner& other_;
  std::vector<std::string> prefix_;
  size_t seen_ = 0;  ///< commands with the prefix so far
  bool failed_ = false;
  pid_t pid_ = -1;
  base::Fd socket_;
};

/// The server: forks for each request from `socket` and runs `program` with the request's words in
/// the child, whose exit status is the result. Returns when the other end is closed.
int serveForks(int socket, const std::function<int(const std::vector<std::string>&)>& program);

}  // namespace mc::flux::broker
