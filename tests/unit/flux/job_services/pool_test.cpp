#include "flux/services/sched/pool.hpp"

#include <gtest/gtest.h>

#include <random>

#include "fakes/fake_host.hpp"

namespace mc::flux::services::sched {
namespace {

using formats::Idset;
using formats::JobShape;
using formats::ResourceSet;

ResourceSet cluster(int nodes, uint32_t cores, uint32_t gpus = 0) {
  ResourceSet out;
  for (int rank = 0; rank < nodes; ++rank) {
    auto& node = out.nodes[rank];
    node.host = "n" + std::to_string(rank);
    node.cores = Idset::range(0, cores - 1);
    if (gpus > 0) node.gpus = Idset::range(0, gpus - 1);
  }
  return out;
}

Pool makePool(const ResourceSet& resources, Fit fit = Fit::Worst) {
  Pool pool(fit);
  pool.define(resources);
  pool.setUp(resources.ranks());
  return pool;
}

JobShape slots(uint32_t count, uint32_t cores = 1, uint32_t gpus = 0) {
  return {.slots = count, .coresPerSlot = cores, .gpusPerSlot = gpus};
}
JobShape nodes(uint32_t count, uint32_t slotsEach = 1, bool exclusive = false) {
  return {.nodes = count, .slots = slotsEach, .exclusive = exclusive};
}

std::string allocate(Pool& pool, const JobShape& shape) {
  const auto resources = pool.allocate(shape, {});
  return resources ? resources->summary() : "none";
}

TEST(Pool, WithheldResourcesAreNotGivenAway) {
  Pool pool = makePool(cluster(2, 2));
  const auto reserved = makePool(cluster(1, 2)).allocate(slots(2), {});
  Pool rest = pool;
  rest.withhold(*reserved);
  EXPECT_EQ(allocate(rest, nodes(2)), "none");
  EXPECT_EQ(allocate(rest, nodes(1, 1, true)), "rank1/core[0-1]");
  pool.claim(*reserved);
  EXPECT_EQ(pool.allocated().summary(), "rank0/core[0-1]");
  EXPECT_EQ(allocate(pool, slots(4)), "none");
  pool.release(*reserved);
  EXPECT_EQ(allocate(pool, slots(4)), "rank[0-1]/core[0-1]");
}

struct Shaped {
  const char* name;
  JobShape shape;
  const char* summary;
};
class PoolShapes : public ::testing::TestWithParam<Shaped> {};
TEST_P(PoolShapes, OnTwoNodesOfFourCoresAndTwoGpus) {
  Pool pool = makePool(cluster(2, 4, 2));
  EXPECT_EQ(allocate(pool, GetParam().shape), GetParam().summary);
}
INSTANTIATE_TEST_SUITE_P(
    Table, PoolShapes,
    ::testing::Values(Shaped{"one", slots(1), "rank0/core0"},
                      Shaped{"two on one node", slots(2), "rank0/core[0-1]"},
                      Shaped{"five", slots(5), "rank0/core[0-3] rank1/core0"},
                      Shaped{"wide slots", slots(2, 3), "rank[0-1]/core[0-2]"},
                      Shaped{"slot larger than a node", slots(1, 5), "none"},
                      Shaped{"gpus", slots(3, 1, 1), "rank0/core[0-1],gpu[0-1] rank1/core0,gpu0"},
                      Shaped{"more than there is", slots(9), "none"},
                      Shaped{"two nodes", nodes(2), "rank[0-1]/core0"},
                      Shaped{"two nodes, two slots each", nodes(2, 2), "rank[0-1]/core[0-1]"},
                      Shaped{"whole node", nodes(1, 1, true), "rank0/core[0-3],gpu[0-1]"},
                      Shaped{"three nodes", nodes(3), "none"}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
      return name;
    });

TEST(Pool, WorstFitSpreadsAndFirstFitFills) {
  Pool worst = makePool(cluster(2, 2), Fit::Worst);
  allocate(worst, slots(1));
  EXPECT_EQ(allocate(worst, slots(1)), "rank1/core0");
  Pool first = makePool(cluster(2, 2), Fit::First);
  allocate(first, slots(1));
  EXPECT_EQ(allocate(first, slots(1)), "rank0/core1");
}

TEST(Pool, ExclusiveNodesMustBeIdle) {
  Pool pool = makePool(cluster(2, 2));
  allocate(pool, slots(1));
  EXPECT_EQ(allocate(pool, nodes(2, 1, true)), "none");
  EXPECT_EQ(allocate(pool, nodes(1, 1, true)), "rank1/core[0-1]");
  EXPECT_EQ(allocate(pool, slots(2)), "none");
  EXPECT_EQ(allocate(pool, slots(1)), "rank0/core1");
}

TEST(Pool, UsesOnlyNodesThatAreUp) {
  Pool pool = makePool(cluster(2, 2));
  pool.setUp(Idset::single(1));
  EXPECT_EQ(allocate(pool, slots(2)), "rank1/core[0-1]");
  EXPECT_EQ(allocate(pool, slots(1)), "none");
  EXPECT_TRUE(pool.feasible(slots(4), {}));
}

TEST(Pool, ReleaseMakesRoomAgain) {
  Pool pool = makePool(cluster(1, 2));
  const auto held = pool.allocate(slots(2), {}).value();
  EXPECT_EQ(pool.allocated().coreCount(), 2u);
  EXPECT_EQ(allocate(pool, slots(1)), "none");
  pool.release(held);
  EXPECT_TRUE(pool.allocated().empty());
  EXPECT_EQ(allocate(pool, slots(2)), "rank0/core[0-1]");
}

TEST(Pool, KeepsWhatIsHeldWhenResourcesAreRedefined) {
  Pool pool = makePool(cluster(1, 2));
  const auto held = pool.allocate(slots(1), {}).value();
  pool.define(cluster(2, 2));
  pool.setUp(Idset::range(0, 1));
  EXPECT_EQ(allocate(pool, slots(3)), "rank0/core1 rank1/core[0-1]");
  pool.define(cluster(1, 1));  // core 1 has gone
  pool.release(held);
  pool.setUp(Idset::single(0));
  EXPECT_EQ(allocate(pool, slots(2)), "none");
}

struct Unmet {
  JobShape shape;
  const char* why;
};
class PoolFeasible : public ::testing::TestWithParam<Unmet> {};
TEST_P(PoolFeasible, SaysWhatIsMissing) {
  Pool pool = makePool(cluster(2, 2));
  const auto status = pool.feasible(GetParam().shape, {});
  EXPECT_EQ(status ? "" : status.error().message, GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(
    Table, PoolFeasible,
    ::testing::Values(
        Unmet{slots(4), ""}, Unmet{nodes(2, 2, true), ""},
        Unmet{nodes(9, 1, true),
              "unsatisfiable request: need 9 exclusive node(s), only 2 eligible"},
        Unmet{nodes(3), "unsatisfiable request: need 3 node(s), only 2 eligible"},
        Unmet{slots(1000), "unsatisfiable request: need 1000 slot(s), only 4 eligible"},
        Unmet{slots(1, 3), "unsatisfiable request: need 1 slot(s), only 0 eligible"},
        Unmet{slots(1, 1, 1), "unsatisfiable request: need 1 slot(s), only 0 eligible"}));

Constraint constraint(const std::string& text) {
  return Constraint::parse(fakes::parseJson(text).as_object()).value();
}

TEST(Constraint, SelectsNodes) {
  ResourceSet resources = cluster(4, 1);
  resources.properties["ssd"] = Idset::range(1, 2);
  resources.properties["slow"] = Idset::single(2);
  const auto chosen = [&](const std::string& text) {
    Pool pool = makePool(resources);
    std::string ranks;
    while (const auto got = pool.allocate(slots(1), constraint(text))) ranks += got->ranks().str();
    return ranks;
  };
  EXPECT_EQ(chosen("{}"), "0123");
  EXPECT_EQ(chosen(R"({"properties":["ssd"]})"), "12");
  EXPECT_EQ(chosen(R"({"properties":["ssd","^slow"]})"), "1");
  EXPECT_EQ(chosen(R"({"not":[{"properties":["ssd"]}]})"), "03");
  EXPECT_EQ(chosen(R"({"or":[{"hostlist":["n[0,3]"]},{"ranks":["2"]}]})"), "023");
  EXPECT_EQ(chosen(R"({"and":[{"ranks":["0-2"]},{"hostlist":["n1"]}]})"), "1");
}

TEST(Constraint, RefusesWhatItDoesNotKnow) {
  for (const char* text : {R"({"nosuch":["a"]})", R"({"properties":[1]})", R"({"properties":"a"})",
                           R"({"properties":["^"]})", R"({"properties":["a|b"]})",
                           R"({"ranks":["x"]})", R"({"or":["x"]})", R"({"hostlist":["n["]})"})
    EXPECT_FALSE(Constraint::parse(fakes::parseJson(text).as_object())) << text;
}

// No core or GPU is ever given twice, nothing is given that is not there, and everything comes
// back.
TEST(Pool, NeverOvercommits) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    const ResourceSet resources = cluster(1 + random() % 8, 1 + random() % 16, random() % 4);
    Pool pool = makePool(resources, random() % 2 ? Fit::Worst : Fit::First);
    std::vector<ResourceSet> held;
    for (int step = 0; step < 300; ++step) {
      if (random() % 2 && !held.empty()) {
        std::swap(held[random() % held.size()], held.back());
        pool.release(held.back());
        held.pop_back();
        continue;
      }
      const JobShape shape = random() % 2 ? slots(1 + random() % 6, 1 + random() % 3, random() % 2)
                                          : nodes(1 + random() % 3, 1 + random() % 3, random() % 2);
      const auto got = pool.allocate(shape, {});
      if (!got) continue;
      for (const auto& [rank, node] : got->nodes) {
        ASSERT_TRUE(resources.nodes.at(rank).cores.containsAll(node.cores));
        for (const ResourceSet& other : held)
          if (const auto at = other.nodes.find(rank); at != other.nodes.end()) {
            ASSERT_FALSE(at->second.cores.intersects(node.cores));
            ASSERT_FALSE(at->second.gpus.intersects(node.gpus));
          }
      }
      if (!shape.exclusive) {
        ASSERT_EQ(got->coreCount(), shape.totalSlots() * shape.coresPerSlot);
        ASSERT_EQ(got->gpuCount(), shape.totalSlots() * shape.gpusPerSlot);
      }
      held.push_back(*got);
    }
    for (const ResourceSet& resourcesHeld : held) pool.release(resourcesHeld);
    ASSERT_TRUE(pool.allocated().empty());
    ASSERT_TRUE(pool.allocate(nodes(static_cast<uint32_t>(resources.nodeCount()), 1, true), {}));
  }
}

}  // namespace
}  // namespace mc::flux::services::sched
