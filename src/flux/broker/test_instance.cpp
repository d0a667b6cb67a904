#include "flux/broker/test_instance.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "flux/broker/environment.hpp"

namespace mc::flux::broker {

TestInstance::TestInstance(base::Loop& loop, base::ProcessRunner& runner, StartOptions options,
                           std::string program, std::string rundir)
    : loop_(loop),
      runner_(runner),
      options_(std::move(options)),
      program_(std::move(program)),
      rundir_(std::move(rundir)) {}

std::vector<std::string> TestInstance::commandOf(uint32_t rank) const {
  std::vector<std::string> words = options_.wrap;
  words.push_back(program_);
  words.emplace_back("broker");
  words.push_back("-Srundir=" + rundir_);
  words.push_back("--test-place=" + std::to_string(rank) + "/" +
                  std::to_string(*options_.testSize) +
                  (options_.testHosts.empty() ? "" : "/" + options_.testHosts.str()));
  words.insert(words.end(), options_.brokerArguments.begin(), options_.brokerArguments.end());
  if (rank == 0) words.insert(words.end(), options_.command.begin(), options_.command.end());
  return words;
}

base::Status TestInstance::start() {
  for (uint32_t rank = 0; rank < *options_.testSize; ++rank) {
    auto started = startBroker(rank);
    if (started) continue;
    signalAll(SIGKILL);
    return started;
  }
  // An interrupt from the terminal reaches the leader by itself; its end is ours.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  terminate_ = loop_.signal(SIGTERM, [this] {
    const auto leader = running_.find(0);
    if (leader != running_.end()) ::kill(leader->second.pid, SIGTERM);
  });
  return {};
}

base::Status TestInstance::startBroker(uint32_t rank) {
  base::Command command;
  command.argv = commandOf(rank);
  if (rank == 0) command.stdinFd = 0;
  // Keys pressed at the terminal are for the leader and its program.
  command.newGroup = rank > 0;
  command.dieWithParent = true;
  if (!options_.testHosts.empty()) {
    command.environment = ownEnvironment();
    (*command.environment)["FLUX_FAKE_HOSTNAME"] = options_.testHosts.at(rank);
  }
  MC_TRY_ASSIGN(const pid_t pid, runner_.spawn(command));
  running_[rank] = {pid, loop_.child(pid, [this, rank](int status) { onExit(rank, status); })};
  return {};
}

void TestInstance::onExit(uint32_t rank, int waitStatus) {
  const pid_t pid = running_.at(rank).pid;
  running_.erase(rank);
  const int code = base::exitCode(waitStatus);
  if (WIFSIGNALED(waitStatus))
    std::fprintf(stderr, "flux-start: %u (pid %d) %s\n", rank, pid,
                 ::strsignal(WTERMSIG(waitStatus)));
  else if (code != 0)
    std::fprintf(stderr, "flux-start: %u (pid %d) exited with rc=%d\n", rank, pid, code);
  if (!options_.leaderExits || rank == 0) {
    exitCode_ = std::max(exitCode_, code);
    if (!killTimer_ && options_.exitTimeout >= 0)
      killTimer_ =
          loop_.after(std::chrono::milliseconds(static_cast<int64_t>(options_.exitTimeout * 1000)),
                      [this] { signalAll(SIGKILL); });
  }
  // Followers that joined have left before the leader; the others have nothing to wait for.
  if (rank == 0) signalAll(SIGTERM);
  if (running_.empty()) loop_.stop();
}

void TestInstance::signalAll(int signum) const {
  for (const auto& [rank, broker] : running_) ::kill(broker.pid, signum);
}

}  // namespace mc::flux::broker
