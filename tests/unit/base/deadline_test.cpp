#include "base/deadline.hpp"

#include <gtest/gtest.h>

namespace mc::base {
namespace {

TEST(Deadline, PassesAStopOn) {
  std::stop_source source;
  const Deadline deadline(std::nullopt, source.get_token());
  EXPECT_FALSE(deadline.token().stop_requested());
  source.request_stop();
  EXPECT_TRUE(deadline.token().stop_requested());
  EXPECT_FALSE(deadline.expired());
}

TEST(Deadline, Expires) {
  const Deadline deadline(std::chrono::milliseconds(1), {});
  std::atomic<bool> ended = false;
  const std::stop_callback onStop(deadline.token(), [&] {
    ended = true;
    ended.notify_all();
  });
  ended.wait(false);
  EXPECT_TRUE(deadline.expired());
}

}  // namespace
}  // namespace mc::base
