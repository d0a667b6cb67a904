#include "flux/shell/task_placement.hpp"

#include <gtest/gtest.h>

#include "base/fd.hpp"
#include "flux/formats/jobspec_builder.hpp"

namespace mc::flux::shell {
namespace {

formats::ResourceSet nodes(std::initializer_list<uint32_t> cores) {
  formats::ResourceSet set;
  uint32_t rank = 0;
  for (const uint32_t count : cores)
    set.nodes[rank++] = {"n", formats::Idset::range(0, count - 1), {}};
  return set;
}

std::string place(const formats::JobSize& size, const formats::ResourceSet& resources,
                  const char* scheme = nullptr, const std::string& value = {}) {
  auto document = formats::buildJobspec(size, {"app"});
  if (!document) return document.error().message;
  if (scheme != nullptr)
    formats::setPath(*document, "attributes.system.shell.options.taskmap",
                     boost::json::object{{"scheme", scheme}, {"value", value}});
  const auto jobspec = formats::Jobspec::parse(*document);
  if (!jobspec) return jobspec.error().message;
  const auto map = placeTasks(*jobspec, resources);
  return map ? formats::toJson(map->toJson().at("map")) : map.error().message;
}

TEST(TaskMap, PlacesTasksInBlocks) {
  EXPECT_EQ(place({.tasks = 1}, nodes({1})), "[[0,1,1,1]]");
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, nodes({2, 2})), "[[0,2,2,1]]");
  EXPECT_EQ(place({.tasks = 3}, nodes({2, 1})), "[[0,1,2,1],[1,1,1,1]]");
  EXPECT_EQ(place({.nodes = 3, .tasks = 4}, nodes({2, 2, 2})), "[[0,1,2,1],[1,2,1,1]]");
  EXPECT_EQ(place({.tasks = 2, .coresPerTask = 2}, nodes({4})), "[[0,1,2,1]]");
}

TEST(TaskMap, SpreadsOverWholeNodes) {
  EXPECT_EQ(place({.nodes = 2, .exclusive = true, .tasks = 4}, nodes({8, 8})), "[[0,2,2,1]]");
  EXPECT_EQ(place({.nodes = 2}, nodes({8, 8})), "[[0,2,1,1]]");
}

TEST(TaskMap, TakesTasksPerResource) {
  EXPECT_EQ(place({.nodes = 2, .tasksPerNode = 3}, nodes({8, 8})), "[[0,2,3,1]]");
  EXPECT_EQ(place({.cores = 3, .tasksPerCore = 2}, nodes({2, 1})), "[[0,1,4,1],[1,1,2,1]]");
}

TEST(TaskMap, FindsTasksAndNodes) {
  const TaskMap map({2, 0, 3});
  EXPECT_EQ(map.tasks(), 5u);
  EXPECT_EQ(map.tasksOn(2).str(), "2-4");
  EXPECT_EQ(map.nodeOf(1), 0u);
  EXPECT_EQ(map.nodeOf(4), 2u);
  EXPECT_EQ(formats::toJson(map.toJson()), R"({"version":1,"map":[[0,1,2,1],[2,1,3,1]]})");
}

TEST(TaskMap, PlacesTasksInTurn) {
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, nodes({2, 2}), "cyclic"), "[[0,2,1,2]]");
  EXPECT_EQ(place({.nodes = 2, .tasks = 8}, nodes({4, 4}), "cyclic", "2"), "[[0,2,2,2]]");
  EXPECT_EQ(place({.tasks = 4}, nodes({3, 1}), "cyclic"), "[[0,2,1,1],[0,1,2,1]]");
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, nodes({2, 2}), "cyclic", "x"),
            "invalid cyclic value: x");
}

