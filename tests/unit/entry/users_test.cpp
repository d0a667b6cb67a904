#include "entry/users.hpp"

#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_files.hpp"

namespace mc::entry {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPasswd = "root:x:0:0:root:/root:/bin/bash\n";

class Users : public testing::Test {
 protected:
  Users() {
    settings.user = "flux";
    files.add("/etc/passwd", kPasswd);
    files.add("/etc/group", "root:x:0:\n");
    files.add("/etc/shadow", "root:*:1:0:99999:7:::\n");
  }

  base::Result<Identity> make(uid_t uid = 0) {
    const Messages messages([this](std::string_view text) { said += text; }, false);
    return makeUsers(settings, passwords, {uid, 86400.0 * 20000}, files, messages);
  }

  Settings settings;
  std::string passwords;
  fakes::FakeFiles files;
  std::string said;
};

TEST_F(Users, TheFluxUserIsMadeWithItsHome) {
  const auto identity = make();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->owner->uid, 1000u);
  EXPECT_EQ(identity->name, "flux");
  EXPECT_EQ(identity->home, "/home/flux");
  EXPECT_THAT(files.at("/etc/passwd").content, HasSubstr("flux:x:1000:1000::/home/flux:/bin/sh\n"));
  EXPECT_THAT(files.at("/etc/shadow").content, HasSubstr("flux:!:20000:"));
  EXPECT_TRUE(files.at("/home/flux").directory);
  EXPECT_EQ(files.at("/home/flux").owner->uid, 1000u);
  EXPECT_EQ(said, "");
}

TEST_F(Users, PasswdComesAfterWhatItNeeds) {
  ASSERT_TRUE(make());
  const auto& changes = files.changes();
  const auto place = [&changes](const std::string& path) {
    return std::find(changes.begin(), changes.end(), path) - changes.begin();
  };
  EXPECT_LT(place("/etc/group"), place("/etc/passwd"));
  EXPECT_LT(place("/etc/shadow"), place("/etc/passwd"));
}

TEST_F(Users, AUserOfTheImageIsLeftAsItIs) {
  files.add("/etc/passwd", std::string(kPasswd) + "flux:x:77:78::/srv/flux:/bin/zsh\n");
  files.add("/etc/group", "root:x:0:\nrender:x:105:flux\n");
  const auto identity = make();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->owner->uid, 77u);
  EXPECT_EQ(identity->owner->gid, 78u);
  EXPECT_EQ(identity->groups, std::vector<gid_t>{105});
  EXPECT_EQ(identity->home, "/srv/flux");
  EXPECT_TRUE(files.changes().empty());
}

TEST_F(Users, ATakenNumberIsTold) {
  files.add("/etc/passwd", std::string(kPasswd) + "ubuntu:x:1000:1000::/home/ubuntu:/bin/bash\n");
  const auto identity = make();
  EXPECT_EQ(identity->owner->uid, 1001u);
  EXPECT_THAT(said, HasSubstr("uid 1000 is user ubuntu in this image: user flux gets uid 1001"));
}

TEST_F(Users, AnImageWithoutAnyFilesGetsThem) {
  fakes::FakeFiles empty;
  std::swap(files, empty);
  ASSERT_TRUE(make());
  EXPECT_EQ(files.at("/etc/passwd").content, "flux:x:1000:1000::/home/flux:/bin/sh\n");
  EXPECT_EQ(files.at("/etc/shadow").mode, 0600u);
}

TEST_F(Users, RootAsFluxUserNeedsNoOther) {
  settings.asRoot = true;
  const auto identity = make();
  EXPECT_FALSE(identity->owner);
  EXPECT_EQ(identity->home, "/root");
  EXPECT_TRUE(files.changes().empty());
}

TEST_F(Users, AnotherUserThanRootMakesNone) {
  files.add("/etc/passwd", std::string(kPasswd) + "app:x:500:500::/app:/bin/sh\n");
  auto identity = make(500);
  EXPECT_FALSE(identity->owner);
  EXPECT_EQ(identity->name, "app");
  EXPECT_EQ(identity->home, "/app");
  EXPECT_TRUE(files.changes().empty());
  identity = make(12345);
  EXPECT_FALSE(identity->owner);
  EXPECT_EQ(identity->name, "");
}

TEST_F(Users, PasswordsAreHashed) {
  settings.userNames = {"peenut", "jelly"};
  passwords = "peenutx:no\npeenut:but:ter\n";
  ASSERT_TRUE(make());
  const std::string shadow = files.at("/etc/shadow").content;
  EXPECT_THAT(shadow, Not(HasSubstr("but:ter")));
  EXPECT_THAT(shadow, HasSubstr("jelly:!:"));
  const size_t begin = shadow.find("peenut:$6$") + 7;
  const std::string hash = shadow.substr(begin, shadow.find(':', begin) - begin);
  EXPECT_STREQ(::crypt("but:ter", hash.c_str()), hash.c_str());
  EXPECT_THAT(files.at("/etc/passwd").content, HasSubstr("jelly:x:1002:1002:"));
}

TEST_F(Users, AReadOnlyImageRunsFluxUnderTheNumber) {
  files.refuse("/etc", EROFS);
  files.refuse("/home", EROFS);
  const auto identity = make();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->owner->uid, 1000u);
  EXPECT_EQ(identity->home, "");
  EXPECT_THAT(said, HasSubstr("no users are made in this image"));
}

TEST_F(Users, AFullDiskIsAnError) {
  files.refuse("/etc", ENOSPC);
  const auto identity = make();
  ASSERT_FALSE(identity);
  EXPECT_THAT(identity.error().message, HasSubstr("users can't be made"));
}

}  // namespace
}  // namespace mc::entry
