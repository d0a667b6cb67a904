#include "base/signal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mc::base {
namespace {

TEST(Signal, CallsAllThatAreConnected) {
  Signal<int> signal;
  std::string seen;
  EXPECT_TRUE(signal.empty());
  signal.emit(0);
  const Watch first = signal.connect([&](int value) { seen += "a" + std::to_string(value); });
  Watch second = signal.connect([&](int value) { seen += "b" + std::to_string(value); });
  signal.emit(1);
  second.reset();
  signal.emit(2);
  EXPECT_EQ(seen, "a1b1a2");
}

TEST(Signal, CallbacksMayLeaveWhileItIsEmitted) {
  Signal<> signal;
  std::string seen;
  Watch first;
  Watch second;
  first = signal.connect([&] {
    seen += "a";
    first.reset();
    second.reset();
  });
  second = signal.connect([&] { seen += "b"; });
  signal.emit();
  signal.emit();
  EXPECT_EQ(seen, "a");
  EXPECT_TRUE(signal.empty());
}

TEST(Signal, WhoJoinsWhileItIsEmittedIsCalledNextTime) {
  Signal<> signal;
  std::string seen;
  Watch late;
  const Watch first = signal.connect([&] {
    seen += "a";
    if (!late) late = signal.connect([&] { seen += "b"; });
  });
  signal.emit();
  EXPECT_EQ(seen, "a");
  signal.emit();
  EXPECT_EQ(seen, "aab");
}

TEST(Signal, MayGoBeforeItsConnections) {
  auto signal = std::make_unique<Signal<>>();
  std::string seen;
  Watch watch;
  watch = signal->connect([&] {
    signal.reset();
    seen += "a";
  });
  signal->emit();
  EXPECT_EQ(seen, "a");
  watch.reset();
}

}  // namespace
}  // namespace mc::base
