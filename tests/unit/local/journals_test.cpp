#include <gmock/gmock.h>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

class Journals : public LocalFixture {
 protected:
  /// What every container of the image debian, which are the Flux containers, has.
  void addFile(const std::string& path, const std::string& text) {
    docker.with([&](fakes::FakeDockerModel& model) { model.images["debian"].files[path] = text; });
  }
  std::vector<engine::Journal> journals() { return engine->journals(ref, {}).value(); }
};

TEST_F(Journals, AreFilesOfTheFluxContainers) {
  ASSERT_TRUE(create());
  EXPECT_THAT(journals(), IsEmpty());
  addFile("var/lib/minicluster/journal", "minicluster journal 1 5\n");
  const auto all = journals();
  ASSERT_EQ(all.size(), static_cast<size_t>(cluster.size));
  EXPECT_THAT(all[0].pod, StartsWith("flux-sample-0-"));
  EXPECT_EQ(all[0].text, "minicluster journal 1 5\n");
}

TEST_F(Journals, MayBeInTheSparePlace) {
  ASSERT_TRUE(create());
  addFile("tmp/minicluster-journal", "minicluster journal 1 6\n");
  ASSERT_FALSE(journals().empty());
  EXPECT_EQ(journals()[0].text, "minicluster journal 1 6\n");
}

TEST_F(Journals, AreNotWhatOthersPutThere) {
  ASSERT_TRUE(create());
  addFile("var/lib/minicluster/journal", "something else");
  EXPECT_THAT(journals(), IsEmpty());
  addFile("var/lib/minicluster/journal", "minicluster journal 1 5\n" + std::string(1 << 20, 'x'));
  EXPECT_THAT(journals(), IsEmpty());
}

TEST_F(Journals, NeedACluster) {
  EXPECT_EQ(engine->journals(ref, {}).error().errnum, ENOENT);
}

}  // namespace
}  // namespace mc::local
