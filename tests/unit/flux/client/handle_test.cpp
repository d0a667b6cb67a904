#include "flux/client/handle.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "byte_server.hpp"
#include "flux/client/job_watch.hpp"

namespace mc::flux::client {
namespace {

class HandleTest : public testing::Test {
 protected:
  HandleTest() {
    char path[] = "/tmp/mc-client-XXXXXX";
    directory_ = ::mkdtemp(path);
    path_ = directory_ + "/local";
    ::setenv("FLUX_LOCAL_CONNECTOR_RETRY_COUNT", "0", 1);
  }
  ~HandleTest() override { ::rmdir(directory_.c_str()); }

  std::unique_ptr<Handle> connect() {
    auto handle = Handle::open(*loop_, "local://" + path_);
    EXPECT_TRUE(handle) << handle.error().message;
    return handle ? std::move(*handle) : nullptr;
  }

  std::unique_ptr<base::Loop> loop_ = base::makeLoop();
  std::string directory_;
  std::string path_;
};

// flux-core's handlers that unpack optional keys fail with EPROTO where there is no payload.
TEST_F(HandleTest, SendsAnEmptyObjectWhereThereIsNothingToSay) {
  RawMessage request;
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    request = s.receive();
    s.sendResponse(request, 0, "{}");
  });
  const auto handle = connect();
  ASSERT_TRUE(handle->call("job-manager.queue-status"));
  EXPECT_EQ(request.flags & 0x03, 0x03);
  EXPECT_EQ(request.payload, std::string("{}") + '\0');
}

TEST_F(HandleTest, SendsARequestAsFluxDoes) {
  RawMessage request;
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    request = s.receive();
    s.sendResponse(request, 0, R"({"value":"2","flags":1})");
  });
  const auto handle = connect();
  const auto answer = handle->call("attr.get", {{"name", "size"}}, 3);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->at("value").as_string(), "2");
  EXPECT_EQ(request.type, 1);
  EXPECT_EQ(request.flags & 0x03, 0x03);
  EXPECT_EQ(request.topic, "attr.get");
  EXPECT_EQ(request.payload, std::string(R"({"name":"size"})") + '\0');
  EXPECT_EQ(request.userid, 0xffffffffu);
  EXPECT_EQ(request.rolemask, 0u);
  EXPECT_EQ(request.aux1, 3u);
  EXPECT_EQ(request.aux2, 1u);  // matchtags count from 1
}

TEST_F(HandleTest, TellsErrorsWithAndWithoutText) {
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    s.sendResponse(s.receive(), 2, "unknown job id");
    s.sendResponse(s.receive(), 2, "", false);
    s.sendResponse(s.receive(), 0, "not json");
  });
  const auto handle = connect();
  const auto first = handle->call("job-manager.raise", {{"id", 1}});
  EXPECT_EQ(first.error().errnum, ENOENT);
  EXPECT_EQ(first.error().message, "unknown job id");
  EXPECT_EQ(handle->call("attr.get").error().message, "No such file or directory");
  EXPECT_EQ(handle->call("attr.get").error().errnum, EPROTO);
}

TEST_F(HandleTest, FollowsAStreamToItsEnd) {
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    const RawMessage request = s.receive();
    EXPECT_EQ(request.flags & 0x40, 0x40);
    EXPECT_EQ(request.payload, std::string(R"({"id":5,"path":"eventlog","flags":0})") + '\0');
    s.sendResponse(request, 0, R"({"event":"{\"timestamp\":1.5,\"name\":\"submit\"}\n"})");
    s.sendResponse(
        request, 0,
        R"({"event":"{\"timestamp\":2,\"name\":\"a\"}\n{\"timestamp\":3,\"name\":\"b\"}\n"})");
    s.sendResponse(request, 61, "", false);
  });
  const auto handle = connect();
  std::string names;
  int end = 0;
  JobWatch watch(*handle, 5, "eventlog", false,
                 {[&](const formats::Event& event, std::string_view) { names += event.name + " "; },
                  [&](const base::Error& error) {
                    end = error.errnum;
                    loop_->stop();
                  }});
  loop_->run();
  EXPECT_EQ(names, "submit a b ");
  EXPECT_EQ(end, ENODATA);
}

