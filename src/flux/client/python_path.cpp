#include "flux/client/python_path.hpp"

#include <cstdlib>

#include "flux/client/own_program.hpp"

namespace mc::flux::client {

namespace {
constexpr const char* kVariable = "PYTHONPATH";
}

std::string withPythonModule(const std::string& path) {
  const std::string program = ownProgram();
  if (!program.starts_with('/') || program.find(':') != std::string::npos) return path;
  if ((":" + path + ":").find(":" + program + ":") != std::string::npos) return path;
  return path.empty() ? program : program + ":" + path;
}

void offerPythonModule() {
  const char* path = std::getenv(kVariable);
  ::setenv(kVariable, withPythonModule(path != nullptr ? path : "").c_str(), 1);
}

}  // namespace mc::flux::client
