#include <unistd.h>

#include <array>
#include <cstdlib>

#include "local/engine.hpp"
#include "local/monitor.hpp"

namespace mc::local {

namespace {

std::string variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string ownProgram() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size)) : std::string();
}

}  // namespace

EngineOptions engineOptionsFromEnvironment() {
  const std::string program = ownProgram();
  EngineOptions options;
  options.dockerHost = variable("DOCKER_HOST", kDefaultDockerHost);
  options.binDir = variable("MINICLUSTER_BIN_DIR", program.substr(0, program.rfind('/')));
  options.dockerConfigDir = variable("DOCKER_CONFIG", variable("HOME", "/root") + "/.docker");
  options.startMonitor = [program, host = options.dockerHost](const ClusterRef& ref) {
    return startMonitorProcess(program, host, ref);
  };
  return options;
}

}  // namespace mc::local
