#include "flux/shell/job_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "unit/base/temporary_directory.hpp"

namespace mc::flux::shell {
namespace {

namespace fs = std::filesystem;

ino_t inodeOf(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

class JobDirectoryTest : public testing::Test {
 protected:
  std::unique_ptr<JobDirectory> make(formats::JobId id) const {
    auto directory = std::make_unique<JobDirectory>();
    EXPECT_TRUE(directory->make(rundir_.path(), 0, id));
    return directory;
  }
  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(rundir_.path()), fs::directory_iterator());
  }

  base::TemporaryDirectory rundir_;
};

TEST_F(JobDirectoryTest, IsNamedAfterShellAndJob) {
  const auto directory = make(1);
  EXPECT_EQ(directory->path(), rundir_.file("jobtmp-0-ƒ2"));
  EXPECT_EQ(fs::status(directory->path()).permissions(), fs::perms::owner_all);
}

TEST_F(JobDirectoryTest, AnEmptyOneServesTheNextJob) {
  auto first = make(1);
  const std::string name = first->path();
  const ino_t inode = inodeOf(name);
  first.reset();
  EXPECT_FALSE(fs::exists(name));
  const auto second = make(2);
  EXPECT_NE(second->path(), name);
  EXPECT_EQ(inodeOf(second->path()), inode);
  EXPECT_EQ(entries(), 1);
}

TEST_F(JobDirectoryTest, WhatAJobLeavesIsRemoved) {
  auto directory = make(1);
  std::ofstream(directory->path() + "/left") << "x";
  fs::create_directory(directory->path() + "/below");
  directory.reset();
  EXPECT_EQ(entries(), 0);
}

TEST_F(JobDirectoryTest, OneWithOtherPermissionsIsNotUsedAgain) {
  auto directory = make(1);
  fs::permissions(directory->path(), fs::perms::owner_read | fs::perms::owner_exec);
  directory.reset();
  EXPECT_EQ(entries(), 0);
}

TEST_F(JobDirectoryTest, OneThatTheJobHasRemovedIsNoMatter) {
  auto directory = make(1);
  fs::remove(directory->path());
  directory.reset();
  EXPECT_EQ(entries(), 0);
}

TEST_F(JobDirectoryTest, KeepsOnlySoMany) {
  std::vector<std::unique_ptr<JobDirectory>> directories;
  for (int i = 0; i < JobDirectory::kSpares + 3; ++i) directories.push_back(make(1 + i));
  directories.clear();
  EXPECT_EQ(entries(), JobDirectory::kSpares);
}

TEST_F(JobDirectoryTest, TellsWhyThereIsNone) {
  JobDirectory directory;
  const auto made = directory.make(rundir_.file("missing"), 0, 1);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().errnum, ENOENT);
  EXPECT_EQ(directory.path(), "");
}

}  // namespace
}  // namespace mc::flux::shell
