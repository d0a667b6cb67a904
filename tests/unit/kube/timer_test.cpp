#include "kube/timer.hpp"

#include <gtest/gtest.h>

#include <future>

namespace mc::kube {
namespace {

using namespace std::chrono_literals;

TEST(SystemTimer, CallsInTheOrderOfTime) {
  SystemTimer timer;
  std::vector<int> order;
  std::promise<void> done;
  const auto late = timer.after(20ms, [&] {
    order.push_back(2);
    done.set_value();
  });
  const auto early = timer.after(1ms, [&] { order.push_back(1); });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(SystemTimer, ADroppedHandleCancels) {
  SystemTimer timer;
  bool called = false;
  std::promise<void> done;
  auto canceled = timer.after(1h, [&] { called = true; });
  canceled.reset();
  const auto later = timer.after(1ms, [&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_FALSE(called);
}

TEST(SystemTimer, ACallbackMaySetTheNextOne) {
  SystemTimer timer;
  std::promise<void> done;
  base::Watch second;
  const auto first =
      timer.after(0ms, [&] { second = timer.after(0ms, [&] { done.set_value(); }); });
  done.get_future().wait();
}

TEST(SystemTimer, AHandleMayOutliveIt) {
  base::Watch handle;
  {
    SystemTimer timer;
    handle = timer.after(1h, [] {});
  }
  handle.reset();
}

TEST(Timer, SleepsUntilTheTimeOrTheStop) {
  SystemTimer timer;
  std::stop_source stop;
  EXPECT_TRUE(timer.sleep(1ms, stop.get_token()));
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(timer.sleep(1h, stop.get_token()));
}

}  // namespace
}  // namespace mc::kube
