#include "flux/broker/main.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "flux/broker/broker.hpp"
#include "flux/broker/command_line.hpp"
#include "flux/broker/fork_server.hpp"

namespace mc::flux::broker {
namespace {

/// What a broker must be able to rely on.
void prepareProcess() {
  // A peer that goes away is an error to handle, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  // 0, 1 and 2 are always something, so that no socket gets their numbers.
  int fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDWR);
  ::close(fd);
  // One thread does all but name lookups: a heap of its own for each of those would only cost
  // memory.
  ::mallopt(M_ARENA_MAX, 1);
}

int complain(const base::Error& error) {
  std::fprintf(stderr, "flux-broker: %s\n", error.message.c_str());
  return 1;
}

/// A broker that has ended its life in good order is not to be ended by a signal on its last steps.
void setTerminationSignals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::sigprocmask(how, &signals, nullptr);
}

base::Result<Broker::Outcome> runOnce(const BrokerOptions& options) {
  const auto loop = base::makeLoop();
  base::SystemProcessRunner system;
  ForkServer runner(system, {"/proc/self/exe", "shell"});  // as job-exec starts job shells
  MC_TRY_ASSIGN(Setup setup, setUp(options, loop->clock().wall()));
  Broker broker(*loop, runner, options, std::move(setup));
  MC_TRY(broker.start());
  const Broker::Outcome outcome = broker.run();
  setTerminationSignals(SIG_BLOCK);
  return outcome;
}

/// Becomes a new broker with the same command line.
int startAgain(int argc, char** argv) {
  std::vector<char*> words = {const_cast<char*>("flux"), const_cast<char*>("broker")};
  words.insert(words.end(), argv + 1, argv + argc);
  words.push_back(nullptr);
  setTerminationSignals(SIG_UNBLOCK);
  ::execv("/proc/self/exe", words.data());
  return complain({errno, "cannot start again"});
}

}  // namespace

int brokerMain(int argc, char** argv) {
  prepareProcess();
  const auto line = parseBrokerCommandLine(argc, argv);
  if (line.exitStatus) return *line.exitStatus;
  const auto outcome = runOnce(line.options);
  if (!outcome) return complain(outcome.error());
  return outcome->again ? startAgain(argc, argv) : outcome->code;
}

}  // namespace mc::flux::broker
