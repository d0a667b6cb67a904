#include "cli/progress.hpp"

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using engine::PullProgress;

TEST(PullBar, ShowsShareAndBytes) {
  EXPECT_EQ(pullBar(pulling("nginx", 30'100'000, 60'200'000), 100),
            "nginx                            [============>           ]  50%  30.1 MB / 60.2 MB");
  EXPECT_EQ(pullBar(pulling("nginx"), 100),
            "nginx                            [>                       ]   0%  waiting");
  EXPECT_EQ(pullBar(pulling("nginx", 5, 5, true), 100),
            "nginx                            [========================] 100%  done");
  EXPECT_EQ(
      pullBar(pulling("ghcr.io/flux-framework/flux-restful-api:latest", 0, 0, false, "x"), 100),
      "...ework/flux-restful-api:latest [>                       ]   0%  failed");
}

TEST(PullBar, KeepsToANarrowTerminal) {
  const std::string bar =
      pullBar(pulling("ghcr.io/flux-framework/flux-restful-api:latest", 1, 2), 40);
  EXPECT_EQ(bar, "...estful-api:latest  50%  1 B / 2 B");
  EXPECT_LT(pullBar(pulling("x", 1, UINT64_MAX), 20).size(), 20u);
}

TEST(StepText, UsesWords) {
  EXPECT_EQ(stepText("start", 1, 5), "Starting containers 1/5");
  EXPECT_EQ(stepText("start", 5, 5), "Started 5 containers");
  EXPECT_EQ(stepText("start pods", 1, 2), "Starting pods 1/2");
  EXPECT_EQ(stepText("start pods", 1, 1), "Started 1 pod");
  EXPECT_EQ(stepText("stop", 1, 1), "Stopped 1 container");
  EXPECT_EQ(stepText("remove", 0, 2), "Removing containers 0/2");
  EXPECT_EQ(stepText("prepare", 0, 2), "prepare 0/2");
}

class ProgressViewTest : public ::testing::Test {
 protected:
  StringOutput out;
  fakes::FakeClock clock;
};

TEST_F(ProgressViewTest, PlainLinesElsewhere) {
  ProgressView view(out, clock, false);
  view.pull(pulling("a"));
  view.pull(pulling("a", 1, 2));
  view.pull(pulling("b"));
  view.pull(pulling("a", 2, 2, true));
  view.pull(pulling("a", 2, 2, true));
  view.pull(pulling("b", 0, 0, false, "no such image"));
  view.note("nginx answers");
  view.step("stop", 1, 2);
  view.step("stop", 2, 2);
  EXPECT_EQ(out.text,
            "Pulling a\nPulling b\nPulled a (2 B)\nPulling b failed: no such image\n"
            "nginx answers\nStopped 2 containers\n");
}

TEST_F(ProgressViewTest, BarsAreRedrawnInPlaceAndNotTooOften) {
  out.isTerminal = true;
  {
    ProgressView view(out, clock, false);
    view.pull(pulling("a", 1, 4));
    const std::string first = pullBar(pulling("a", 1, 4), 100) + "\n";
    EXPECT_EQ(out.text, first);
    view.pull(pulling("a", 2, 4));
    EXPECT_EQ(out.text, first);
    clock.elapsed += std::chrono::milliseconds(60);
    view.pull(pulling("a", 3, 4));
    EXPECT_EQ(out.text, first + "\x1b[1F\x1b[J" + pullBar(pulling("a", 3, 4), 100) + "\n");
    view.step("start", 1, 2);
    out.text.clear();
  }
  EXPECT_EQ(out.text, "\x1b[2F\x1b[J");
}

TEST_F(ProgressViewTest, QuietShowsNothing) {
  out.isTerminal = true;
  ProgressView view(out, clock, true);
  view.pull(pulling("a"));
  view.step("start", 1, 1);
  view.note("x");
  EXPECT_EQ(out.text, "");
}

TEST_F(ProgressViewTest, AClosedStderrHarmsNothing) {
  out.failWith = EPIPE;
  ProgressView view(out, clock, false);
  view.note("x");
  EXPECT_EQ(out.text, "");
}

}  // namespace
}  // namespace mc::cli
