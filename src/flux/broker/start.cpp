#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "flux/broker/main.hpp"
#include "flux/broker/run_directory.hpp"
#include "flux/broker/test_instance.hpp"

namespace mc::flux::broker {
namespace {

int complain(const std::string& message) {
  std::fprintf(stderr, "flux-start: %s\n", message.c_str());
  return 1;
}

std::string ownProgram() {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  return n > 0 ? std::string(path, static_cast<size_t>(n)) : "/proc/self/exe";
}

void show(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += " " + word;
  std::fprintf(stderr, "flux-start:%s\n", line.c_str());
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

/// Becomes the one broker of this host; without a wrapper there is nothing to execute for that.
int becomeBroker(const StartOptions& options) {
  std::vector<std::string> words = options.wrap;
  words.push_back(ownProgram());
  words.emplace_back("broker");
  words.insert(words.end(), options.brokerArguments.begin(), options.brokerArguments.end());
  words.insert(words.end(), options.command.begin(), options.command.end());
  if (options.verbose > 0) show(words);
  if (options.noExec) return 0;
  if (!options.wrap.empty()) {
    ::execvp(words[0].c_str(), pointers(words).data());
    return complain(words[0] + ": " + std::strerror(errno));
  }
  words.erase(words.begin());
  words[0] = "flux-broker";
  auto argv = pointers(words);
  return brokerMain(static_cast<int>(words.size()), argv.data());
}

int runTestInstance(const StartOptions& options) {
  auto rundir = RunDirectory::open(options.rundir);
  if (!rundir) return complain(rundir.error().message);
  const auto loop = base::makeLoop();
  base::SystemProcessRunner runner;
  TestInstance instance(*loop, runner, options, ownProgram(), rundir->path());
  if (options.verbose > 0)
    for (uint32_t rank = 0; rank < *options.testSize; ++rank) show(instance.commandOf(rank));
  if (options.noExec) return 0;
  if (auto started = instance.start(); !started) return complain(started.error().message);
  loop->run();
  return instance.exitCode();
}

}  // namespace

int startMain(int argc, char** argv) {
  const auto line = parseStartCommandLine(argc, argv);
  if (line.exitStatus) return *line.exitStatus;
  return line.options.testSize ? runTestInstance(line.options) : becomeBroker(line.options);
}

}  // namespace mc::flux::broker
