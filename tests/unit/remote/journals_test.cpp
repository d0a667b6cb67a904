#include <boost/json.hpp>

#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Journals : public RemoteTest {
 protected:
  Journals() { makePod(0, "abcde"); }

  /// Puts a termination message into the container's `state` or `lastState`.
  void setMessage(const char* state, const std::string& message) {
    ASSERT_TRUE(server.change("pods", "default", "flux-sample-0-abcde", [&](auto& pod) {
      auto& status = pod.at("status").at("containerStatuses").at(0).get_object();
      status[state].emplace_object()["terminated"] =
          boost::json::object{{"exitCode", 1}, {"message", message}};
    }));
  }
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    const auto journals = engine->journals({"default", "flux-sample"}, {}).value();
    for (const auto& journal : journals) all.push_back(journal.pod + ": " + journal.text);
    return all;
  }
};

TEST_F(Journals, AreTheTerminationMessagesOfContainersThatEnded) {
  EXPECT_THAT(texts(), IsEmpty());
  endPod("flux-sample-0-abcde", 1);
  EXPECT_THAT(texts(), IsEmpty());
  setMessage("state", "minicluster journal 1 5\n0 error no room\n0 end 1\n");
  setMessage("lastState", "minicluster journal 1 3\n0 end 1");
  EXPECT_THAT(texts(), ElementsAre("flux-sample-0-abcde: minicluster journal 1 3\n0 end 1\n"
                                   "minicluster journal 1 5\n0 error no room\n0 end 1\n"));
  EXPECT_THAT(streams->opened, IsEmpty());
  // To people they say only what went wrong.
  const auto pods = engine->pods("default", {}).value();
  EXPECT_EQ(pods.at(0).containers.at(0).message, "no room");
}

TEST_F(Journals, AreNotWhatOthersWrote) {
  endPod("flux-sample-0-abcde", 1);
  setMessage("state", "out of luck");
  EXPECT_THAT(texts(), IsEmpty());
  EXPECT_EQ(engine->pods("default", {}).value().at(0).containers.at(0).message, "out of luck");
}

TEST_F(Journals, AreAskedOfContainersThatRun) {
  startPod("flux-sample-0-abcde");
  EXPECT_THAT(texts(), IsEmpty());
  streams->printed = "minicluster journal 1 5\n0 phase pre\n";
  EXPECT_THAT(texts(), ElementsAre("flux-sample-0-abcde: " + streams->printed));
  EXPECT_EQ(streams->opened.back(),
            "exec default/flux-sample-0-abcde/flux-sample: /opt/minicluster/bin/minicluster-entry");
  streams->printed = "something else";
  EXPECT_THAT(texts(), IsEmpty());
}

}  // namespace
}  // namespace mc::remote
