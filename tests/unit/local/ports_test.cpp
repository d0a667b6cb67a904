// Ports of pods and Services, and the way to them through the engine.

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <thread>

#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using engine::Forwarded;
using testing::Contains;
using testing::HasSubstr;

class Ports : public LocalFixture {
 protected:
  Ports() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    local.reset(ends[0]);
    user.reset(ends[1]);
  }
  void SetUp() override { ASSERT_TRUE(create()); }

  base::Result<engine::Backend> behind(Forwarded kind, const std::string& name) {
    return engine->backend(kind, ref.ns, name, std::chrono::milliseconds(10'000), {});
  }

  /// One connection with all that the user sends; what comes back.
  std::string talk(uint16_t port, const std::string& sent) {
    EXPECT_TRUE(base::writeAll(user.get(), sent));
    ::shutdown(user.get(), SHUT_WR);
    const auto done = engine->forward(ref.ns, "flux-sample-0", port, local, {});
    if (!done) return "error: " + done.error().message;
    local.reset();
    return base::readAll(user.get(), "user").value_or("");
  }

  base::Fd local;
  base::Fd user;
};

TEST_F(Ports, AreReachedThroughThePodsPauseContainer) {
  EXPECT_EQ(talk(80, "hello"), "/opt/minicluster/bin/minicluster-entry connect 80 hello");
  const std::string pause = containerCopy(dockerName(0, "")).id;
  EXPECT_THAT(docker.requests(), Contains(HasSubstr("/containers/" + pause + "/exec")));
}

TEST_F(Ports, OneThatNobodyAnswersAtSaysSo) {
  docker.with([](fakes::FakeDockerModel& model) {
    model.execResult = [](const boost::json::object&) { return 1; };
  });
  EXPECT_EQ(talk(81, ""), "error: warning");
}

TEST_F(Ports, OfAPodThatIsNotThere) {
  const auto none = engine->forward(ref.ns, "none", 80, local, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().errnum, ENOENT);
}

TEST_F(Ports, OfServicesAreThoseOfARunningPod) {
  const auto found = behind(Forwarded::Service, "nginx");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->pod, engine->pod(ref.ns, "flux-sample-0", {})->name);
  ASSERT_EQ(found->ports.size(), 1U);
  EXPECT_EQ(found->ports[0].target, 80);
  EXPECT_EQ(behind(Forwarded::Service, "none").error().message, "services \"none\" not found");
}

TEST_F(Ports, OfAPodThatRuns) {
  EXPECT_TRUE(behind(Forwarded::Pod, "flux-sample-0")->pod.starts_with("flux-sample-0-"));
  EXPECT_EQ(behind(Forwarded::Pod, "none").error().message, "pods \"none\" not found");
  docker.exitContainer(dockerName(0, "flux-sample"), 0);
  docker.exitContainer(dockerName(0, "nginx"), 0);
  EXPECT_EQ(behind(Forwarded::Pod, "flux-sample-0").error().message,
            "unable to forward port because pod is not running. Current status=Succeeded");
}

}  // namespace
}  // namespace mc::local
