// What commands ask a broker for, byte by byte: flux-core's takes no other spelling, where ours may
// be more lenient than the tests of both together show.

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/attach.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/pty_client.hpp"
#include "unit/flux/client/byte_server.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

using client::ByteServer;
using client::RawMessage;

constexpr uint32_t kEndOfStream = 61;  // ENODATA
constexpr uint8_t kUpstream = 0x10;
constexpr uint8_t kStreaming = 0x40;
constexpr uint8_t kNoResponse = 0x04;

// Standard input, with something in it and no end.
class Typed {
 public:
  explicit Typed(std::string_view text) : before_(::dup(STDIN_FILENO)) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    writer_ = base::Fd(ends[1]);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  ~Typed() { ::dup2(before_.get(), STDIN_FILENO); }

 private:
  base::Fd before_;
  base::Fd writer_;
};

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() {
    char path[] = "/tmp/mc-requests-XXXXXX";
    directory_ = ::mkdtemp(path);
    path_ = directory_ + "/local";
    ::setenv("FLUX_URI", ("local://" + path_).c_str(), 1);
    ::setenv("FLUX_LOCAL_CONNECTOR_RETRY_COUNT", "0", 1);
  }
  ~RequestsTest() override {
    ::rmdir(directory_.c_str());
    ::unsetenv("FLUX_URI");
  }

  // Runs a command against a broker that does what `script` says; its output goes to out_ and err_.
  int run(int (*command)(const Args&), const Args& args, const ByteServer::Script& script) {
    ByteServer server(path_, [&script](ByteServer& s) {
      s.sendByte(0);
      script(s);
    });
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = command(args);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }
  static void expectPayload(const RawMessage& message, const std::string& text) {
    EXPECT_EQ(message.payload, text + '\0');
  }
  static RawMessage answer(ByteServer& s, const std::string& topic, const std::string& text) {
    const RawMessage request = s.receive();
    EXPECT_EQ(request.topic, topic);
    s.sendResponse(request, 0, text);
    return request;
  }

  std::string directory_;
  std::string path_;
  std::string out_;
  std::string err_;
};

