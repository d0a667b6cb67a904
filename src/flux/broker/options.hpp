#pragma once
// What a broker is started with.
//
// Thread-safety: values.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::broker {

/// Given by `flux start --test-size` to each of its brokers.
struct LocalPlace {
  uint32_t rank = 0;
  uint32_t size = 1;
  std::string hosts;  ///< --test-hosts; empty: all brokers have the machine's name
};

struct BrokerOptions {
  std::vector<std::pair<std::string, std::string>> attributes;  ///< -S
  std::string configPath;                                       ///< -c
  std::vector<std::string> configValues;                        ///< --conf, in order
  int verbose = 0;
  std::vector<std::string> command;  ///< the initial program and its arguments
  std::optional<LocalPlace> place;
};

/// "NAME=VALUE", or "NAME" for one whose presence is enough; EINVAL if there is no name.
base::Result<std::pair<std::string, std::string>> parseAttribute(const std::string& text);

}  // namespace mc::flux::broker
