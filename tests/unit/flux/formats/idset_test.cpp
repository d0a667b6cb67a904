#include "flux/formats/idset.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace mc::flux::formats {
namespace {

std::string roundTrip(std::string_view text) {
  const auto set = Idset::parse(text);
  return set ? set->str() : "error";
}

TEST(Idset, ReadsAndWritesRfc22) {
  EXPECT_EQ(roundTrip("1,2,3,5,6,42"), "1-3,5-6,42");
  EXPECT_EQ(roundTrip("[1-3,5-6,42]"), "1-3,5-6,42");
  EXPECT_EQ(roundTrip(""), "");
  EXPECT_EQ(roundTrip("[]"), "");
  EXPECT_EQ(roundTrip("0"), "0");
  EXPECT_EQ(roundTrip("7,1-2,0"), "0-2,7");
  EXPECT_EQ(roundTrip("1-5,3-9"), "1-9");
  EXPECT_EQ(roundTrip("0-4294967294"), "0-4294967294");
}

TEST(Idset, RefusesOtherText) {
  for (const char* text : {"a", "1,", ",1", "1-", "-1", "3-1", "01", "1--2", "[1", "1]", "[", "]",
                           "4294967295", "99999999999", "1 2", "1,2,", "1-2-3", "0x1"})
    EXPECT_EQ(roundTrip(text), "error") << text;
}

TEST(Idset, BracketsOnlyWhatIsMoreThanOne) {
  EXPECT_EQ(Idset::range(0, 1).bracketed(), "[0-1]");
  EXPECT_EQ(Idset::single(4).bracketed(), "4");
  EXPECT_EQ(Idset().bracketed(), "");
}

TEST(Idset, IgnoresIdsThatAreNone) {
  Idset set;
  set.insert(0xffffffff);
  EXPECT_TRUE(set.empty());
  set.insert(3);
  set.insert(0xffffffff);
  EXPECT_EQ(set.str(), "3");
}

// Every operation against std::set, for all pairs of subsets of a small universe.
TEST(Idset, AgreesWithAPlainSet) {
  constexpr uint32_t kUniverse = 6;
  const auto plain = [](unsigned bits) {
    std::set<uint32_t> out;
    for (uint32_t i = 0; i < kUniverse; ++i)
      if (bits & 1u << i) out.insert(i);
    return out;
  };
  const auto idset = [&](unsigned bits) {
    Idset out;
    for (const uint32_t id : plain(bits)) out.insert(id);
    return out;
  };
  const auto same = [](const Idset& a, const std::set<uint32_t>& b) {
    return std::set<uint32_t>(a.begin(), a.end()) == b && a.size() == b.size();
  };
  for (unsigned a = 0; a < 1u << kUniverse; ++a)
    for (unsigned b = 0; b < 1u << kUniverse; ++b) {
      Idset sum = idset(a);
      sum.insert(idset(b));
      EXPECT_TRUE(same(sum, plain(a | b)));
      Idset difference = idset(a);
      difference.erase(idset(b));
      EXPECT_TRUE(same(difference, plain(a & ~b)));
      EXPECT_TRUE(same(idset(a).intersection(idset(b)), plain(a & b)));
      EXPECT_EQ(idset(a).containsAll(idset(b)), (a & b) == b);
      EXPECT_EQ(idset(a).intersects(idset(b)), (a & b) != 0);
      EXPECT_EQ(idset(a) == idset(b), a == b);
    }
}

TEST(Idset, TakesTheSmallest) {
  const Idset set = *Idset::parse("1-3,7,9-10");
  EXPECT_EQ(set.take(0).str(), "");
  EXPECT_EQ(set.take(2).str(), "1-2");
  EXPECT_EQ(set.take(4).str(), "1-3,7");
  EXPECT_EQ(set.take(99), set);
  EXPECT_EQ(set.first(), 1u);
  EXPECT_EQ(set.last(), 10u);
  EXPECT_FALSE(set.contains(8));
  EXPECT_TRUE(set.contains(9));
}

TEST(Idset, ReadsManyRangesQuickly) {
  std::string backwards;
  for (int i = 99'999; i >= 0; --i) backwards += std::to_string(2 * i) + (i > 0 ? "," : "");
  const auto set = Idset::parse(backwards);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->size(), 100'000u);
  EXPECT_FALSE(Idset::parse(backwards + ",1000001"));
}

}  // namespace
}  // namespace mc::flux::formats
