// The inner end of a forwarded port, as a process.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/fd.hpp"
#include "unit/entry/listener.hpp"

namespace mc::entry {
namespace {

/// `minicluster-entry connect PORT` with pipes.
class Connect : public testing::Test {
 protected:
  void start(const std::string& port) {
    base::Pipe toChild = std::move(base::makePipe().value());
    base::Pipe fromChild = std::move(base::makePipe().value());
    base::Pipe errors = std::move(base::makePipe().value());
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(toChild.read.get(), 0);
      ::dup2(fromChild.write.get(), 1);
      ::dup2(errors.write.get(), 2);
      ::execl(ENTRY_PROGRAM, ENTRY_PROGRAM, "connect", port.c_str(), nullptr);
      ::_exit(99);
    }
    input = std::move(toChild.write);
    output = std::move(fromChild.read);
    error = std::move(errors.read);
  }

  int status() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  base::Fd input;
  base::Fd output;
  base::Fd error;

 private:
  pid_t pid_ = -1;
};

TEST_F(Connect, JoinsStandardInputAndOutputToThePort) {
  Listener listener(AF_INET);
  ASSERT_TRUE(listener.open());
  std::thread server([&] {
    const base::Fd fd(::accept(listener.fd(), nullptr, nullptr));
    const auto all = base::readAll(fd.get(), "client");  // until the client's input has ended
    EXPECT_TRUE(base::writeAll(fd.get(), "[" + all.value_or("") + "]"));
  });
  start(std::to_string(listener.port()));
  ASSERT_TRUE(base::writeAll(input.get(), "hello"));
  input.reset();
  EXPECT_EQ(base::readAll(output.get(), "output").value(), "[hello]");
  server.join();
  EXPECT_EQ(status(), 0);
}

TEST_F(Connect, SaysWhyNobodyAnswers) {
  const Listener closed(AF_INET);
  const std::string port = std::to_string(closed.port());
  start(port);
  EXPECT_EQ(base::readAll(error.get(), "error").value(),
            "port " + port + ": 127.0.0.1: Connection refused\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(Connect, RefusesWhatIsNoPort) {
  for (const char* port : {"0", "65536", "http", "80x", ""}) {
    start(port);
    EXPECT_EQ(base::readAll(error.get(), "error").value(),
              "'" + std::string(port) + "' is no port\n");
    EXPECT_EQ(status(), 1);
  }
}

}  // namespace
}  // namespace mc::entry
