#include "local/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>

namespace mc::local {
namespace {

TEST(Parallel, DoesAllOnce) {
  std::vector<std::atomic<int>> done(100);
  ASSERT_TRUE(forEachParallel(done.size(), [&](size_t i) {
    ++done[i];
    return base::Status();
  }));
  for (const auto& count : done) EXPECT_EQ(count, 1);
  EXPECT_TRUE(forEachParallel(0, [](size_t) -> base::Status { return base::fail(EIO, "x"); }));
}

TEST(Parallel, IsSideBySide) {
  std::barrier<> together(4);
  EXPECT_TRUE(forEachParallel(4, [&](size_t) {
    together.arrive_and_wait();
    return base::Status();
  }));
}

TEST(Parallel, ReturnsTheFirstFailureAndBeginsNoMore) {
  std::atomic<int> begun = 0;
  const auto result = forEachParallel(1000, [&](size_t i) -> base::Status {
    ++begun;
    return base::fail(EIO, std::to_string(i));
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "0");
  EXPECT_LE(begun, 16);
}

}  // namespace
}  // namespace mc::local