// RFC 3: the rank of the first broker, and a flag. There is no rank that means "upstream".
TEST_F(RequestsTest, PingsUpstreamByFlag) {
  RawMessage ping;
  const int status = run(pingMain, {"-c", "1", "upstream"}, [&](ByteServer& s) {
    expectPayload(answer(s, "attr.get", R"({"value":"3","flags":1})"), R"({"name":"rank"})");
    ping = answer(s, "broker.ping", R"({"seq":0,"pad":"","route":"x!1","userid":0,"rolemask":1})");
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ping.flags & kUpstream, kUpstream);
  EXPECT_EQ(ping.aux1, 3u);
  EXPECT_NE(out_.find("upstream!broker.ping pad=0 seq=0"), std::string::npos) << out_;
}

TEST_F(RequestsTest, PingsARankWithoutTheFlag) {
  RawMessage ping;
  EXPECT_EQ(run(pingMain, {"-c", "1", "2!kvs"},
                [&](ByteServer& s) { ping = answer(s, "kvs.ping", R"({"route":"x!2"})"); }),
            0);
  EXPECT_EQ(ping.flags & kUpstream, 0);
  EXPECT_EQ(ping.aux1, 2u);
}

// flux-core's broker waits at the end of the log until the one that reads it has left.
TEST_F(RequestsTest, LeavesTheLogOfAShutdown) {
  RawMessage start;
  RawMessage leave;
  const int status = run(shutdownMain, {}, [&](ByteServer& s) {
    start = answer(s, "shutdown.start", R"({"log":"broker.info[0]: goodbye\n"})");
    s.sendResponse(start, kEndOfStream, "", false);
    leave = s.receive();
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(err_, "broker.info[0]: goodbye\n");
  EXPECT_EQ(start.flags & kStreaming, kStreaming);
  expectPayload(start, R"({"loglevel":6})");
  EXPECT_EQ(leave.topic, "shutdown.disconnect");
  EXPECT_EQ(leave.flags & kNoResponse, kNoResponse);
  EXPECT_EQ(leave.aux1, start.aux1);
  EXPECT_EQ(leave.aux2, 0u);
}

TEST_F(RequestsTest, SkipsTheDumpOfAShutdown) {
  const int status = run(shutdownMain, {"--skip-gc", "--background"}, [&](ByteServer& s) {
    const RawMessage remove = s.receive();
    EXPECT_EQ(remove.topic, "attr.rm");
    expectPayload(remove, R"({"name":"content.dump"})");
    s.sendResponse(remove, ENOENT, "", false);
    const RawMessage start = answer(s, "shutdown.start", "{}");
    EXPECT_EQ(start.flags & kStreaming, 0);
  });
  EXPECT_EQ(status, 0);
}

// flux-core's broker tells of each change on a stream, and knows no state to wait for.
TEST_F(RequestsTest, WaitsForAStateOfTheOverlayOnAStream) {
  RawMessage health;
  const int status =
      run(overlayMain, {"status", "--summary", "--wait=full", "-r", "2"}, [&](ByteServer& s) {
        health = answer(s, "overlay.health",
                        R"({"rank":2,"status":"partial","duration":1.5,"children":[]})");
        s.sendResponse(health, 0, R"({"rank":2,"status":"full","duration":0.1,"children":[]})");
      });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(out_, "full\n");
  EXPECT_EQ(health.flags & kStreaming, kStreaming);
  EXPECT_EQ(health.aux1, 2u);
  expectPayload(health, "{}");
}

TEST_F(RequestsTest, WaitsForAStateNoLongerThanTheTimeout) {
  const int status =
      run(overlayMain, {"status", "--summary", "--wait=full", "-t", "1ms"}, [&](ByteServer& s) {
        answer(s, "overlay.health",
               R"({"rank":0,"status":"partial","duration":1.5,"children":[]})");
        EXPECT_NE(s.receive().type, 1);  // the end of the connection
      });
  EXPECT_EQ(status, 1);
  EXPECT_EQ(err_, "flux-overlay: Connection timed out\n");
}

// The number of an event comes with the answer to a request only.
TEST_F(RequestsTest, PublishesInOrderByARequest) {
  RawMessage request;
  const auto serve = [&](ByteServer& s) { request = answer(s, "event.pub", R"({"seq":3})"); };
  EXPECT_EQ(run(eventMain, {"pub", "-s", "-p", "a.b", "{}"}, serve), 0);
  expectPayload(request, R"({"topic":"a.b","flags":32,"payload":"e30A"})");
  EXPECT_EQ(run(eventMain, {"pub", "-s", "-r", "a", "xy"}, serve), 0);
  expectPayload(request, R"({"topic":"a","flags":0,"payload":"eHk="})");
}

// flux-core's server refuses a client without a window, and what is no text goes in base64.
TEST_F(RequestsTest, AttachesToATerminalWithoutOne) {
  RawMessage attach;
  RawMessage input;
  const Typed typed("x\xff");
  const auto command = [](const Args&) {
    const auto loop = base::makeLoop();
    const auto handle = client::Handle::open(*loop, client::brokerUri());
    PtyClient terminal(**handle, "0-shell-f1.terminus.0", 4, {[] {}, [&] { loop->stop(); }});
    loop->run();
    return 0;
  };
  run(command, {}, [&](ByteServer& s) {
    attach = answer(s, "0-shell-f1.terminus.0", R"({"type":"attach"})");
    input = s.receive();
    s.sendResponse(attach, 0, R"({"type":"data","data":"w6T/","encoding":"base64"})");
    s.sendResponse(attach, kEndOfStream, "", false);
  });
  EXPECT_EQ(attach.flags & kStreaming, kStreaming);
  EXPECT_EQ(attach.aux1, 4u);
  expectPayload(attach, R"({"type":"attach","mode":"rw","winsize":{"rows":25,"cols":80}})");
  expectPayload(input, R"({"type":"data","data":"eP8=","encoding":"base64"})");
  EXPECT_EQ(out_, "\xc3\xa4\xff");
}

// Where queues have names flux-core's broker knows no other: "a named queue is required".
TEST_F(RequestsTest, AsksForEachQueueByName) {
  std::vector<std::string> asked;
  run(uptimeMain, {}, [&](ByteServer& s) {
    for (RawMessage request = s.receive(); request.type == 1; request = s.receive()) {
      std::string text = R"({"value":"1","flags":1,"state":"run"})";
      if (request.topic == "job-manager.queue-list") text = R"({"queues":["batch","debug"]})";
      if (request.topic == "job-manager.queue-status") {
        asked.push_back(request.payload.c_str());
        text = R"({"enable":false,"start":)" + std::string(asked.size() > 1 ? "true}" : "false}");
      }
      s.sendResponse(request, 0, text);
    }
  });
  EXPECT_EQ(asked, (std::vector<std::string>{R"({"name":"batch"})", R"({"name":"debug"})"}));
  EXPECT_NE(out_.find("\n  submit disabled\n"), std::string::npos) << out_;
}

std::string eventOf(const std::string& name, const std::string& context) {
  return formats::toJson(json::object{
      {"event", R"({"timestamp":1.0,"name":")" + name + R"(","context":)" + context + "}\n"}});
}

// Shells leave the tasks that get no input open until they are told.
TEST_F(RequestsTest, ClosesTheInputOfTheOtherTasks) {
  RawMessage others;
  RawMessage input;
  const Typed typed("hi\n");
  const auto command = [](const Args&) {
    const auto loop = base::makeLoop();
    const auto handle = client::Handle::open(*loop, client::brokerUri());
    AttachOptions options;
    options.stdinRanks = "1,9";
    return Attach(**handle, 7, options).run();
  };
  run(command, {}, [&](ByteServer& s) {
    s.sendResponse(s.receive(), 0, eventOf("start", "{}"));
    const RawMessage exec = s.receive();
    expectPayload(exec, R"({"id":7,"path":"guest.exec.eventlog","flags":1})");
    expectPayload(s.receive(), R"({"id":7,"path":"guest.output","flags":1})");
    s.sendResponse(exec, 0,
                   eventOf("shell.init", R"({"service":"0-shell-f7","leader-rank":3,"size":2})"));
    s.sendResponse(exec, 0,
                   eventOf("shell.start", R"({"taskmap":{"version":1,"map":[[0,2,2,1]]}})"));
    others = answer(s, "0-shell-f7.stdin", "{}");
    input = s.receive();
  });
  EXPECT_NE(err_.find("flux-job: warning: adjusting --stdin-ranks from 1,9 to 1\n"),
            std::string::npos)
      << err_;
  EXPECT_EQ(others.aux1, 3u);
  expectPayload(others, R"({"stream":"stdin","rank":"0,2-3","eof":true})");
  EXPECT_EQ(input.topic, "0-shell-f7.stdin");
  expectPayload(input, R"({"stream":"stdin","rank":"1","data":"hi\n"})");
}

}  // namespace
}  // namespace mc::flux::commands
