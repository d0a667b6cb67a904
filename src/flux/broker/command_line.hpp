#pragma once
// The options of `flux broker` and `flux start`.
//
// Thread-safety: none; getopt(3) keeps its place in globals.

#include <optional>
#include <string>
#include <vector>

#include "flux/broker/options.hpp"
#include "flux/formats/hostlist.hpp"

namespace mc::flux::broker {

/// Where `exitStatus` is set (--help, a usage error, which has been printed) nothing more is to be
/// done.
struct BrokerCommandLine {
  BrokerOptions options;
  std::optional<int> exitStatus;
};
BrokerCommandLine parseBrokerCommandLine(int argc, char** argv);

struct StartOptions {
  std::vector<std::string> brokerArguments;  ///< passed on to each broker, without the command
  std::vector<std::string> command;
  std::vector<std::string> wrap;  ///< words to put before the broker's command line
  int verbose = 0;
  bool noExec = false;
  std::optional<uint32_t> testSize;
  formats::Hostlist testHosts;
  std::string rundir;
  double exitTimeout = 20;   ///< seconds; negative: never
  bool leaderExits = false;  ///< --test-exit-mode=leader
};
struct StartCommandLine {
  StartOptions options;
  std::optional<int> exitStatus;
};
StartCommandLine parseStartCommandLine(int argc, char** argv);

}  // namespace mc::flux::broker
