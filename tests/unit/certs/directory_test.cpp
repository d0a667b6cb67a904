// Secrets in a directory.

#include "certs/directory.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/fd.hpp"
#include "unit/base/temporary_directory.hpp"

namespace mc::certs {
namespace {

namespace fs = std::filesystem;

const Secret kSecret{"mq-server", "", {{"tls.crt", "certificate"}, {"tls.key", "key"}}};

class DirectoryTest : public testing::Test {
 protected:
  static mode_t modeOf(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  static std::vector<std::string> entries(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path))
      names.push_back(entry.path().filename().string());
    return names;
  }

  base::TemporaryDirectory temporary;
  const std::string path = temporary.file("certs");
  Directory directory{path};
};

TEST_F(DirectoryTest, KeepsWhatItIsGiven) {
  EXPECT_EQ(directory.find("mq-server").value(), std::nullopt);
  ASSERT_TRUE(directory.create(kSecret));
  EXPECT_EQ(directory.find("mq-server").value(), kSecret);
  EXPECT_EQ(base::readFile(path + "/mq-server/tls.key").value(), "key");
}

TEST_F(DirectoryTest, OthersMayNotLook) {
  const mode_t before = ::umask(0);
  ASSERT_TRUE(directory.create(kSecret));
  ::umask(before);
  EXPECT_EQ(modeOf(path), 0700u);
  EXPECT_EQ(modeOf(path + "/mq-server"), 0700u);
  EXPECT_EQ(modeOf(path + "/mq-server/tls.key"), 0600u);
}

TEST_F(DirectoryTest, CreateReplacesNothing) {
  ASSERT_TRUE(directory.create(kSecret));
  const auto again = directory.create({"mq-server", "", {{"tls.crt", "other"}}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errnum, EEXIST);
  EXPECT_EQ(directory.find("mq-server").value(), kSecret);
  EXPECT_THAT(entries(path), testing::ElementsAre("mq-server"));
}

TEST_F(DirectoryTest, ReplacePutsAllOfItInPlace) {
  ASSERT_TRUE(directory.create(kSecret));
  const Secret other{"mq-server", "", {{"ca.crt", "authority"}}};
  ASSERT_TRUE(directory.replace(other));
  EXPECT_EQ(directory.find("mq-server").value(), other);
  EXPECT_EQ(directory.replace({"none", "", {}}).error().errnum, ENOENT);
  EXPECT_THAT(entries(path), testing::ElementsAre("mq-server"));
}

TEST_F(DirectoryTest, WhatACrashLeftIsInNobodysWay) {
  fs::create_directories(path + "/.mq-server.new");
  ASSERT_TRUE(base::writeFileAtomic(path + "/.mq-server.new/old", "x", 0600));
  ASSERT_TRUE(directory.create(kSecret));
  EXPECT_EQ(directory.find("mq-server").value(), kSecret);
}

}  // namespace
}  // namespace mc::certs
