#include "flux/broker/quiet.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_loop.hpp"

namespace mc::flux::broker {
namespace {

using namespace std::chrono_literals;

TEST(Quiet, ReleasesOnceAfterEachSpellOfActivity) {
  fakes::FakeLoop loop;
  int released = 0;
  Quiet quiet(loop, [&] { ++released; });
  loop.advance(1h);
  EXPECT_EQ(released, 0);
  quiet.stir();
  loop.advance(900ms);
  quiet.stir();
  loop.advance(900ms);
  EXPECT_EQ(released, 0);
  loop.advance(1h);
  EXPECT_EQ(released, 1);
  quiet.stir();
  loop.advance(1001ms);
  EXPECT_EQ(released, 2);
}

}  // namespace
}  // namespace mc::flux::broker
