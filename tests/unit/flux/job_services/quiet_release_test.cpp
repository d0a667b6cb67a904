#include "flux/services/quiet_release.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_loop.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

TEST(QuietRelease, WaitsForQuietUnderLoad) {
  fakes::FakeLoop loop;
  QuietRelease quiet(loop);
  for (int i = 0; i < QuietRelease::kAtOnce; ++i) quiet.now();
  EXPECT_EQ(loop.timers(), 0u);  // done at once
  quiet.now();
  EXPECT_EQ(loop.timers(), 1u);
  loop.advance(60ms);
  quiet.later();  // still not quiet
  loop.advance(60ms);
  EXPECT_EQ(loop.timers(), 1u);
  loop.advance(40ms);
  EXPECT_EQ(loop.timers(), 0u);
  quiet.now();
  EXPECT_EQ(loop.timers(), 1u);
}

}  // namespace
}  // namespace mc::flux::services
