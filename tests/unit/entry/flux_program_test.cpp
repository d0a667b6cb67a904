#include "entry/flux_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_files.hpp"

namespace mc::entry {
namespace {

constexpr const char* kMount = "/opt/minicluster";
constexpr const char* kEmbedded = "/opt/minicluster/bin/flux";
constexpr const char* kLink = "/usr/local/bin/flux";

class FluxPrograms : public testing::Test {
 protected:
  FluxPrograms() {
    environment.variables["PATH"] = "/usr/local/bin:/usr/bin";
    files.addProgram(kEmbedded);
  }
  base::Result<FluxProgram> find() { return findFlux(settings, kMount, environment, files); }

  Settings settings;
  Environment environment;
  fakes::FakeFiles files;
};

TEST_F(FluxPrograms, TheImagesOwnComesFirst) {
  files.addProgram("/usr/bin/flux");
  const auto flux = find();
  EXPECT_EQ(flux->path, "/usr/bin/flux");
  EXPECT_FALSE(flux->embedded);
  publishFlux(*flux, environment, files);
  EXPECT_EQ(environment.get("PATH"), "/usr/local/bin:/usr/bin");
  EXPECT_FALSE(files.has(kLink));
}

TEST_F(FluxPrograms, AViewComesAfterTheImages) {
  settings.searchPath = {"/mnt/flux/view/bin"};
  files.addProgram("/mnt/flux/view/bin/flux");
  const auto flux = find();
  EXPECT_EQ(flux->path, "/mnt/flux/view/bin/flux");
  publishFlux(*flux, environment, files);
  EXPECT_EQ(environment.get("PATH"), "/usr/local/bin:/usr/bin:/mnt/flux/view/bin");
}

TEST_F(FluxPrograms, TheEmbeddedOneIsLinked) {
  const auto flux = find();
  EXPECT_EQ(flux->path, kEmbedded);
  EXPECT_TRUE(flux->embedded);
  publishFlux(*flux, environment, files);
  EXPECT_EQ(files.at(kLink).target, kEmbedded);
  EXPECT_EQ(environment.get("PATH"), "/usr/local/bin:/usr/bin");
}

TEST_F(FluxPrograms, TheLinkOfAnEarlierStartIsTheEmbeddedOne) {
  ASSERT_TRUE(files.link(kEmbedded, kLink));
  const auto flux = find();
  EXPECT_EQ(flux->path, kEmbedded);
  EXPECT_TRUE(flux->embedded);
  publishFlux(*flux, environment, files);
  EXPECT_EQ(environment.get("PATH"), "/usr/local/bin:/usr/bin");
}

TEST_F(FluxPrograms, WithoutALinkPathLeadsThere) {
  files.refuse("/usr/local/bin", EACCES);
  publishFlux(*find(), environment, files);
  EXPECT_EQ(environment.get("PATH"), "/usr/local/bin:/usr/bin:/opt/minicluster/bin");
}

TEST_F(FluxPrograms, NoneAtAllIsAnError) {
  files = fakes::FakeFiles();
  const auto flux = find();
  ASSERT_FALSE(flux);
  EXPECT_EQ(flux.error().errnum, ENOENT);
  EXPECT_THAT(flux.error().message, testing::HasSubstr(kEmbedded));
}

}  // namespace
}  // namespace mc::entry
