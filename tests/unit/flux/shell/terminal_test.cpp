#include "flux/shell/terminal.hpp"

#include <gtest/gtest.h>

#include "flux/shell/pty_options.hpp"
#include "flux/shell/task.hpp"

namespace mc::flux::shell {
namespace {

// A real task on a real pseudo-terminal, and a client of it.
class TerminalTest : public testing::Test {
 protected:
  void start(const char* script, bool wait = false) {
    auto terminal = Terminal::open(*loop_, wait);
    ASSERT_TRUE(terminal) << terminal.error().message;
    base::Command command;
    command.argv = {"sh", "-c", script};
    const auto started =
        task_.startOnTerminal(runner_, std::move(command), std::move(*terminal), true);
    ASSERT_TRUE(started) << started.error().message;
  }
  template <class Condition>
  void await(Condition condition) {
    std::function<void()> check = [&] { condition() ? loop_->stop() : loop_->post(check); };
    loop_->post(check);
    loop_->run();
  }

  // Sends a request as a client; what comes back is noted as payload texts and "errno N".
  void send(const std::string& payload, const char* sender = "a", bool streaming = false) {
    auto message = wire::makeRequest("s.terminus.0", wire::kNodeidAny, 1,
                                     streaming ? uint8_t{wire::kStreaming} : uint8_t{0});
    message.set(wire::kRoute);
    message.routes = {sender};
    message.setText(payload);
    const broker::Request request(std::move(message), [this](const wire::Message& answer) {
      answers_.push_back(answer.errnum() != 0 ? "errno " + std::to_string(answer.errnum())
                                              : std::string(answer.text()));
    });
    task_.terminal()->handle(request);
  }
  void attach(const char* sender = "a") {
    send(R"({"type":"attach","mode":"rw","winsize":{"rows":40,"cols":100}})", sender, true);
  }
  bool answered(const std::string& text) const {
    return std::find(answers_.begin(), answers_.end(), text) != answers_.end();
  }

