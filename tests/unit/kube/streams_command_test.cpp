#include "kube/streams_command.hpp"

#include <thread>

#include "unit/kube/streams_fixture.hpp"

namespace mc::kube {
namespace {

using testing::HasSubstr;

class CommandTest : public StreamsTest {
 protected:
  const std::vector<std::string> both{"v5.channel.k8s.io", "v4.channel.k8s.io"};

  std::unique_ptr<RemoteCommand> exec(CommandOptions options) {
    auto command = RemoteCommand::exec(*session, pod, options, {});
    EXPECT_TRUE(command) << command.error().message;
    return std::move(*command);
  }

  base::Result<int> run(RemoteCommand& command, const std::stop_token& stop = {}) {
    return command.run(
        [this](OutputStream stream, std::string_view data) {
          (stream == OutputStream::Out ? out : err) += data;
          return base::Status();
        },
        stop);
  }

  std::string out;
  std::string err;
};

TEST_F(CommandTest, AsksForWhatItIsTold) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(3, kSuccess));
  });
  const auto command = exec({.container = "main", .argv = {"sh", "-c", "echo a&b"}, .size = {}});
  EXPECT_EQ(run(*command).value(), 0);
  EXPECT_EQ(server->last().path, "/api/v1/namespaces/ns/pods/flux-0/exec");
  const http::Query expected{{"command", "sh"},     {"command", "-c"},  {"command", "echo a&b"},
                             {"container", "main"}, {"stdout", "true"}, {"stderr", "true"}};
  EXPECT_EQ(server->last().query, expected);
}

TEST_F(CommandTest, ATerminalHasOneOutput) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(3, kSuccess));
  });
  EXPECT_EQ(run(*exec({.container = {}, .argv = {"sh"}, .tty = true, .size = {}})).value(), 0);
  const http::Query expected{{"command", "sh"}, {"stdout", "true"}, {"tty", "true"}};
  EXPECT_EQ(server->last().query, expected);
}

TEST_F(CommandTest, TellsOutputApartAndTheExitStatus) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(1, ""));
    (void)socket.send(framed(1, "to stdout"));
    (void)socket.send(framed(2, "to stderr"));
    // The status may overtake output.
    (void)socket.send(framed(3, R"({"status":"Failure","reason":"NonZeroExitCode",)"
                                R"("details":{"causes":[{"reason":"ExitCode","message":"3"}]}})"));
    (void)socket.send(framed(1, ", late"));
  });
  EXPECT_EQ(run(*exec({.container = {}, .argv = {"x"}, .size = {}})).value(), 3);
  EXPECT_EQ(out, "to stdout, late");
  EXPECT_EQ(err, "to stderr");
}

TEST_F(CommandTest, PassesInputOnWithItsEnd) {
  serve(both, [](http::WebSocket& socket, const std::stop_token& stop) {
    std::string input;
    while (true) {
      const std::string message = next(socket, stop);
      if (message.empty() || message == std::string("\xff\0", 2)) break;
      input += message.substr(1);
    }
    (void)socket.send(framed(1, std::to_string(input.size()) + input.substr(0, 3)));
    (void)socket.send(framed(3, kSuccess));
  });
  base::Pipe pipe = std::move(base::makePipe().value());
  const std::string text = "abc" + std::string(1 << 20, 'x');
  std::jthread writer([&] {
    (void)base::writeAll(pipe.write.get(), text);
    pipe.write.reset();
  });
  EXPECT_EQ(run(*exec({.container = {}, .argv = {"cat"}, .stdinFd = pipe.read.get(), .size = {}}))
                .value(),
            0);
  EXPECT_EQ(out, std::to_string(text.size()) + "abc");
  EXPECT_THAT(server->last().query, testing::Contains(testing::Pair("stdin", "true")));
}

TEST_F(CommandTest, CarriesMuchBothWaysAtOnce) {
  serve(both, [](http::WebSocket& socket, const std::stop_token& stop) {
    while (true) {
      std::string message = next(socket, stop);
      if (message.empty() || message == std::string("\xff\0", 2)) break;
      message[0] = 1;
      (void)socket.send(message);
    }
    (void)socket.send(framed(3, kSuccess));
  });
  base::Pipe pipe = std::move(base::makePipe().value());
  const std::string text(4 << 20, 'y');
  std::jthread writer([&] {
    (void)base::writeAll(pipe.write.get(), text);
    pipe.write.reset();
  });
  EXPECT_EQ(run(*exec({.container = {}, .argv = {"cat"}, .stdinFd = pipe.read.get(), .size = {}}))
                .value(),
            0);
  EXPECT_EQ(out.size(), text.size());
}

TEST_F(CommandTest, AnOldServerIsTalkedToInItsProtocol) {
  serve({"v4.channel.k8s.io"}, [](http::WebSocket& socket, const std::stop_token& stop) {
    (void)socket.send(framed(1, next(socket, stop).substr(1)));
    (void)socket.send(framed(3, kSuccess));
  });
  base::Pipe pipe = std::move(base::makePipe().value());
  ASSERT_TRUE(base::writeAll(pipe.write.get(), "hello"));
  pipe.write.reset();
  EXPECT_EQ(run(*exec({.container = {}, .argv = {"cat"}, .stdinFd = pipe.read.get(), .size = {}}))
                .value(),
            0);
  EXPECT_EQ(out, "hello");
}

