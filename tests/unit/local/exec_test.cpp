// Commands in containers, through the upgraded connection.

#include <gmock/gmock.h>
#include <thread>

#include "base/fd.hpp"
#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using testing::HasSubstr;

class Exec : public LocalFixture {
 protected:
  void SetUp() override { ASSERT_TRUE(create()); }

  OutputSink sink() {
    return [this](Stream stream, std::string_view bytes) {
      (stream == Stream::Out ? out : err) += bytes;
      return base::Status();
    };
  }

  base::Result<int> exec(const ExecRequest& request, const std::string& container = "") {
    MC_TRY_ASSIGN(const auto session,
                  engine->exec("flux-operator", "flux-sample-0", container, request, {}));
    return session->run(sink(), {});
  }

  std::string out;
  std::string err;
};

TEST_F(Exec, OutputAndExitStatusComeBack) {
  docker.with([](fakes::FakeDockerModel& model) {
    model.execResult = [](const boost::json::object&) { return 7; };
  });
  ExecRequest request;
  request.argv = {"ls", "-l"};
  EXPECT_EQ(exec(request, "nginx").value(), 7);
  EXPECT_EQ(out, "ls -l ");
  EXPECT_EQ(err, "warning\n");
}

TEST_F(Exec, InputIsPassedOnToItsEnd) {
  base::Pipe input = base::makePipe().value();
  const std::string text(200000, 'i');
  std::thread writer([&] {
    EXPECT_TRUE(base::writeAll(input.write.get(), text));
    input.write.reset();
  });
  ExecRequest request;
  request.argv = {"cat"};
  request.stdinFd = input.read.get();
  EXPECT_EQ(exec(request).value(), 0);
  writer.join();
  EXPECT_EQ(out, "cat " + text);
}

TEST_F(Exec, ATerminalGetsItsSizeAndNoFrames) {
  ExecRequest request;
  request.argv = {"bash"};
  request.tty = true;
  request.size = TerminalSize{24, 80};
  EXPECT_EQ(exec(request).value(), 0);
  EXPECT_EQ(out, "bash ");
  bool resized = false;
  for (const std::string& asked : docker.requests()) {
    resized = resized || asked.find("/resize?h=24&w=80") != std::string::npos;
  }
  EXPECT_TRUE(resized);
}

TEST_F(Exec, IntoAContainerThatEndedIsRefused) {
  docker.exitContainer(dockerName(0, "nginx"), 1);
  ExecRequest request;
  request.argv = {"true"};
  const auto result = exec(request, "nginx");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "unable to upgrade connection: container not found (\"nginx\")");
}

TEST_F(Exec, UnknownNamesAreRefused) {
  ExecRequest request;
  request.argv = {"true"};
  EXPECT_EQ(exec(request, "other").error().errnum, EINVAL);
  const auto pod = engine->exec("flux-operator", "none", "", request, {});
  ASSERT_FALSE(pod);
  EXPECT_EQ(pod.error().message, "pods \"none\" not found");
}

TEST_F(Exec, AStopEndsIt) {
  const base::Pipe input = base::makePipe().value();
  ExecRequest request;
  request.argv = {"cat"};
  request.stdinFd = input.read.get();
  auto session = engine->exec("flux-operator", "flux-sample-0", "", request, {});
  ASSERT_TRUE(session);
  std::stop_source source;
  const auto stopAtFirstOutput = [&](Stream, std::string_view) {
    source.request_stop();
    return base::Status();
  };
  const auto result = (*session)->run(stopAtFirstOutput, source.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, ECANCELED);
}

}  // namespace
}  // namespace mc::local
