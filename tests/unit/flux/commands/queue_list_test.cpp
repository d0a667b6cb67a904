#include "flux/commands/queue_list.hpp"

#include <gtest/gtest.h>

namespace mc::flux::commands {
namespace {

QueueRow batch() {
  QueueRow row;
  row.name = "batch";
  row.isDefault = true;
  row.enabled = false;
  row.nodes = 4;
  row.cores = 16;
  row.gpus = 2;
  row.policy = *formats::parseJsonObject(
      R"({"limits":{"duration":"8h","job-size":{"max":{"nnodes":3,"ngpus":-1},"min":{"ncores":2}}},
          "jobspec":{"defaults":{"system":{"duration":"30m"}}}})");
  return row;
}

std::string text(const QueueRow& row, const std::string& field) {
  const FieldValue value = row.value(field);
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

TEST(QueueRow, ShowsConfiguredLimits) {
  const QueueRow row = batch();
  EXPECT_EQ(text(row, "queuem"), "batch*");
  EXPECT_EQ(text(row, "submission"), "disabled");
  EXPECT_EQ(text(row, "enabled.ascii"), "n");
  EXPECT_EQ(text(row, "started.ascii"), "y");
  EXPECT_EQ(text(row, "defaults.timelimit"), "30m");
  EXPECT_EQ(text(row, "limits.timelimit"), "8h");
  EXPECT_EQ(text(row, "limits.range.nnodes"), "0-3");
  EXPECT_EQ(text(row, "limits.range.ncores"), "2-16");
  EXPECT_EQ(text(row, "limits.range.ngpus"), "0-2");  // -1: no limit but what there is
  EXPECT_EQ(text(row, "limits.max.nnodes"), "3");
  EXPECT_EQ(text(row, "limits.min.ncores"), "2");
}

TEST(QueueRow, IsUnlimitedWithoutPolicy) {
  const QueueRow row;
  EXPECT_EQ(text(row, "queuem"), "");
  EXPECT_EQ(text(row, "defaults.timelimit"), "inf");
  EXPECT_EQ(text(row, "limits.timelimit"), "inf");
  EXPECT_EQ(text(row, "limits.range.nnodes"), "0-0");
}

TEST(QueueRow, HasTitles) {
  EXPECT_EQ(queueFieldTitle("enabled"), "EN");
  EXPECT_EQ(queueFieldTitle("limits.range.nnodes"), "NNODES");
  EXPECT_EQ(queueFieldTitle("nosuch"), "");
}

}  // namespace
}  // namespace mc::flux::commands
