#include "entry/enter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/entry/temporary.hpp"

namespace mc::entry {
namespace {

using std::string_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A /proc with what a test puts there.
class Instances : public ::testing::Test {
 protected:
  void process(const std::string& pid, const std::string& arguments, const std::string& environment,
               const std::string& status) {
    std::filesystem::create_directories(root + "/" + pid);
    std::ofstream(root + "/" + pid + "/cmdline") << arguments;
    std::ofstream(root + "/" + pid + "/environ") << environment;
    std::ofstream(root + "/" + pid + "/status") << status;
    std::filesystem::create_symlink("/work-of-" + pid, root + "/" + pid + "/cwd");
  }

  TemporaryDirectory directory;
  const std::string root = directory / "proc";
};

TEST_F(Instances, AreFoundByTheirBroker) {
  process("1", "minicluster-entry\0"s, "A=1\0"s, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
  process("17", "flux\0broker\0-Slocal-uri=local:///run/flux/local\0"s,
          "PATH=/opt/bin:/bin\0HOME=/home/flux\0X=a=b\0"s,
          "Name:\tflux\nUid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\n"
          "Groups:\t7 9 \n");
  const auto instance = findInstance(root);
  ASSERT_TRUE(instance) << instance.error().message;
  EXPECT_EQ(instance->uri, "local:///run/flux/local");
  EXPECT_EQ(instance->uid, 1000U);
  EXPECT_EQ(instance->gid, 1001U);
  EXPECT_THAT(instance->groups, ElementsAre(7U, 9U));
  const auto environment = environmentOf(*instance);
  ASSERT_TRUE(environment) << environment.error().message;
  EXPECT_EQ(environment->get("PATH"), "/opt/bin:/bin");
  EXPECT_EQ(environment->get("X"), "a=b");
  EXPECT_EQ(environment->directory, "/work-of-17");
}

TEST_F(Instances, AreMissedWhereFluxDoesNotRun) {
  process("1", "minicluster-entry\0"s, "", "");
  const auto instance = findInstance(root);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().errnum, ENOENT);
}

TEST(AbsentInstances, AreExplainedByTheJournal) {
  const std::string head = "minicluster journal 1 0\n0 phase users\n";
  const std::string start = "Flux does not run in this container ";
  EXPECT_EQ(absence(""), start + "(yet, or any more)");
  EXPECT_EQ(absence(head), start + "yet: it is being prepared");
  EXPECT_EQ(absence(head + "3 phase pre\n"), start + "yet: its hook commands.pre is at work");
  EXPECT_EQ(absence(head + "3 phase servers nginx,registry\n"),
            start + "yet: it waits until this answers: nginx, registry");
  EXPECT_EQ(absence(head + "3 phase flux\n"), start + "(yet, or any more)");
  EXPECT_EQ(absence(head + "3 end 1\n"), start + "any more");
}

TEST(ProcessFiles, AreRead) {
  EXPECT_EQ(localUri("flux\0start\0-Slocal-uri=local:///x\0y\0"s), "local:///x");
  EXPECT_FALSE(localUri("flux\0start"s));
  EXPECT_FALSE(localUri(""));
  EXPECT_THAT(statusNumbers("A:\t1\nUid:\t1\t2\t3\t4\n", "Uid:"), ElementsAre(1U, 2U, 3U, 4U));
  EXPECT_THAT(statusNumbers("Groups:\t\n", "Groups:"), IsEmpty());
  EXPECT_THAT(statusNumbers("", "Uid:"), IsEmpty());
}

}  // namespace
}  // namespace mc::entry
