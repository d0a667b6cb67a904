#include "flux/client/python_path.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "flux/client/own_program.hpp"

namespace mc::flux::client {
namespace {

TEST(PythonPath, GoesFirstAndKeepsWhatIsThere) {
  EXPECT_EQ(withPythonModule(""), ownProgram());
  EXPECT_EQ(withPythonModule("/a:/b"), ownProgram() + ":/a:/b");
}

TEST(PythonPath, IsNamedOnce) {
  const std::string once = withPythonModule("/a");
  EXPECT_EQ(withPythonModule(once), once);
  const std::string behind = "/a:" + ownProgram();
  EXPECT_EQ(withPythonModule(behind), behind);
}

TEST(PythonPath, IsInTheEnvironment) {
  ::setenv("PYTHONPATH", "/mine", 1);
  offerPythonModule();
  EXPECT_EQ(std::getenv("PYTHONPATH"), ownProgram() + ":/mine");
  ::unsetenv("PYTHONPATH");
  offerPythonModule();
  EXPECT_EQ(std::getenv("PYTHONPATH"), ownProgram());
  ::unsetenv("PYTHONPATH");
}

}  // namespace
}  // namespace mc::flux::client
