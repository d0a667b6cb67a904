#include "flux/overlay/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::flux::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Topology, KaryTree) {
  const auto tree = Topology::parse("kary:2", 7);
  ASSERT_TRUE(tree);
  EXPECT_THAT(tree->children(0), ElementsAre(1, 2));
  EXPECT_THAT(tree->children(1), ElementsAre(3, 4));
  EXPECT_THAT(tree->children(3), IsEmpty());
  EXPECT_EQ(tree->parent(6), 2U);
  EXPECT_EQ(tree->parent(0), std::nullopt);
  EXPECT_EQ(tree->level(6), 2U);
  EXPECT_EQ(tree->maxLevel(), 2U);
  EXPECT_EQ(tree->subtree(1).str(), "1,3-4");
  EXPECT_EQ(tree->criticalRanks().str(), "0-2");
}

TEST(Topology, FanoutZeroIsFlat) {
  const auto tree = Topology::parse("kary:0", 5);
  ASSERT_TRUE(tree);
  EXPECT_THAT(tree->children(0), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(tree->criticalRanks().str(), "0");
}

TEST(Topology, BinomialTree) {
  const auto tree = Topology::parse("binomial", 8);
  ASSERT_TRUE(tree);
  EXPECT_THAT(tree->children(0), ElementsAre(1, 2, 4));
  EXPECT_THAT(tree->children(4), ElementsAre(5, 6));
  EXPECT_EQ(tree->level(7), 3U);
}

TEST(Topology, FewCriticalRanks) {
  const auto tree = Topology::parse("mincrit:2", 7);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->criticalRanks().str(), "0-2");
  EXPECT_THAT(tree->children(0), ElementsAre(1, 2));
  EXPECT_EQ(tree->children(1).size() + tree->children(2).size(), 4U);
  EXPECT_EQ(Topology::parse("mincrit", 1025)->criticalRanks().str(), "0");
  EXPECT_EQ(Topology::parse("mincrit:9", 4)->criticalRanks().str(), "0");
}

TEST(Topology, FewCriticalRanksWithoutTooManyChildren) {
  for (const uint32_t size : {1026U, 1027U, 2050U, 2051U, 2052U, 30000U}) {
    const auto tree = Topology::parse("mincrit", size);
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->maxLevel(), 2U);
    const auto critical = tree->criticalRanks();
    for (const uint32_t rank : critical) EXPECT_LE(tree->children(rank).size(), 1024U) << size;
    EXPECT_EQ(critical.size() - 1, (size - 1 + 1024) / 1025) << size;
  }
}

TEST(Topology, CustomTreeWithParentsAfterTheirChildren) {
  const auto tree = Topology::custom({7, 3, 1, 0});
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->parent(0), std::nullopt);
  EXPECT_THAT(tree->children(0), ElementsAre(3));
  EXPECT_THAT(tree->children(3), ElementsAre(1));
  EXPECT_EQ(tree->subtree(3).str(), "1-3");
  EXPECT_EQ(tree->subtree(1).str(), "1-2");
  EXPECT_EQ(tree->childTowards(0, 2), 3U);
  EXPECT_EQ(tree->childTowards(3, 2), 1U);
  EXPECT_EQ(tree->childTowards(2, 3), std::nullopt);
  EXPECT_EQ(tree->childTowards(2, 2), std::nullopt);
  EXPECT_EQ(tree->level(2), 3U);
}

TEST(Topology, CustomTreeMustBeOne) {
  EXPECT_FALSE(Topology::custom({}));
  EXPECT_FALSE(Topology::custom({0, 2, 1}));
  EXPECT_FALSE(Topology::custom({0, 1}));
  EXPECT_FALSE(Topology::custom({0, 9}));
}

TEST(Topology, EachRankIsReachedFromTheRoot) {
  for (const char* uri : {"kary:1", "kary:2", "kary:32", "binomial", "mincrit", "mincrit:3"}) {
    const auto tree = Topology::parse(uri, 40);
    ASSERT_TRUE(tree);
    for (uint32_t rank = 1; rank < 40; ++rank) {
      uint32_t at = 0;
      while (at != rank) {
        const auto next = tree->childTowards(at, rank);
        ASSERT_TRUE(next) << uri << " " << rank;
        at = *next;
      }
    }
  }
}

TEST(Topology, NoWayDownToOthers) {
  const auto tree = Topology::parse("kary:2", 7);
  EXPECT_EQ(tree->childTowards(1, 2), std::nullopt);
  EXPECT_EQ(tree->childTowards(1, 0), std::nullopt);
  EXPECT_EQ(tree->childTowards(1, 1), std::nullopt);
  EXPECT_EQ(tree->childTowards(0, 7), std::nullopt);
}

TEST(Topology, RefusesWhatIsNone) {
  for (const char* uri : {"", "kary", "kary:", "kary:x", "kary:-1", "ring", "kary:2 "}) {
    const auto tree = Topology::parse(uri, 4);
    ASSERT_FALSE(tree) << uri;
    EXPECT_EQ(tree.error().errnum, EINVAL);
  }
  EXPECT_FALSE(Topology::parse("kary:2", 0));
}

}  // namespace
}  // namespace mc::flux::overlay
