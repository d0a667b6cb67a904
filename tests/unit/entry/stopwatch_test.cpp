#include "entry/stopwatch.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_loop.hpp"

namespace mc::entry {
namespace {

using namespace std::chrono_literals;

TEST(FluxTime, IsWrittenAsByTime) {
  EXPECT_EQ(fluxTime("fluxstart", 0ms), "FLUXTIME fluxstart wall time 0:00.00\n");
  EXPECT_EQ(fluxTime("x", 2359ms), "FLUXTIME x wall time 0:02.35\n");
  EXPECT_EQ(fluxTime("x", 61s + 50ms), "FLUXTIME x wall time 1:01.05\n");
  EXPECT_EQ(fluxTime("x", 3h + 4min + 5s + 999ms), "FLUXTIME x wall time 3:04:05\n");
}

TEST(Stopwatch, CountsFromItsMaking) {
  fakes::FakeLoop loop;
  loop.advance(5s);
  const Stopwatch watch(loop.clock());
  loop.advance(1500ms);
  EXPECT_EQ(watch.elapsed(), 1500ms);
}

}  // namespace
}  // namespace mc::entry
