#include "flux/services/rexec/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::services {
namespace {

using fakes::Asked;
using fakes::FakeHost;
namespace json = boost::json;

/// Real processes on a real loop.
class RexecTest : public testing::Test {
 protected:
  RexecTest() {
    host.otherLoop = loop.get();
    host.attributes["local-uri"] = "local:///nowhere";
  }
  ~RexecTest() override { rexec.reset(); }

  template <class Condition>
  void await(Condition condition) {
    std::function<void()> check = [&] { condition() ? loop->stop() : loop->post(check); };
    loop->post(check);
    loop->run();
  }

  static std::string execPayload(json::array cmdline, int flags, json::object more = {}) {
    json::object cmd{{"cwd", "/"},
                     {"cmdline", std::move(cmdline)},
                     {"env", json::object{{"PATH", "/usr/bin:/bin"}}},
                     {"opts", json::object{}},
                     {"channels", json::array{}}};
    for (auto& [key, value] : more) cmd[key] = value;
    return json::serialize(json::object{{"cmd", cmd}, {"flags", flags}});
  }

  Asked& exec(json::array cmdline, int flags = 3, json::object more = {}) {
    asked.push_back(std::make_unique<Asked>(
        "rexec.exec", execPayload(std::move(cmdline), flags, std::move(more)), wire::kStreaming));
    rexec->handle(asked.back()->request());
    return *asked.back();
  }
  static json::array shell(const char* script) { return {"sh", "-c", script}; }

  void awaitEnd(Asked& process) {
    await([&] { return process.last().errnum != 0; });
  }
  uint32_t call(const char* topic, const std::string& payload) {
    Asked request(topic, payload);
    rexec->handle(request.request());
    return request.last().errnum;
  }

  /// What a stream has printed, and how often its end was told.
  static std::pair<std::string, int> output(const Asked& process, std::string_view stream) {
    std::string data;
    int ends = 0;
    for (const auto& reply : process.replies()) {
      const auto payload = reply.json();
      if (!payload.is_object() || payload.at("type") != "output") continue;
      const auto io = formats::decodeIo(payload.at("io").as_object());
      if (!io || io->stream != stream) continue;
      data += io->data;
      ends += io->eof ? 1 : 0;
    }
    return {data, ends};
  }
  static int status(const Asked& process) {
    for (const auto& reply : process.replies()) {
      const auto payload = reply.json();
      if (payload.is_object() && payload.at("type") == "finished")
        return static_cast<int>(payload.at("status").as_int64());
    }
    return -1;
  }

