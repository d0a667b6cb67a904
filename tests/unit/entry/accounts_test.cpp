#include "entry/accounts.hpp"

#include <gtest/gtest.h>

namespace mc::entry {
namespace {

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "nonsense\n"
    "ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n";
constexpr const char* kGroup =
    "root:x:0:\n"
    "docker:x:999:ubuntu,other\n"
    "ubuntu:x:1000:\n"
    "video:x:44:ubuntu\n";

TEST(Accounts, FindUsersAndTheirGroups) {
  const Accounts accounts(kPasswd, kGroup, "");
  ASSERT_TRUE(accounts.find("ubuntu"));
  EXPECT_EQ(accounts.find("ubuntu")->uid, 1000u);
  EXPECT_EQ(accounts.find("ubuntu")->home, "/home/ubuntu");
  EXPECT_EQ(accounts.find(uid_t{0})->name, "root");
  EXPECT_FALSE(accounts.find("nonsense"));
  EXPECT_EQ(accounts.groupsOf("ubuntu"), (std::vector<gid_t>{999, 44}));
  EXPECT_TRUE(accounts.groupsOf("root").empty());
}

TEST(Accounts, AddAUserAtTheEnd) {
  Accounts accounts("root:x:0:0:root:/root:/bin/bash\n", "root:x:0:\n", "root:*:1:0:99999:7:::\n");
  const Account flux = accounts.add("flux", 1000, "/bin/sh", "", 20000);
  EXPECT_EQ(flux.uid, 1000u);
  EXPECT_EQ(flux.gid, 1000u);
  EXPECT_EQ(accounts.passwd(),
            "root:x:0:0:root:/root:/bin/bash\nflux:x:1000:1000::/home/flux:/bin/sh\n");
  EXPECT_EQ(accounts.group(), "root:x:0:\nflux:x:1000:\n");
  EXPECT_EQ(accounts.shadow(), "root:*:1:0:99999:7:::\nflux:!:20000:0:99999:7:::\n");
}

TEST(Accounts, TakeTheNextNumberThatIsFree) {
  Accounts accounts(kPasswd, kGroup, "");
  const Account flux = accounts.add("flux", 1000, "/bin/sh", "", 1);
  EXPECT_EQ(flux.uid, 1001u);
  EXPECT_EQ(flux.gid, 1001u);
  const Account next = accounts.add("next", 1000, "/bin/sh", "$6$x", 1);
  EXPECT_EQ(next.uid, 1002u);
  EXPECT_NE(accounts.shadow().find("next:$6$x:1:"), std::string::npos);
}

TEST(Accounts, UseAGroupOfTheSameName) {
  Accounts accounts("", "flux:x:77:\n", "");
  EXPECT_EQ(accounts.add("flux", 1000, "/bin/sh", "", 1).gid, 77u);
  EXPECT_EQ(accounts.group(), "flux:x:77:\n");
}

TEST(Accounts, KeepAGroupNumberThatIsTaken) {
  Accounts accounts("", "staff:x:1000:\n", "");
  EXPECT_EQ(accounts.add("flux", 1000, "/bin/sh", "", 1).gid, 1001u);
}

TEST(Accounts, ConvergeAfterARunThatWasEndedHalfWay) {
  Accounts accounts("", "flux:x:1000:\n", "flux:!:1:0:99999:7:::\n");
  accounts.add("flux", 1000, "/bin/sh", "", 2);
  EXPECT_EQ(accounts.shadow(), "flux:!:1:0:99999:7:::\n");
  EXPECT_EQ(accounts.group(), "flux:x:1000:\n");
}

TEST(Accounts, EndALineThatLacksItsEnd) {
  Accounts accounts("root:x:0:0::/root:/bin/sh", "", "");
  accounts.add("flux", 5, "/bin/sh", "", 1);
  EXPECT_EQ(accounts.passwd(), "root:x:0:0::/root:/bin/sh\nflux:x:5:5::/home/flux:/bin/sh\n");
}

}  // namespace
}  // namespace mc::entry
