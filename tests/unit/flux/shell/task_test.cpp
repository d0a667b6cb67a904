#include "flux/shell/task.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace mc::flux::shell {
namespace {

// Runs one real task and collects what it does.
class TaskTest : public testing::Test {
 protected:
  TaskTest() { std::signal(SIGPIPE, SIG_IGN); }

  base::Status start(std::vector<std::string> argv, Task::Streams streams = {}) {
    base::Command command;
    command.argv = std::move(argv);
    command.newGroup = true;
    return task_.start(runner_, std::move(command), streams);
  }
  void finish() {
    while (!task_.done()) loop_->run();
  }

  std::unique_ptr<base::Loop> loop_ = base::makeLoop();
  base::SystemProcessRunner runner_;
  std::string out_;
  std::vector<std::string> pieces_;
  int eofs_ = 0;
  int status_ = -1;
  Task task_{*loop_,
             7,
             {[this](const formats::IoData& io) {
                EXPECT_EQ(io.rank, "7");
                if (io.eof) ++eofs_;
                if (!io.data.empty()) pieces_.push_back(io.stream + ":" + io.data);
                out_ += io.data;
                if (task_.done()) loop_->stop();
              },
              [this](int status) {
                status_ = status;
                if (task_.done()) loop_->stop();
              },
              [] {}}};
};

TEST_F(TaskTest, CarriesOutputAndStatus) {
  ASSERT_TRUE(start({"sh", "-c", "printf 'a\\nb'; exit 3"}));
  finish();
  EXPECT_EQ(out_, "a\nb");
  EXPECT_EQ(eofs_, 2);
  EXPECT_EQ(base::exitCode(status_), 3);
}

TEST_F(TaskTest, HoldsBackPartsOfLines) {
  // The reader of the fifo lets the task go on only when it has seen what came before.
  ASSERT_TRUE(start({"sh", "-c", "printf ab; read x; printf 'c\\n'"}));
  task_.writeInput("go\n", true);
  finish();
  EXPECT_EQ(pieces_, std::vector<std::string>{"stdout:abc\n"});
}

TEST_F(TaskTest, GivesInputQueuedBeforeTheStart) {
  task_.writeInput("early ", false);
  ASSERT_TRUE(start({"cat"}));
  task_.writeInput("late", true);
  finish();
  EXPECT_EQ(out_, "early late");
  EXPECT_EQ(status_, 0);
}

TEST_F(TaskTest, SurvivesATaskThatDoesNotRead) {
  ASSERT_TRUE(start({"true"}));
  task_.writeInput(std::string(1u << 20, 'x'), true);
  finish();
  EXPECT_EQ(status_, 0);
  EXPECT_EQ(task_.inputBacklog(), 0u);
}

TEST_F(TaskTest, PassesSignalsOn) {
  ASSERT_TRUE(start({"sh", "-c", "echo up; exec sleep 1000"}));
  while (out_.empty()) {
    const base::Watch tick = loop_->after(std::chrono::milliseconds(1), [this] { loop_->stop(); });
    loop_->run();
  }
  task_.signal(SIGTERM);
  finish();
  EXPECT_EQ(base::exitCode(status_), 128 + SIGTERM);
}

TEST_F(TaskTest, SaysWhyItDidNotStart) {
  const auto started = start({"/nosuch/cmd"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().errnum, ENOENT);
  EXPECT_EQ(started.error().message, "/nosuch/cmd: No such file or directory");
}

}  // namespace
}  // namespace mc::flux::shell