  std::unique_ptr<base::Loop> loop = base::makeLoop();
  FakeHost host;
  base::SystemProcessRunner runner;
  std::unique_ptr<Rexec> rexec = std::make_unique<Rexec>(host, runner);
  std::vector<std::unique_ptr<Asked>> asked;
};

TEST_F(RexecTest, TellsStartOutputEndAndStatus) {
  Asked& process = exec(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(process.replies().at(0).json().at("type").as_string(), "started");
  awaitEnd(process);
  EXPECT_EQ(process.last().errnum, static_cast<uint32_t>(ENODATA));
  EXPECT_EQ(output(process, "stdout"), std::pair(std::string("out\n"), 1));
  EXPECT_EQ(output(process, "stderr"), std::pair(std::string("err\n"), 1));
  EXPECT_EQ(WEXITSTATUS(status(process)), 3);
}

TEST_F(RexecTest, MissingProgramIsEnoent) {
  Asked& process = exec({"nosuchcmd"});
  EXPECT_EQ(process.last().errnum, static_cast<uint32_t>(ENOENT));
  EXPECT_EQ(process.last().text, "error launching process: No such file or directory");
}

TEST_F(RexecTest, GivesExactlyTheEnvironmentAndTheBrokersUri) {
  Asked& process = exec({"env"});
  awaitEnd(process);
  const std::string text = output(process, "stdout").first;
  EXPECT_THAT(text, testing::HasSubstr("FLUX_URI=local:///nowhere\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("HOME=")));
}

TEST_F(RexecTest, BytesThatAreNoTextComeThrough) {
  Asked& process = exec(shell("printf '\\377\\001\\000x'"));
  awaitEnd(process);
  EXPECT_EQ(output(process, "stdout").first, std::string("\xff\x01\0x", 4));
}

TEST_F(RexecTest, InputReachesTheProcess) {
  Asked& process = exec({"cat"});
  const std::string io = R"("io":{"stream":"stdin","rank":"0",)";
  rexec->handle(
      Asked("rexec.write", R"({"matchtag":1,)" + io + R"("data":"hello\n"}})", wire::kNoResponse)
          .request());
  rexec->handle(
      Asked("rexec.write", R"({"matchtag":1,)" + io + R"("eof":true}})", wire::kNoResponse)
          .request());
  awaitEnd(process);
  EXPECT_EQ(output(process, "stdout").first, "hello\n");
}

TEST_F(RexecTest, InputMayBeAddressedByLabel) {
  Asked& process = exec({"cat"}, 3, {{"label", "shell-1"}});
  rexec->handle(
      Asked(
          "rexec.write",
          R"({"matchtag":0,"label":"shell-1","io":{"stream":"stdin","rank":"0","data":"x","eof":true}})",
          wire::kNoResponse, "another-sender")
          .request());
  awaitEnd(process);
  EXPECT_EQ(output(process, "stdout").first, "x");
}

TEST_F(RexecTest, LargeInputPassesWhileOutputIsRead) {
  Asked& process = exec({"wc", "-c"}, 3 | 8);
  const std::string chunk(1u << 20, 'x');
  for (int i = 0; i < 8; ++i)
    rexec->handle(
        Asked("rexec.write",
              json::serialize(json::object{
                  {"matchtag", 1},
                  {"io", json::object{{"stream", "stdin"}, {"rank", "0"}, {"data", chunk}}}}),
              wire::kNoResponse)
            .request());
  rexec->handle(Asked("rexec.write",
                      R"({"matchtag":1,"io":{"stream":"stdin","rank":"0","eof":true}})",
                      wire::kNoResponse)
                    .request());
  awaitEnd(process);
  EXPECT_EQ(output(process, "stdout").first, std::to_string(8 << 20) + "\n");
  int64_t credit = 0;
  for (const auto& reply : process.replies()) {
    const auto payload = reply.json();
    if (payload.is_object() && payload.at("type") == "add-credit")
      credit += payload.at("channels").at("stdin").as_int64();
  }
  EXPECT_EQ(credit, (4 << 20) + (8 << 20));
}

TEST_F(RexecTest, KillReachesTheWholeGroup) {
  Asked& process = exec(shell("sleep 1000 & wait"), 3, {{"label", "x"}});
  const auto pid = process.replies().at(0).json().at("pid").as_int64();
  EXPECT_EQ(call("rexec.kill", R"({"pid":-1,"label":"x","signum":15})"), 0U);
  awaitEnd(process);  // the sleep held stdout open: it has gone, too
  EXPECT_EQ(WTERMSIG(status(process)), SIGTERM);
  EXPECT_EQ(call("rexec.kill", R"({"pid":)" + std::to_string(pid) + R"(,"signum":15})"),
            static_cast<uint32_t>(ESRCH));
  EXPECT_EQ(call("rexec.kill", R"({"pid":1,"signum":15})"), static_cast<uint32_t>(ESRCH));
}

TEST_F(RexecTest, ProcessEndsWithItsClient) {
  Asked& process = exec({"sleep", "1000"});
  EXPECT_EQ(rexec->running(), 1U);
  rexec->disconnect("client-1");
  await([&] { return rexec->running() == 0; });
  EXPECT_EQ(process.replies().size(), 1U);  // started; nobody hears of the end
}

TEST_F(RexecTest, ChannelsAreSocketsToTheClient) {
  // dash has no descriptors above 9.
  Asked& process = exec({"bash", "-c", "read x <&$TALK; echo got $x >&$TALK"}, 3 | 4,
                        {{"channels", json::array{"TALK"}}});
  rexec->handle(Asked("rexec.write",
                      R"({"matchtag":1,"io":{"stream":"TALK","rank":"0","data":"ping\n"}})",
                      wire::kNoResponse)
                    .request());
  awaitEnd(process);
  EXPECT_EQ(output(process, "TALK"), std::pair(std::string("got ping\n"), 1));
}

TEST_F(RexecTest, BackgroundProcessGoesToTheLogAndCanBeWaitedFor) {
  Asked start("rexec.exec", execPayload(shell("echo hi; exit 4"), 16));
  rexec->handle(start.request());
  ASSERT_EQ(start.last().errnum, 0U);
  const auto pid = start.last().json().at("pid").as_int64();
  Asked wait("rexec.wait", R"({"pid":)" + std::to_string(pid) + "}");
  rexec->handle(wait.request());
  await([&] { return !wait.replies().empty(); });
  EXPECT_EQ(WEXITSTATUS(wait.last().json().at("status").as_int64()), 4);
  const std::string name = "sh[" + std::to_string(pid) + "]: ";
  ASSERT_EQ(host.logged.size(), 2U);
  EXPECT_EQ(host.logged[0].text, name + "hi");
  EXPECT_EQ(host.logged[1].text, name + "Exit 4");
}

TEST_F(RexecTest, ListsWhatRuns) {
  exec({"sleep", "1000"}, 3, {{"label", "nap"}});
  Asked list("rexec.list");
  rexec->handle(list.request());
  const auto entry = list.last().json().at("procs").at(0);
  EXPECT_EQ(entry.at("cmd").as_string(), "sleep");
  EXPECT_EQ(entry.at("label").as_string(), "nap");
  EXPECT_EQ(entry.at("state").as_string(), "R");
}

TEST_F(RexecTest, ShutDownEndsAll) {
  exec({"sleep", "1000"});
  exec(shell("trap '' TERM; while :; do sleep 1000; done"));
  bool done = false;
  rexec->shutDown(std::chrono::milliseconds(50), [&] { done = true; });
  EXPECT_EQ(exec({"true"}).last().errnum, static_cast<uint32_t>(ENOSYS));
  await([&] { return done; });
  EXPECT_EQ(rexec->running(), 0U);
}

TEST_F(RexecTest, RefusesBadRequests) {
  EXPECT_EQ(call("rexec.exec", "{}"), static_cast<uint32_t>(EPROTO));
  EXPECT_EQ(call("rexec.exec", R"({"cmd":{},"flags":0})"), static_cast<uint32_t>(EPROTO));
  EXPECT_EQ(exec({}).last().errnum, static_cast<uint32_t>(EPROTO));
  EXPECT_EQ(exec({json::string("a\0b", 3)}).last().errnum, static_cast<uint32_t>(EINVAL));
  EXPECT_EQ(exec({"true"}, 16).last().errnum, static_cast<uint32_t>(EINVAL));
  exec({"sleep", "1000"}, 3, {{"label", "same"}});
  EXPECT_EQ(exec({"true"}, 3, {{"label", "same"}}).last().errnum, static_cast<uint32_t>(EEXIST));
  Asked guest("rexec.exec", execPayload({"true"}, 0));
  guest.as(1001, wire::kRoleUser);
  rexec->handle(guest.request());
  EXPECT_EQ(guest.last().errnum, static_cast<uint32_t>(EPERM));
}

}  // namespace
}  // namespace mc::flux::services
