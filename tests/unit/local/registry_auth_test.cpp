// Credentials for registries, from files that `docker login` writes.

#include "local/docker/registry_auth.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/base64.hpp"

namespace mc::local::docker {
namespace {

using testing::HasSubstr;

class RegistryAuth : public testing::Test {
 protected:
  RegistryAuth() {
    std::string pattern = std::filesystem::temp_directory_path() / "mc-auth-XXXXXX";
    directory = ::mkdtemp(pattern.data());
  }
  ~RegistryAuth() override { std::filesystem::remove_all(directory); }

  void config(const std::string& text) { std::ofstream(directory + "/config.json") << text; }

  base::Result<std::string> auth(const std::string& registry) {
    return registryAuth(directory, registry, runner);
  }

  std::string directory;
  base::SystemProcessRunner runner;
};

TEST_F(RegistryAuth, NothingIsKnownWithoutAFile) {
  EXPECT_EQ(auth("ghcr.io").value(), "");
  EXPECT_EQ(registryAuth("", "ghcr.io", runner).value(), "");
}

TEST_F(RegistryAuth, FromTheFile) {
  config(R"({"auths":{"ghcr.io":{"auth":"YW5hOnNlY3JldDp4"}}})");  // ana:secret:x
  EXPECT_EQ(
      auth("ghcr.io").value(),
      base::base64UrlEncode(R"({"serveraddress":"ghcr.io","username":"ana","password":"secret:x"})"));
  EXPECT_EQ(auth("quay.io").value(), "");
}

TEST_F(RegistryAuth, DockerHubHasAnOldName) {
  config(R"({"auths":{"https://index.docker.io/v1/":{"identitytoken":"t"}}})");
  EXPECT_EQ(
      auth("docker.io").value(),
      base::base64UrlEncode(R"({"serveraddress":"https://index.docker.io/v1/","identitytoken":"t"})"));
}

TEST_F(RegistryAuth, FromAHelper) {
  const std::string helper = directory + "/docker-credential-test";
  std::ofstream(helper) << "#!/bin/sh\nread server\n[ \"$server\" = ghcr.io ] || exit 1\n"
                           "echo '{\"Username\":\"ana\",\"Secret\":\"s\"}'\n";
  ::chmod(helper.c_str(), 0755);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (directory + ":" + path).c_str(), 1);
  config(R"({"credsStore":"test"})");
  EXPECT_EQ(auth("ghcr.io").value(),
            base::base64UrlEncode(R"({"serveraddress":"ghcr.io","username":"ana","password":"s"})"));
  EXPECT_EQ(auth("quay.io").value(), "") << "the helper knows nothing of it";
  config(R"({"credHelpers":{"ghcr.io":"missing"}})");
  EXPECT_THAT(auth("ghcr.io").error().message, HasSubstr("docker-credential-missing"));
  ::setenv("PATH", path.c_str(), 1);
}

TEST_F(RegistryAuth, ABrokenFileIsNamed) {
  config("{");
  EXPECT_THAT(auth("ghcr.io").error().message, HasSubstr(directory + "/config.json"));
}

}  // namespace
}  // namespace mc::local::docker
