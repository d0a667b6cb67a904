#include "flux/shell/binding.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fd.hpp"
#include "flux/shell/cpu_topology.hpp"
#include "flux/shell/files.hpp"

namespace mc::flux::shell {
namespace {

formats::Idset ids(const char* text) {
  return formats::Idset::parse(text).value();
}

std::string shares(const char* option, const char* all, uint32_t tasks) {
  const auto binding = Binding::parse(option);
  if (!binding) return binding.error().message;
  std::string out;
  for (uint32_t i = 0; i < tasks; ++i)
    out += (i > 0 ? " " : "") + binding->shareOf(ids(all), tasks, i).str();
  return out;
}

TEST(Binding, GivesTasksTheirShare) {
  EXPECT_EQ(shares("on", "0-3", 2), "0-3 0-3");
  EXPECT_EQ(shares("per-task", "0-3", 2), "0-1 2-3");
  EXPECT_EQ(shares("per-task", "1,3,5", 2), "1 3,5");
  EXPECT_EQ(shares("per-task", "4-5", 3), "4 5 4");
  EXPECT_EQ(shares("map:0-1;7", "0-3", 3), "0-1 7 0-1");
  EXPECT_EQ(shares("map:0xf0;0x1,0x00000003", "0-3", 2), "4-7 0-1,32");
}

TEST(Binding, ReadsItsOptions) {
  EXPECT_EQ(Binding::parse("off")->mode, Binding::Mode::Off);
  EXPECT_EQ(Binding::parse("1")->mode, Binding::Mode::All);
  const auto both = Binding::parse("verbose,dry-run,per-task");
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->verbose && both->dryRun && both->mode == Binding::Mode::PerTask);
  EXPECT_TRUE(Binding::parse("dry-run")->verbose);
  EXPECT_FALSE(Binding::parse("verbose")->dryRun);
  for (const char* bad : {"", "odd", "verboseon", "verbose,", "map:", "map:x", "map:0x", "map:0xg",
                          "map:0-1;", "map:99999999", "map:0x1,0x123456789"})
    EXPECT_FALSE(Binding::parse(bad)) << bad;
}

// A machine with two packages of two cores with two threads each, whose numbers alternate.
class CpuTopologyTest : public testing::Test {
 protected:
  CpuTopologyTest() {
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    for (int cpu = 0; cpu < 8; ++cpu) {
      const std::string directory = root_ + "/cpu" + std::to_string(cpu);
      ::mkdir(directory.c_str(), 0700);
      ::mkdir((directory + "/topology").c_str(), 0700);
      const int core = cpu % 4;
      write(directory, "thread_siblings_list",
            std::to_string(core) + "," + std::to_string(core + 4));
      write(directory, "physical_package_id", std::to_string(core % 2));
    }
  }
  ~CpuTopologyTest() override { removeTree(root_); }
  static void write(const std::string& directory, const char* name, const std::string& text) {
    EXPECT_TRUE(base::writeFileAtomic(directory + "/topology/" + name, text + "\n", 0600));
  }
  std::string cores(const char* allowed) {
    std::string out;
    for (const auto& cpus : readCores(ids(allowed), root_)) out += cpus.str() + " ";
    return out;
  }

  std::string root_ = testing::TempDir() + "cpus-XXXXXX";
};

TEST_F(CpuTopologyTest, NumbersCoresByPackage) {
  EXPECT_EQ(cores("0-7"), "0,4 2,6 1,5 3,7 ");
  EXPECT_EQ(cores("1-3,6"), "2,6 1 3 ");
  EXPECT_EQ(cores("0-8"), "");  // nothing is known of CPU 8
}

TEST(CpuTopology, BindsThisProcess) {
  const formats::Idset before = allowedCpus();
  ASSERT_FALSE(before.empty());
  const auto one = formats::Idset::single(before.last());
  ASSERT_TRUE(runOn(one));
  EXPECT_EQ(allowedCpus(), one);
  EXPECT_TRUE(runOn(before));
  EXPECT_EQ(allowedCpus(), before);
  EXPECT_FALSE(runOn(formats::Idset()));
}

}  // namespace
}  // namespace mc::flux::shell
