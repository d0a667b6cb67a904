#include "flux/client/own_program.hpp"

#include <unistd.h>

#include <climits>

#include "base/process.hpp"

namespace mc::flux::client {

std::string ownProgram() {
  char own[PATH_MAX];
  const ssize_t n = ::readlink("/proc/self/exe", own, sizeof own);
  if (n <= 0 || static_cast<size_t>(n) == sizeof own) return "flux";
  return {own, static_cast<size_t>(n)};
}

std::string pathToFlux(const std::string& path) {
  const std::string program = ownProgram();
  const size_t slash = program.rfind('/');
  if (slash == std::string::npos || base::findProgram("flux", path)) return path;
  const std::string directory = program.substr(0, slash);
  return path.empty() ? directory : directory + ":" + path;
}

}  // namespace mc::flux::client
