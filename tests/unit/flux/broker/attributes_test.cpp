#include "flux/broker/attributes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::flux::broker {
namespace {

TEST(Attributes, CommandLineWinsOverTheStandardValue) {
  Attributes attributes;
  attributes.preset("broker.quorum", "1");
  EXPECT_EQ(attributes.settle("broker.quorum", "4"), "1");
  EXPECT_EQ(attributes.settle("tbon.topo", "kary:32"), "kary:32");
  EXPECT_EQ(attributes.set("tbon.topo", "kary:2").error().errnum, EPERM);
}

TEST(Attributes, FactsCannotBeSet) {
  Attributes attributes;
  attributes.preset("rank", "7");
  EXPECT_EQ(attributes.fix("rank", "0").error().errnum, EPERM);
  ASSERT_TRUE(attributes.fix("size", "2"));
  EXPECT_EQ(attributes.flags("size"), Attributes::kImmutable);
  EXPECT_EQ(attributes.set("size", "3").error().errnum, EPERM);
  EXPECT_EQ(attributes.remove("size").error().errnum, EPERM);
  attributes.update("size", "3");
  EXPECT_EQ(*attributes.get("size"), "3");
}

TEST(Attributes, BoundOnesLiveElsewhere) {
  Attributes attributes;
  std::string value = "a";
  attributes.preset("x", "b");
  const auto set = [&](const std::string& text) -> base::Status {
    if (text == "bad") return base::fail(EINVAL, "no");
    value = text;
    return {};
  };
  ASSERT_TRUE(attributes.bind("x", [&] { return value; }, set));
  EXPECT_EQ(value, "b");
  value = "c";
  EXPECT_EQ(*attributes.get("x"), "c");
  EXPECT_EQ(attributes.set("x", "bad").error().errnum, EINVAL);
  EXPECT_EQ(*attributes.get("x"), "c");
  attributes.preset("y", "bad");
  EXPECT_FALSE(attributes.bind("y", [&] { return value; }, set));
}

TEST(Attributes, UsersAddAndRemoveTheirOwn) {
  Attributes attributes;
  EXPECT_EQ(attributes.get("foo").error().errnum, ENOENT);
  ASSERT_TRUE(attributes.set("foo", "1"));
  EXPECT_EQ(attributes.flags("foo"), Attributes::kNone);
  EXPECT_THAT(attributes.names(), testing::ElementsAre("foo"));
  ASSERT_TRUE(attributes.remove("foo"));
  EXPECT_EQ(attributes.remove("foo").error().errnum, ENOENT);
}

}  // namespace
}  // namespace mc::flux::broker
