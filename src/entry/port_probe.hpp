#pragma once
// Finds out when a server accepts connections.
//
// A port that is not open yet tells nobody when it will be, so it is tried again and again: after
// 1 ms first, then in growing steps up to 50 ms. Thread-safety: none.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "entry/resolver.hpp"

namespace mc::entry {

class PortProbe {
 public:
  /// Calls `connected` once a connection was made, not before the constructor has returned.
  PortProbe(base::Loop& loop, Resolver& resolver, std::string host, uint16_t port,
            std::function<void()> connected);
  PortProbe(const PortProbe&) = delete;
  PortProbe& operator=(const PortProbe&) = delete;

  /// Why the last attempt failed.
  [[nodiscard]] const std::string& lastError() const { return lastError_; }

  static constexpr std::chrono::milliseconds kFirstPause{1};
  static constexpr std::chrono::milliseconds kLongestPause{50};
  /// For a host that does not answer at all.
  static constexpr std::chrono::milliseconds kConnectTimeout{1000};

 private:
  void lookUp();
  void connectNext();
  void connectDone();
  void failed(const std::string& error);

  base::Loop& loop_;
  Resolver& resolver_;
  std::string host_;
  uint16_t port_;
  std::function<void()> connected_;
  std::chrono::milliseconds pause_ = kFirstPause;
  std::vector<Address> addresses_;
  size_t next_ = 0;
  std::string lastError_ = "no answer yet";
  base::Fd socket_;
  base::Watch lookup_, writable_, timer_;
};

}  // namespace mc::entry