  std::unique_ptr<base::Loop> loop_ = base::makeLoop();
  base::SystemProcessRunner runner_;
  std::string out_;
  int eofs_ = 0;
  int status_ = -1;
  std::vector<std::string> answers_;
  Task task_{*loop_,
             0,
             {[this](const formats::IoData& io) {
                out_ += io.data;
                eofs_ += io.eof;
              },
              [this](int status) { status_ = status; }, [] {}}};
};

TEST_F(TerminalTest, IsTheTasksControllingTerminal) {
  start("test -t 0 && test -t 1 && test -t 2 && echo yes > /dev/tty; exit 3");
  await([&] { return task_.done(); });
  EXPECT_EQ(out_, "yes\r\n");
  EXPECT_EQ(eofs_, 2);
  EXPECT_EQ(base::exitCode(status_), 3);
}

TEST_F(TerminalTest, WaitsForAClient) {
  start("echo hi; exit 3", true);
  await([&] { return status_ >= 0; });
  EXPECT_FALSE(task_.done());
  attach();
  await([&] { return task_.done(); });
  EXPECT_EQ(answers_,
            (std::vector<std::string>{
                R"({"type":"attach"})", R"({"type":"data","data":"hi\r\n"})",
                R"({"type":"exit","message":"exited with status 3","status":768})", "errno 61"}));
  attach();
  EXPECT_EQ(answers_.back(), "errno 38");
}

TEST_F(TerminalTest, DoesNotWaitForeverForAClient) {
  start("echo hi", true);
  task_.terminal()->abandon();
  await([&] { return task_.done(); });
  EXPECT_EQ(out_, "hi\r\n");
}

TEST_F(TerminalTest, CarriesInputAndSize) {
  start("stty -echo; echo ready; read x; stty size; echo got $x");
  attach();
  await([&] { return answered(R"({"type":"data","data":"ready\r\n"})"); });
  send(R"({"type":"data","data":"words\n"})");
  await([&] { return task_.done(); });
  EXPECT_EQ(out_, "ready\r\n40 100\r\ngot words\r\n");
}

// What is no text, a character in two pieces for one, goes in base64 in both directions.
TEST_F(TerminalTest, CarriesBytes) {
  start("stty -echo -opost; echo ready; read x; printf '%s\\377' \"$x\"");
  attach();
  await([&] { return answered(R"({"type":"data","data":"ready\n"})"); });
  send(R"({"type":"data","data":"w6Q=","encoding":"base64"})");
  send(R"({"type":"data","data":"\n"})");
  await([&] { return task_.done(); });
  EXPECT_EQ(out_, "ready\n\xc3\xa4\xff");
  EXPECT_TRUE(answered(R"({"type":"data","data":"w6T/","encoding":"base64"})"));
}

TEST_F(TerminalTest, EndsInputAsAKeyboardDoes) {
  task_.writeInput("one\n", false);
  start("stty -echo; cat");
  task_.writeInput("", true);
  await([&] { return task_.done(); });
  EXPECT_NE(out_.find("one\r\n"), std::string::npos);
  EXPECT_EQ(status_, 0);
}

TEST_F(TerminalTest, LetsClientsGo) {
  start("read x");
  attach("a");
  attach("b");
  send(R"({"type":"detach"})", "a");
  EXPECT_EQ(answers_.size(), 4U);  // two attached, one ended, the request answered
  EXPECT_TRUE(answered("errno 61"));
  task_.terminal()->disconnect("b");
  send(R"({"type":"data","data":"x\n"})", "c");
  await([&] { return task_.done(); });
  EXPECT_EQ(std::count(answers_.begin(), answers_.end(), "errno 61"), 2);
}

TEST_F(TerminalTest, RefusesNonsense) {
  start("read x");
  for (const char* bad :
       {"[]", "{}", R"({"type":"dance"})", R"({"type":"attach"})", R"({"type":"data","data":1})"}) {
    answers_.clear();
    send(bad);
    EXPECT_EQ(answers_, std::vector<std::string>{"errno 71"}) << bad;
  }
  send(R"({"type":"resize","winsize":{"rows":-1,"cols":1e300}})");
  send(R"({"type":"data","data":"x\n"})");
  await([&] { return task_.done(); });
  EXPECT_EQ(status_, 0);
}

PtyOptions optionsOf(const std::string& option) {
  const auto job = Job::make(
      1,
      R"({"resources":[{"type":"slot","count":4,"with":[{"type":"core","count":1}],)"
      R"("label":"task"}],"tasks":[{"command":["app"],"slot":"task","count":{"per_slot":1}}],)"
      R"("attributes":{"system":{"duration":0,"shell":{"options":{)" +
          option + R"(}}}},"version":1})",
      R"({"version":1,"execution":{"R_lite":[{"rank":"0","children":{"core":"0-3"}}],)"
      R"("starttime":0,"expiration":0,"nodelist":["a"]}})",
      0);
  const auto options = PtyOptions::of(job.value());
  EXPECT_TRUE(options) << option;
  return options.value_or(PtyOptions());
}

TEST(PtyOptions, AreAsDocumented) {
  EXPECT_TRUE(optionsOf("").ranks.empty());
  EXPECT_TRUE(optionsOf(R"("pty":0)").ranks.empty());
  const PtyOptions all = optionsOf(R"("pty":1)");
  EXPECT_EQ(all.ranks.str(), "0-3");
  EXPECT_TRUE(all.capture);
  EXPECT_FALSE(all.interactive);
  const PtyOptions interactive = optionsOf(R"("pty":{"interactive":1})");
  EXPECT_EQ(interactive.ranks.str(), "0");
  EXPECT_TRUE(interactive.interactive);
  EXPECT_FALSE(interactive.capture);
  EXPECT_TRUE(optionsOf(R"("pty":{"interactive":1,"capture":1})").capture);
  EXPECT_EQ(optionsOf(R"("pty":{"ranks":"1,3,9"})").ranks.str(), "1,3");
  EXPECT_EQ(optionsOf(R"("pty":{"ranks":2})").ranks.str(), "2");
  EXPECT_EQ(optionsOf(R"("pty":{"interactive":1,"ranks":"all"})").ranks.str(), "0-3");
}

}  // namespace
}  // namespace mc::flux::shell
