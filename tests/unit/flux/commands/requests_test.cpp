// What commands ask a broker for, byte by byte: flux-core's takes no other spelling, where ours may
// be more lenient than the tests of both together show.

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/pty_client.hpp"
#include "unit/flux/client/byte_server.hpp"

namespace mc::flux::commands {
namespace {

using client::ByteServer;
using client::RawMessage;

constexpr uint32_t kEndOfStream = 61;  // ENODATA
constexpr uint8_t kUpstream = 0x10;
constexpr uint8_t kStreaming = 0x40;
constexpr uint8_t kNoResponse = 0x04;

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

  // Runs a command against a broker that does what `script` says; its output goes to out_.
  int run(int (*command)(const Args&), const Args& args, const ByteServer::Script& script) {
    ByteServer server(path_, [&script](ByteServer& s) {
      s.sendByte(0);
      script(s);
    });
    testing::internal::CaptureStdout();
    const int status = command(args);
    out_ = testing::internal::GetCapturedStdout();
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
  EXPECT_EQ(out_, "broker.info[0]: goodbye\n");
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

// flux-core's server refuses a client without a window, and what is no text goes in base64.
TEST_F(RequestsTest, AttachesToATerminalWithoutOne) {
  RawMessage attach;
  RawMessage input;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const base::Fd before(::dup(STDIN_FILENO));
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  ASSERT_EQ(::write(ends[1], "x\xff", 2), 2);
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
  ::dup2(before.get(), STDIN_FILENO);
  ::close(ends[1]);
  EXPECT_EQ(attach.flags & kStreaming, kStreaming);
  EXPECT_EQ(attach.aux1, 4u);
  expectPayload(attach, R"({"type":"attach","mode":"rw","winsize":{"rows":25,"cols":80}})");
  expectPayload(input, R"({"type":"data","data":"eP8=","encoding":"base64"})");
  EXPECT_EQ(out_, "\xc3\xa4\xff");
}

}  // namespace
}  // namespace mc::flux::commands
