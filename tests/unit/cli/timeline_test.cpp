// timeline: what it asks for, and where it puts the drawing.

#include <filesystem>

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class TimelineTest : public CliTest {
 protected:
  TimelineTest() {
    fake->clusterViews = {runningCluster()};
    fake->podViews = {runningPod(0, "x7k2p"), runningPod(1, "nmtt7"), runningPod(0, "other")};
    fake->podViews.back().cluster = "another";
    fake->onExec = [this] {
      return std::make_unique<fakes::FakeSession>(
          "minicluster journal 1 0\n" + std::to_string(static_cast<int64_t>(kNow - 30) * 1000) +
              " job fA 0 0 - - R 0 1 sleep\n",
          "", execStatus, &fake->resizes);
    };
  }

  int execStatus = 0;
};

TEST_F(TimelineTest, DrawsAChart) {
  EXPECT_EQ(run({"timeline", "flux-sample"}), 0);
  EXPECT_THAT(out.text, StartsWith("flux-sample (default): for 65 s now, Running\n"));
  EXPECT_THAT(out.text, HasSubstr("\nflux-sample-1-nmtt7 "));
  EXPECT_THAT(out.text, HasSubstr("\n  nginx "));
  EXPECT_THAT(out.text, HasSubstr("\nfA sleep "));
  EXPECT_THAT(out.text, Not(HasSubstr("other")));
  EXPECT_THAT(fake->calls, ElementsAre("journals default/flux-sample",
                                       "exec default/flux-sample-0-x7k2p flux-sample"));
  const std::string entry = "/opt/minicluster/bin/minicluster-entry";
  EXPECT_THAT(fake->execs.at(0).argv, ElementsAre(entry, "enter", "--", entry, "jobs"));
}

TEST_F(TimelineTest, AsksNobodyAfterTheEnd) {
  fake->clusterViews[0].finished = true;
  EXPECT_EQ(run({"timeline", "flux-sample"}), 0);
  EXPECT_THAT(fake->execs, ::testing::IsEmpty());
}

TEST_F(TimelineTest, SaysWhyThereAreNoJobs) {
  execStatus = 1;
  EXPECT_EQ(run({"timeline", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("No jobs to be had: Flux does not run (yet)"));
  fake->onExec = {};
  out.text.clear();
  EXPECT_EQ(run({"timeline", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("unable to upgrade connection: container not found"));
}

TEST_F(TimelineTest, HasFormsAndFiles) {
  EXPECT_EQ(run({"timeline", "flux-sample", "-o", "json"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\"kind\": \"Timeline\""));
  out.text.clear();
  const std::string file = ::testing::TempDir() + "timeline_test.svg";
  EXPECT_EQ(run({"timeline", "mc/flux-sample", "-o", file}), 0);
  EXPECT_EQ(out.text, "");
  EXPECT_THAT(base::readFile(file).value_or(""), StartsWith("<?xml"));
  std::filesystem::remove(file);
  EXPECT_EQ(run({"timeline", "flux-sample", "-o", "/no/such/directory/x.html"}), 1);
}

TEST_F(TimelineTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run({"timeline", "flux-sample", "-o", "png"}), 1);
  EXPECT_THAT(err.text, HasSubstr("unable to match a printer suitable for the output format "
                                  "\"png\", allowed formats are: html,json,svg,text"));
  EXPECT_EQ(run({"timeline", "nobody"}), 1);
  EXPECT_THAT(err.text, HasSubstr("Error from server (NotFound)"));
  EXPECT_EQ(run({"timeline"}), 1);
}

}  // namespace
}  // namespace mc::cli
