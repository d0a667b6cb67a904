#pragma once
// A local socket whose connections are carried over to a broker's socket, byte by byte; what
// `flux proxy` gives its child.
//
// Each client gets a connection of its own at the broker, so the broker sees its credentials'
// checks, its disconnect and its streams as if it had come directly. (From another host it comes as
// the user that the way there leads to.)
//
// Thread-safety: none; lives on its loop.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/status.hpp"

namespace mc::flux::commands {

class Relay {
 public:
  /// Listens at `path`, which must not exist; `target` is the broker's URI.
  static base::Result<std::unique_ptr<Relay>> listen(base::Loop& loop, std::string path,
                                                     std::string target);
  ~Relay();

 private:
  class Connection;
  Relay(base::Loop& loop, base::Fd socket, std::string path, std::string target);
  void accept();
  void remove(uint64_t id);
  void reap(pid_t helper);

  base::Loop& loop_;
  base::Fd socket_;
  std::string path_;
  std::string target_;
  uint64_t lastId_ = 0;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> gone_;
  std::map<pid_t, base::Watch> helpers_;
  base::Watch bury_;
  base::Watch watch_;
};

}  // namespace mc::flux::commands