TEST_F(HandleTest, CancelsAWatchThatIsDropped) {
  RawMessage cancel;
  uint32_t matchtag = 0;
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    matchtag = s.receive().aux2;
    cancel = s.receive();
  });
  const auto handle = connect();
  {
    const JobWatch watch(*handle, 5, "eventlog", true, {});
  }
  EXPECT_TRUE(handle->flush());
  const auto closed = handle->call("attr.get");  // answered by the server's end
  EXPECT_FALSE(closed);
  EXPECT_EQ(cancel.topic, "job-info.eventlog-watch-cancel");
  EXPECT_EQ(cancel.flags & 0x04, 0x04);
  EXPECT_EQ(cancel.payload,
            "{\"matchtag\":" + std::to_string(matchtag) + "}" + std::string(1, '\0'));
}

TEST_F(HandleTest, DeliversEventsToSubscribers) {
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    const RawMessage subscribe = s.receive();
    EXPECT_EQ(subscribe.topic, "event.subscribe");
    s.sendResponse(subscribe, 0, "", false);
    s.sendEvent("other.topic", "{}", 1);
    s.sendEvent("shell-7.kill", R"({"signum":15})", 2);
  });
  const auto handle = connect();
  std::string seen;
  const Watch watch = handle->subscribe("shell-7.", [&](const wire::Message& message) {
    seen = message.topic + std::string(message.text());
    loop_->stop();
  });
  loop_->run();
  EXPECT_EQ(seen, R"(shell-7.kill{"signum":15})");
}

TEST_F(HandleTest, AnswersRequestsForItsService) {
  RawMessage answer;
  RawMessage refusal;
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    const RawMessage add = s.receive();
    EXPECT_EQ(add.topic, "service.add");
    EXPECT_EQ(add.payload, std::string(R"({"service":"0-shell-f1"})") + '\0');
    s.sendResponse(add, 0, "", false);
    s.sendRequest("0-shell-f1.stdin", R"({"eof":true})", 9);
    answer = s.receive();
    s.sendRequest("nobody.stdin", "{}", 10);
    refusal = s.receive();
  });
  const auto handle = connect();
  std::string method;
  const Watch service = handle->addService(
      "0-shell-f1",
      [&](const broker::Request& request) {
        method = request.method();
        request.respond(json::object{{"ok", true}});
      },
      nullptr);
  handle->onClosed([&](const base::Error&) { loop_->stop(); });
  loop_->run();
  EXPECT_EQ(method, "stdin");
  EXPECT_EQ(answer.type, 2);
  EXPECT_EQ(answer.aux1, 0u);
  EXPECT_EQ(answer.aux2, 9u);
  EXPECT_EQ(answer.routes, std::vector<std::string>{"caller-uuid"});
  EXPECT_EQ(refusal.aux1, static_cast<uint32_t>(ENOSYS));
}

TEST_F(HandleTest, FailsPendingCallsWhenTheBrokerGoes) {
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    s.receive();
    s.hangUp();
  });
  const auto handle = connect();
  bool closed = false;
  handle->onClosed([&](const base::Error&) { closed = true; });
  EXPECT_EQ(handle->call("attr.get").error().errnum, ECONNRESET);
  EXPECT_TRUE(closed);
  EXPECT_EQ(handle->call("attr.get").error().errnum, ECONNRESET);
}

TEST_F(HandleTest, EndsOnBytesThatAreNoMessage) {
  ByteServer server(path_, [&](ByteServer& s) {
    s.sendByte(0);
    s.receive();
    s.sendRaw("GET / HTTP/1.1\r\n\r\n");
    s.receive();
  });
  const auto handle = connect();
  EXPECT_EQ(handle->call("attr.get").error().errnum, ECONNRESET);
}

TEST_F(HandleTest, TellsWhyItIsRefused) {
  {
    ByteServer server(path_, [](ByteServer& s) { s.sendByte(EPERM); });
    const auto handle = Handle::open(*loop_, "local://" + path_);
    ASSERT_FALSE(handle);
    EXPECT_EQ(handle.error().errnum, EPERM);
  }
  const auto nobody = Handle::open(*loop_, "local://" + path_);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().errnum, ENOENT);
  EXPECT_EQ(nobody.error().message, "broker socket " + path_ + " was not found");
}

TEST_F(HandleTest, WaitsForABrokerThatComesLate) {
  ::setenv("FLUX_LOCAL_CONNECTOR_RETRY_COUNT", "5", 1);
  std::unique_ptr<ByteServer> server;
  const base::Watch later = loop_->after(std::chrono::milliseconds(1), [&] {
    server = std::make_unique<ByteServer>(path_, [](ByteServer& s) { s.sendByte(0); });
  });
  EXPECT_TRUE(Handle::open(*loop_, "local://" + path_));
}

}  // namespace
}  // namespace mc::flux::client
