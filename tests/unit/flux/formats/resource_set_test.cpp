#include "flux/formats/resource_set.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

// From `flux job info ID R` and `flux resource R`.
constexpr const char* kJob =
    R"({"version": 1, "execution": {"R_lite": [{"rank": "0", "children": {"core": "0"}}], )"
    R"("starttime": 1795407224.2759001, "expiration": 0.0, "nslots": 1, "nodelist": ["vm"]}})";
constexpr const char* kInstance =
    R"({"version": 1, "execution": {"R_lite": [{"rank": "0-1", "children": {"core": "0-1"}}], )"
    R"("starttime": 0.0, "expiration": 0.0, "nodelist": ["vm,vm"]}})";

TEST(ResourceSet, ReadsAndWritesTheTranscripts) {
  for (const char* text : {kJob, kInstance}) {
    const auto set = ResourceSet::parse(text);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(toJson(set->toJson(), JsonStyle::Spaced), text);
  }
  const auto set = *ResourceSet::parse(kInstance);
  EXPECT_EQ(set.nodeCount(), 2u);
  EXPECT_EQ(set.coreCount(), 4u);
  EXPECT_EQ(set.gpuCount(), 0u);
  EXPECT_EQ(set.ranks().str(), "0-1");
  EXPECT_EQ(set.nodelist().str(), "vm,vm");
  EXPECT_EQ(set.summary(), "rank[0-1]/core[0-1]");
}

ResourceSet mixed() {
  ResourceSet set;
  set.nodes[0] = {"a0", Idset::range(0, 3), {}};
  set.nodes[1] = {"a1", Idset::range(0, 1), Idset::single(0)};
  set.nodes[2] = {"a2", Idset::range(0, 3), {}};
  set.expiration = 5;
  set.properties["fast"] = Idset::range(1, 2);
  return set;
}

TEST(ResourceSet, GroupsEqualRanks) {
  EXPECT_EQ(mixed().summary(), "rank[0,2]/core[0-3] rank1/core[0-1],gpu0");
  const auto again = ResourceSet::parse(mixed().toJson());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, mixed());
}

TEST(ResourceSet, Slices) {
  const ResourceSet part = mixed().slice(*Idset::parse("0-1,9"));
  EXPECT_EQ(part.ranks().str(), "0-1");
  EXPECT_EQ(part.nodelist().str(), "a[0-1]");
  EXPECT_EQ(part.properties.at("fast").str(), "1");
  EXPECT_EQ(part.expiration, 5);
}

TEST(ResourceSet, AddsAndRemoves) {
  ResourceSet free = mixed();
  ResourceSet taken;
  taken.nodes[1] = {"a1", Idset::range(0, 1), Idset::single(0)};
  taken.nodes[2] = {"a2", Idset::single(1), {}};
  free.remove(taken);
  EXPECT_EQ(free.summary(), "rank0/core[0-3] rank2/core[0,2-3]");
  free.add(taken);
  EXPECT_EQ(free.summary(), mixed().summary());
  EXPECT_EQ(free.nodelist().str(), "a[0-2]");
}

TEST(ResourceSet, RefusesBadDocuments) {
  const auto lite = [](const std::string& entries, const std::string& more = "") {
    return R"({"version":1,"execution":{"R_lite":[)" + entries + "]" + more + "}}";
  };
  const std::string good = R"({"rank":"0-1","children":{"core":"0"}})";
  EXPECT_TRUE(ResourceSet::parse(lite(good)));
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"version":1})"),
        std::string(R"({"version":2,"execution":{"R_lite":[]}})"), lite("1"), lite("{}"),
        lite(R"({"rank":"x","children":{"core":"0"}})"),
        lite(R"({"rank":"0","children":{"core":0}})"),
        lite(R"({"rank":"0","children":{"gpu":"1-"}})"), lite(good + "," + good),
        lite(R"({"rank":"0-4294967294","children":{"core":"0"}})"),
        lite(good, R"(,"nodelist":["a"])"), lite(good, R"(,"nodelist":["a["])"),
        lite(good, R"(,"nodelist":[1])"), lite(good, R"(,"starttime":-1)"),
        lite(good, R"(,"expiration":"x")"), lite(good, R"(,"properties":{"p":"x"})")})
    EXPECT_FALSE(ResourceSet::parse(text)) << text;
}

TEST(ResourceSet, KeepsSchedulingData) {
  const std::string text =
      R"({"version":1,"execution":{"R_lite":[]},"scheduling":{"graph":{"nodes":[]}}})";
  EXPECT_EQ(toJson(ResourceSet::parse(text)->toJson().at("scheduling")),
            R"({"graph":{"nodes":[]}})");
}

}  // namespace
}  // namespace mc::flux::formats
