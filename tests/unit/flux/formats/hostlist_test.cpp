#include "flux/formats/hostlist.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

std::string expand(std::string_view text) {
  const auto list = Hostlist::parse(text);
  if (!list) return "error";
  std::string out;
  for (const std::string& host : list->hosts()) out += (out.empty() ? "" : ",") + host;
  return out;
}

std::string compress(std::string_view text) {
  const auto list = Hostlist::parse(text);
  return list ? list->str() : "error";
}

TEST(Hostlist, HasTheTestVectorsOfRfc29) {
  EXPECT_EQ(expand(""), "");
  EXPECT_EQ(expand("foox,fooy,fooz"), "foox,fooy,fooz");
  EXPECT_EQ(expand("[1-3,5-6]"), "1,2,3,5,6");
  EXPECT_EQ(expand("foo[1-5]"), "foo1,foo2,foo3,foo4,foo5");
  EXPECT_EQ(expand("foo[0-4]-eth2"), "foo0-eth2,foo1-eth2,foo2-eth2,foo3-eth2,foo4-eth2");
  EXPECT_EQ(expand("foo1,foo1,foo1"), "foo1,foo1,foo1");
  EXPECT_EQ(expand("[00-02]"), "00,01,02");
  EXPECT_EQ(expand("[00-2]"), "00,01,02");
  EXPECT_EQ(expand("foo[1,1,2,1]"), "foo1,foo1,foo2,foo1");
  EXPECT_EQ(expand("[005,4,11-13]"), "005,004,011,012,013");
}

TEST(Hostlist, Compresses) {
  EXPECT_EQ(compress("vm,vm"), "vm,vm");
  EXPECT_EQ(compress("foo1,foo2,foo3,foo5"), "foo[1-3,5]");
  EXPECT_EQ(compress("foo9,foo10,foo11"), "foo[9-11]");
  EXPECT_EQ(compress("foo08,foo09,foo10"), "foo[08-10]");
  EXPECT_EQ(compress("foo1,foo01"), "foo1,foo01");
  EXPECT_EQ(compress("foo1,foo1,foo2,foo1"), "foo[1,1-2,1]");
  EXPECT_EQ(compress("a1,b1,a2"), "a1,b1,a2");
  EXPECT_EQ(compress("flux-sample-[0-1]"), "flux-sample-[0-1]");
  EXPECT_EQ(compress("a123456789012345678901"), "a123456789012345678901");
}

TEST(Hostlist, ReadsWhatItWrites) {
  for (const char* text : {"foo[1,1-2,1]", "a[098-102,7]", "x,y[1-2],x", "0,1,00", "a10,a09",
                           "a09,a10", "a1,a01", "a[1-3]08"}) {
    EXPECT_EQ(expand(compress(text)), expand(text)) << text;
  }
}

TEST(Hostlist, RefusesOtherText) {
  for (const char* text :
       {",", "a,", ",a", "a[", "a]", "a[]", "a[1-]", "a[x]", "a[2-1]", "a b", "a[1][2]", "a[[1]]",
        "a\tb", "a[1-3", "ä", "a[1,]", "a]1[", "a[0-99999999999]", "a[1-9999999999999999999]"})
    EXPECT_EQ(compress(text), "error") << text;
}

TEST(Hostlist, BoundsItsSize) {
  EXPECT_EQ(Hostlist::parse("a[0-999999]")->size(), 1'000'000u);
  EXPECT_EQ(Hostlist::parse("a[0-999999],b").error().errnum, EOVERFLOW);
  EXPECT_EQ(Hostlist::parse("a[0-1000000]").error().errnum, EOVERFLOW);
}

TEST(Hostlist, Finds) {
  const auto list = *Hostlist::parse("login,foo[08-12],foo7,login");
  EXPECT_EQ(list.find("login"), 0u);
  EXPECT_EQ(list.find("foo10"), 3u);
  EXPECT_EQ(list.find("foo7"), 6u);
  EXPECT_EQ(list.find("foo8"), std::nullopt);
  EXPECT_EQ(list.find("bar"), std::nullopt);
  EXPECT_EQ(list.at(1), "foo08");
  EXPECT_EQ(list.at(7), "login");
  EXPECT_EQ(list.size(), 8u);
}

TEST(Hostlist, Sorts) {
  EXPECT_EQ(Hostlist::parse("b2,a10,a9,b2,b1")->sortedUnique().str(), "a[9-10],b[1-2]");
}

}  // namespace
}  // namespace mc::flux::formats