TEST(TaskMap, PlacesTasksByHand) {
  const auto two = nodes({2, 2});
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, two, "manual", "[[1,1,2,1],[0,1,2,1]]"),
            "[[1,1,2,1],[0,1,2,1]]");
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, two, "manual", R"({"version":1,"map":[[0,2,1,2]]})"),
            "[[0,2,1,2]]");
  EXPECT_EQ(place({.nodes = 2, .tasks = 4}, two, "manual", "[[0,1,1,1],[1,1,3,1]]"),
            "taskmap puts 1 tasks on node 0, the job 2");
  for (const char* bad : {"", "{", "1", "{}", "[[0,3,1,1]]", "[[0,1,1]]", "[[0,1,1,0]]",
                          "[[-1,1,1,1]]", "[[0,1,4194304,4194304]]", R"({"version":2,"map":[]})"})
    EXPECT_TRUE(place({.nodes = 2, .tasks = 4}, two, "manual", bad).starts_with("invalid taskmap:"))
        << bad;
  EXPECT_EQ(place({.tasks = 1}, nodes({1}), "odd"), "unknown taskmap scheme 'odd'");
}

TEST(TaskMap, PlacesTasksByHostfile) {
  auto two = nodes({2, 2});
  two.nodes[0].host = "a";
  two.nodes[1].host = "b";
  const std::string path = testing::TempDir() + "hosts";
  const auto with = [&](const char* text) {
    EXPECT_TRUE(base::writeFileAtomic(path, text, 0600));
    return place({.nodes = 2, .tasks = 4}, two, "hostfile", path);
  };
  EXPECT_EQ(with("b\na\n b,a\n"), "[[1,1,1,1],[0,2,1,1],[0,1,1,1]]");
  EXPECT_EQ(with("b\nb\na\na\n"), "[[1,1,2,1],[0,1,2,1]]");
  EXPECT_EQ(with("c\n"), "hostfile: host c is not in the job");
  EXPECT_EQ(with("a\n"), "taskmap puts 1 tasks on node 0, the job 2");
}

TEST(TaskMap, TellsMpi) {
  EXPECT_EQ(TaskMap({2, 2}).processMapping(), "(vector,(0,2,2))");
  EXPECT_EQ(TaskMap::parse("[[0,2,1,2]]", 2)->processMapping(), "(vector,(0,2,1),(0,2,1))");
  EXPECT_EQ(TaskMap({2, 2, 4, 4}).processMapping(), "(vector,(0,2,2),(2,2,4))");
}

TEST(TaskMap, RefusesTooMuch) {
  EXPECT_EQ(place({.nodes = 1, .tasksPerNode = 2'000'000'000}, nodes({1})),
            "bad shell option per-resource");
  EXPECT_EQ(place({.tasks = 2'000'000'000}, nodes({1})), "job has too many tasks");
}

TEST(JobspecBuilder, SpeaksAsFluxDoes) {
  EXPECT_EQ(formats::toJson(*formats::buildJobspec({.nodes = 2, .tasks = 4}, {"hostname"}),
                            formats::JsonStyle::Spaced),
            R"({"resources": [{"type": "node", "count": 2, "with": [{"type": "slot", "count": 2, )"
            R"("with": [{"type": "core", "count": 1}], "label": "task"}]}], "tasks": [{"command": )"
            R"(["hostname"], "slot": "task", "count": {"per_slot": 1}}], "attributes": )"
            R"({"system": {"duration": 0}}, "version": 1})");
  EXPECT_EQ(formats::buildJobspec({.nodes = 3, .tasks = 2}, {"a"}).error().message,
            "node count must not be greater than task count");
  EXPECT_FALSE(formats::buildJobspec({.tasks = 0}, {"a"}));
  EXPECT_FALSE(formats::buildJobspec({.tasks = 1, .cores = 1}, {"a"}));
  EXPECT_FALSE(formats::buildJobspec({.exclusive = true, .tasks = 1}, {"a"}));
  EXPECT_FALSE(formats::buildJobspec({.nodes = 2, .cores = 3}, {"a"}));
}

}  // namespace
}  // namespace mc::flux::shell
