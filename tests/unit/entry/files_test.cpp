#include "entry/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/entry/temporary.hpp"

namespace mc::entry {
namespace {

struct stat infoOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info;
}

TEST(SystemFiles, WriteWithTheRightsAskedFor) {
  const TemporaryDirectory directory;
  SystemFiles files;
  const std::string path = directory / "file";
  const mode_t before = ::umask(077);
  ASSERT_TRUE(files.write(path, "one", 0644, Owner{::geteuid(), ::getegid()}));
  ::umask(before);
  EXPECT_EQ(infoOf(path).st_mode & 07777, 0644u);
  ASSERT_TRUE(files.write(path, "two", 0600, std::nullopt));
  EXPECT_EQ(*files.read(path), "two");
  EXPECT_EQ(infoOf(path).st_mode & 07777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory / ""), {}), 1);
}

TEST(SystemFiles, RewriteKeepsRightsAndFollowsLinks) {
  const TemporaryDirectory directory;
  SystemFiles files;
  ASSERT_TRUE(files.write(directory / "real", "one", 0640, std::nullopt));
  ASSERT_TRUE(files.link(directory / "real", directory / "link"));
  ASSERT_TRUE(files.rewrite(directory / "link", "two", 0600));
  EXPECT_EQ(*files.read(directory / "real"), "two");
  EXPECT_EQ(infoOf(directory / "real").st_mode & 07777, 0640u);
  EXPECT_TRUE(S_ISLNK(infoOf(directory / "link").st_mode));
  ASSERT_TRUE(files.rewrite(directory / "new", "x", 0600));
  EXPECT_EQ(infoOf(directory / "new").st_mode & 07777, 0600u);
}

TEST(SystemFiles, AFailedWriteLeavesNothingBehind) {
  const TemporaryDirectory directory;
  SystemFiles files;
  ASSERT_TRUE(files.makeDirectory(directory / "taken", 0755, std::nullopt));
  EXPECT_FALSE(files.write(directory / "taken", "x", 0644, std::nullopt));
  EXPECT_FALSE(files.write(directory / "none/file", "x", 0644, std::nullopt));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory / ""), {}), 1);
}

TEST(SystemFiles, MakeDirectoriesWithTheirParents) {
  const TemporaryDirectory directory;
  SystemFiles files;
  const mode_t before = ::umask(077);
  ASSERT_TRUE(files.makeDirectory(directory / "a/b/c", 0700, std::nullopt));
  ::umask(before);
  EXPECT_EQ(infoOf(directory / "a/b").st_mode & 07777, 0755u);
  EXPECT_EQ(infoOf(directory / "a/b/c").st_mode & 07777, 0700u);
  ASSERT_TRUE(files.makeDirectory(directory / "a/b/c", 0755, std::nullopt));
  EXPECT_EQ(infoOf(directory / "a/b/c").st_mode & 07777, 0700u);

  ASSERT_TRUE(files.write(directory / "file", "", 0644, std::nullopt));
  const auto refused = files.makeDirectory(directory / "file/x", 0755, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errnum, ENOTDIR);
}

TEST(SystemFiles, LinksAreSeenThrough) {
  const TemporaryDirectory directory;
  SystemFiles files;
  ASSERT_TRUE(files.write(directory / "flux", "", 0755, std::nullopt));
  ASSERT_TRUE(files.link(directory / "flux", directory / "link"));
  EXPECT_EQ(files.realPath(directory / "link"), files.realPath(directory / "flux"));
  EXPECT_EQ(files.link("x", directory / "link").error().errnum, EEXIST);
  EXPECT_EQ(files.realPath("/no/where"), "/no/where");
  ASSERT_TRUE(files.makeDirectory(directory / "sub", 0755, std::nullopt));
  ASSERT_TRUE(files.write(directory / "sub/flux", "", 0755, std::nullopt));
  EXPECT_EQ(files.findProgram("flux", "/nowhere:" + directory / "sub"), directory / "sub/flux");
  EXPECT_FALSE(files.findProgram("flux2", directory / "sub"));
}

}  // namespace
}  // namespace mc::entry
