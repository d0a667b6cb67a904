#include "plan/volumes.hpp"

#include <gtest/gtest.h>

namespace mc::plan {
namespace {

api::Volume hostPath(const std::string& name, const std::string& source, const std::string& path) {
  api::Volume volume;
  volume.name = name;
  volume.kind = api::VolumeKind::HostPath;
  volume.source = source;
  volume.mountPath = path;
  return volume;
}

TEST(Volumes, AreThereOnceForAllMounts) {
  Volumes volumes;
  auto readOnly = hostPath("data", "/srv", "/b");
  readOnly.readOnly = true;
  const Mount first = volumes.add(hostPath("data", "/srv", "/a"));
  const Mount second = volumes.add(readOnly);

  EXPECT_EQ(first.volume, "data");
  EXPECT_EQ(first.path, "/a");
  EXPECT_FALSE(first.readOnly);
  EXPECT_EQ(second.volume, "data");
  EXPECT_EQ(second.path, "/b");
  EXPECT_TRUE(second.readOnly);
  const auto all = volumes.take();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].source.source, "/srv");
  EXPECT_EQ(all[0].source.mountPath, "");
  EXPECT_FALSE(all[0].source.readOnly);
}

TEST(Volumes, OfOneNameButAnotherSourceStayApart) {
  Volumes volumes;
  EXPECT_EQ(volumes.add(hostPath("data", "/a", "/x")).volume, "data");
  EXPECT_EQ(volumes.add(hostPath("data", "/b", "/x")).volume, "data-2");
  EXPECT_EQ(volumes.add(hostPath("data", "/c", "/x")).volume, "data-3");
  EXPECT_EQ(volumes.add(hostPath("data", "/b", "/y")).volume, "data-2");
  const auto all = volumes.take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].name, "data-2");
  EXPECT_EQ(all[1].source.source, "/b");
}

}  // namespace
}  // namespace mc::plan
