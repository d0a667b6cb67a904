#pragma once
// The process behind a Service on one machine: passes TCP connections on to the pods that the
// Service selects, to each in turn.
//
// A pod is found by its labels: each label is a name that the network's DNS knows all running pods
// with that label by; the pods behind a Service are those that all names lead to. So pods may come
// and go without anybody telling the forwarder. A pod that refuses a connection is passed over; if
// all do, the client is refused too.
//
// Thread-safety: none; all of it runs on one loop.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "entry/resolver.hpp"

namespace mc::entry {

struct ForwardedPort {
  uint16_t listen = 0;
  uint16_t target = 0;
};

/// "80=8080"
base::Result<ForwardedPort> parseForwardedPort(const std::string& text);

/// The addresses that are in every one of `sets`, in the order of the first.
std::vector<Address> common(const std::vector<std::vector<Address>>& sets);

class ForwardedConnection;

class Forwarder {
 public:
  /// `names`: what the pods' labels are found by. The loop and resolver must outlive it.
  Forwarder(base::Loop& loop, Resolver& resolver, std::vector<std::string> names);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// Takes connections at a port of all addresses.
  base::Status listen(const ForwardedPort& port);
  /// Takes connections at a socket that listens already.
  void accept(base::Fd socket, uint16_t target);

 private:
  struct Listener {
    base::Fd socket;
    uint16_t target = 0;
    base::Watch readable;
  };
  void take(Listener& listener);

  base::Loop& loop_;
  Resolver& resolver_;
  std::vector<std::string> names_;
  std::list<Listener> listeners_;
  std::list<std::unique_ptr<ForwardedConnection>> connections_;
  size_t turn_ = 0;
};

/// `minicluster-entry forward PORT=TARGET... -- NAME...`: until SIGTERM. Returns the exit code.
int runForwarder(const std::vector<std::string>& words);

}  // namespace mc::entry
