#pragma once
// Waits for the servers that must answer before Flux starts, all of them at a time.
//
// Thread-safety: none.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "entry/messages.hpp"
#include "entry/port_probe.hpp"
#include "entry/processes.hpp"
#include "entry/resolver.hpp"
#include "entry/settings.hpp"

namespace mc::entry {

class PortWaiter {
 public:
  PortWaiter(Processes& processes, base::Loop& loop, Resolver& resolver, const Messages& messages)
      : processes_(processes), loop_(loop), resolver_(resolver), messages_(messages) {}

  /// Gets the names of those that have not answered yet, separated by commas.
  using StillWaiting = std::function<void(const std::string& names)>;

  /// Returns when all accept connections. After kPatience it says on whom it waits.
  /// ETIMEDOUT names those that did not answer in `limit` (0: no limit); ECANCELED: told to stop.
  base::Status wait(const std::vector<WaitFor>& servers, std::chrono::seconds limit,
                    const StillWaiting& stillWaiting = {});

  static constexpr std::chrono::seconds kPatience{10};

 private:
  Processes& processes_;
  base::Loop& loop_;
  Resolver& resolver_;
  const Messages& messages_;
};

}  // namespace mc::entry
