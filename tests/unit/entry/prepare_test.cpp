#include "entry/prepare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_files.hpp"

namespace mc::entry {
namespace {

using testing::HasSubstr;
using testing::Not;

class Prepare : public testing::Test {
 protected:
  Prepare() {
    settings.paths = {"/etc/flux/config",
                      "/etc/curve/curve.cert",
                      "/etc/flux/system/R",
                      "/run/flux",
                      "/var/lib/flux",
                      "/etc/flux/script",
                      ""};
    settings.socket = "/run/flux/local";
    settings.brokerConfig =
        "[bootstrap]\ncurve_cert = \"/etc/curve/curve.cert\"\n[resource]\npath = "
        "\"/etc/flux/system/R\"\n";
    identity.owner = Owner{1000, 1001};
    files.add("/opt/minicluster/secret/curve.cert", "the secret key");
  }
  base::Status prepare() {
    const Messages messages([this](std::string_view text) { said += text; }, false);
    return prepareFiles(settings, {"/opt/minicluster", 0}, identity, environment, files, messages);
  }
  void refuseSystem(int errnum) {
    for (const char* path : {"/etc", "/run", "/var"}) files.refuse(path, errnum);
  }

  Settings settings;
  Identity identity;
  Environment environment;
  fakes::FakeFiles files;
  std::string said;
};

TEST_F(Prepare, PutsEverythingInPlace) {
  ASSERT_TRUE(prepare());
  EXPECT_TRUE(files.at("/run/flux").directory);
  EXPECT_EQ(files.at("/run/flux").mode, 0755u);
  EXPECT_EQ(files.at("/run/flux").owner->uid, 1000u);
  EXPECT_EQ(files.at("/var/lib/flux").mode, 0700u);
  EXPECT_EQ(files.at("/var/lib/flux").owner->gid, 1001u);
  EXPECT_TRUE(files.at("/etc/flux/system").directory);
  EXPECT_EQ(files.at("/etc/flux/config/broker.toml").content, settings.brokerConfig);
  EXPECT_EQ(files.at("/etc/flux/config/broker.toml").mode, 0644u);
  EXPECT_FALSE(files.has("/etc/flux/script"));
  EXPECT_EQ(said, "");
}

TEST_F(Prepare, OnlyTheFluxUserReadsTheCertificate) {
  ASSERT_TRUE(prepare());
  EXPECT_EQ(files.at("/etc/curve/curve.cert").content, "the secret key");
  EXPECT_EQ(files.at("/etc/curve/curve.cert").mode, 0600u);
  EXPECT_EQ(files.at("/etc/curve/curve.cert").owner->uid, 1000u);
}

TEST_F(Prepare, ASingleBrokerNeedsNoCertificate) {
  settings.paths.curveCert.clear();
  files = fakes::FakeFiles();
  ASSERT_TRUE(prepare());
}

TEST_F(Prepare, AMissingCertificateIsTold) {
  files = fakes::FakeFiles();
  const auto prepared = prepare();
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message, HasSubstr("/opt/minicluster/secret/curve.cert"));
}

TEST_F(Prepare, DirectoriesOfTheImageGoToTheFluxUserButNothingElse) {
  ASSERT_TRUE(files.makeDirectory("/run/flux", 0755, Owner{0, 0}));
  ASSERT_TRUE(files.makeDirectory("/data", 0755, Owner{0, 0}));
  settings.batchLogs = "/data";
  ASSERT_TRUE(prepare());
  EXPECT_EQ(files.at("/run/flux").owner->uid, 1000u);
  EXPECT_EQ(files.at("/run").owner.has_value(), false);
  EXPECT_EQ(files.at("/data").owner->uid, 0u);
}

TEST_F(Prepare, WithoutAFluxUserNothingIsGivenAway) {
  identity.owner.reset();
  ASSERT_TRUE(prepare());
  EXPECT_FALSE(files.at("/run/flux").owner);
}

TEST_F(Prepare, ScriptsAreWrittenForTheJob) {
  settings.script = "#!/bin/sh\necho $HOME\n";
  settings.batchLogs = "/tmp/fluxout";
  ASSERT_TRUE(prepare());
  EXPECT_EQ(files.at("/etc/flux/script").content, settings.script);
  EXPECT_EQ(files.at("/etc/flux/script").mode, 0755u);
  EXPECT_EQ(files.at("/tmp/fluxout").owner->uid, 1000u);
}

TEST_F(Prepare, AViewTellsHowToConnect) {
  settings.paths.viewFile = "/mnt/flux/flux-view.sh";
  settings.searchPath = {"/mnt/flux/view/bin"};
  ASSERT_TRUE(prepare());
  EXPECT_EQ(files.at("/mnt/flux/flux-view.sh").content,
            "export PATH=$PATH:/mnt/flux/view/bin:/opt/minicluster/bin\n"
            "export fluxsocket=local:///run/flux/local\n");
}

TEST_F(Prepare, AReadOnlyImageHasAllBelowATemporaryDirectory) {
  refuseSystem(EROFS);
  settings.script = "true";
  settings.command = {"sh", "/etc/flux/script"};
  identity.owner.reset();
  ASSERT_TRUE(prepare());
  EXPECT_EQ(settings.socket, "/tmp/flux-0/run/flux/local");
  EXPECT_EQ(settings.command[1], "/tmp/flux-0/etc/flux/script");
  EXPECT_EQ(settings.paths.runDirectory, "/tmp/flux-0/run/flux");
  EXPECT_EQ(settings.paths.resources, "/tmp/flux-0/etc/flux/system/R");
  EXPECT_EQ(files.at("/tmp/flux-0/etc/flux/config/broker.toml").content,
            "[bootstrap]\ncurve_cert = \"/tmp/flux-0/etc/curve/curve.cert\"\n[resource]\npath = "
            "\"/tmp/flux-0/etc/flux/system/R\"\n");
  EXPECT_EQ(files.at("/tmp/flux-0/etc/curve/curve.cert").mode, 0600u);
  EXPECT_THAT(said, HasSubstr("Flux's socket is /tmp/flux-0/run/flux/local"));
}

TEST_F(Prepare, ATemporaryDirectoryOfTheEnvironmentIsTaken) {
  refuseSystem(EACCES);
  environment.variables["TMPDIR"] = "/scratch";
  ASSERT_TRUE(prepare());
  EXPECT_EQ(settings.socket, "/scratch/flux-1000/run/flux/local");
}

TEST_F(Prepare, NowhereToWriteIsAnErrorWithItsCure) {
  refuseSystem(EROFS);
  files.refuse("/tmp", EROFS);
  const auto prepared = prepare();
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message, HasSubstr("give the container a volume"));
  EXPECT_EQ(settings.socket, "/run/flux/local");
}

TEST_F(Prepare, AFullDiskIsNotMovedAwayFrom) {
  refuseSystem(ENOSPC);
  const auto prepared = prepare();
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().errnum, ENOSPC);
  EXPECT_THAT(prepared.error().message, Not(HasSubstr("the secret key")));
}

}  // namespace
}  // namespace mc::entry
