#include "cli/full_disks.hpp"

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(FullDiskLine, IsTheLastThatTellsOfOne) {
  EXPECT_THAT(fullDiskLine(""), IsEmpty());
  EXPECT_THAT(fullDiskLine("all\nis well\n"), IsEmpty());
  EXPECT_EQ(
      fullDiskLine("write a: No space left on device\nwrite b: no space left on device\nok\n"),
      "write b: no space left on device");
  EXPECT_EQ(fullDiskLine("Disk quota exceeded"), "Disk quota exceeded");
  const std::string path(400, 'p');
  EXPECT_EQ(fullDiskLine("level=error " + path + ": no space left on device, in a request"),
            "..." + path.substr(0, 158) + ": no space left on device");
}

class FullDisks : public CliTest {
 protected:
  FullDisks() {
    fake->clusterViews = {runningCluster()};
    fake->podViews = {runningPod(0, "x7k2p")};
    for (auto& pod : fake->podViews) pod.containers[0].kind = plan::ContainerKind::Flux;
    fake->onExec = [this] {
      return std::make_unique<fakes::FakeSession>("", "", 0, &fake->resizes);
    };
  }
};

TEST_F(FullDisks, AreToldByStatusAndDescribe) {
  fake->logPieces["flux-sample-0-x7k2p/nginx"] = {"GET /\nwrite /data: No space ",
                                                  "left on device\n"};
  for (const auto& words : {std::vector<std::string>{"status", "flux-sample"},
                            std::vector<std::string>{"describe", "mc", "flux-sample"}}) {
    out.text.clear();
    EXPECT_EQ(run(words), 0);
    EXPECT_THAT(out.text, HasSubstr("\npod flux-sample-0-x7k2p: container nginx: its disk is full: "
                                    "write /data: No space left on device\n"));
  }
  EXPECT_EQ(fake->logOptions.at(0).tail, 20);
}

TEST_F(FullDisks, OfTheJobAreItsOwnAffair) {
  fake->logPieces["flux-sample-0-x7k2p/flux-sample"] = {"No space left on device\n"};
  EXPECT_EQ(run({"status", "flux-sample"}), 0);
  EXPECT_THAT(out.text, Not(HasSubstr("its disk is full")));
}

TEST_F(FullDisks, ALeadWithoutFluxIsDescribed) {
  fake->clusterViews[0].leadPod = "flux-sample-0-x7k2p";
  fake->onExec = [this] {
    return std::make_unique<fakes::FakeSession>(
        "", "minicluster-entry: Flux does not run in this container yet: it is being prepared\n", 1,
        &fake->resizes);
  };
  EXPECT_EQ(run({"describe", "mc", "flux-sample"}), 0);
  EXPECT_THAT(out.text, HasSubstr("\nFlux:  flux-sample-0-x7k2p: Flux does not run in this "
                                  "container yet: it is being prepared\n"));
}

}  // namespace
}  // namespace mc::cli