TEST_F(CommandTest, ResizesAtTheStartAndWhileItRuns) {
  std::vector<std::string> sizes;
  serve(both, [&](http::WebSocket& socket, const std::stop_token& stop) {
    sizes.push_back(next(socket, stop));
    (void)socket.send(framed(1, "ready"));
    sizes.push_back(next(socket, stop));
    (void)socket.send(framed(3, kSuccess));
  });
  const auto command =
      exec({.container = {}, .argv = {"vi"}, .tty = true, .size = TerminalSize{24, 80}});
  std::jthread resizer;
  const auto status = command->run(
      [&](OutputStream, std::string_view) {
        resizer = std::jthread([&] { EXPECT_TRUE(command->resize({50, 132})); });
        return base::Status();
      },
      {});
  EXPECT_EQ(status.value(), 0);
  server.reset();
  EXPECT_THAT(sizes, testing::ElementsAre("\x04{\"Width\":80,\"Height\":24}",
                                          "\x04{\"Width\":132,\"Height\":50}"));
}

TEST_F(CommandTest, ARefusalIsTheServersError) {
  start([](const http::ServerRequest&, http::Exchange& exchange) {
    (void)exchange.reply(json(404, R"({"kind":"Status","status":"Failure","reason":"NotFound",)"
                                   R"("message":"pods \"flux-0\" not found","code":404})"));
  });
  const auto command =
      RemoteCommand::exec(*session, pod, {.container = {}, .argv = {"x"}, .size = {}}, {});
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().reason, Reason::NotFound);
  EXPECT_EQ(command.error().message, "pods \"flux-0\" not found");
}

TEST_F(CommandTest, AnOpeningThatBreaksIsNotRepeated) {
  // The command may have started already.
  start([](const http::ServerRequest&, http::Exchange& exchange) { exchange.breakOff(); });
  const auto command =
      RemoteCommand::exec(*session, pod, {.container = {}, .argv = {"x"}, .size = {}}, {});
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().reason, Reason::Connection);
  EXPECT_EQ(server->requests().size(), 1u);
}

TEST_F(CommandTest, AnEndWithoutAStatusIsAnError) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) { socket.abort(); });
  const auto status = run(*exec({.container = {}, .argv = {"x"}, .size = {}}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, EIO);
}

TEST_F(CommandTest, ACommandThatCannotStartIsAnError) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(3, R"({"kind":"Status","status":"Failure","reason":"InternalError",)"
                                R"("message":"exec: \"nope\": not found","code":500})"));
  });
  const auto status = run(*exec({.container = {}, .argv = {"nope"}, .size = {}}));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("\"nope\": not found"));
}

TEST_F(CommandTest, AFailedSinkEndsIt) {
  serve(both,
        [](http::WebSocket& socket, const std::stop_token&) { (void)socket.send(framed(1, "x")); });
  const auto command = exec({.container = {}, .argv = {"x"}, .size = {}});
  const auto status = command->run(
      [](OutputStream, std::string_view) -> base::Status { return base::fail(EPIPE, "closed"); },
      {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, EPIPE);
}

TEST_F(CommandTest, AStopEndsIt) {
  serve(both, [](http::WebSocket& socket, const std::stop_token& stop) { next(socket, stop); });
  const auto command = exec({.container = {}, .argv = {"sleep"}, .size = {}});
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });
  const auto status = run(*command, source.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().errnum, ECANCELED);
}

TEST_F(CommandTest, AttachesToTheMainProcess) {
  serve(both, [](http::WebSocket& socket, const std::stop_token&) {
    (void)socket.send(framed(1, "output"));
    (void)socket.send(framed(3, kSuccess));
  });
  auto command =
      RemoteCommand::attach(*session, pod, {.container = "main", .argv = {}, .size = {}}, {});
  ASSERT_TRUE(command);
  EXPECT_EQ(run(**command).value(), 0);
  EXPECT_EQ(out, "output");
  EXPECT_EQ(server->last().path, "/api/v1/namespaces/ns/pods/flux-0/attach");
}

TEST(ExitStatus, NonsenseIsAnError) {
  EXPECT_FALSE(exitStatusOf(""));
  EXPECT_FALSE(exitStatusOf("[]"));
  EXPECT_FALSE(exitStatusOf("{}"));
  EXPECT_FALSE(exitStatusOf(R"({"status":"Failure","reason":"NonZeroExitCode"})"));
  EXPECT_FALSE(exitStatusOf(R"({"status":"Failure","reason":"NonZeroExitCode","details":{"causes":)"
                            R"([1,{"reason":"ExitCode","message":"3x"}]}})"));
}

}  // namespace
}  // namespace mc::kube
