#include "entry/capture.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "fakes/fake_loop.hpp"

namespace mc::entry {
namespace {

TEST(Capture, GivesWhatWasWritten) {
  fakes::FakeLoop loop;
  const auto capture = Capture::open(loop, 100);
  ASSERT_TRUE(capture);
  ASSERT_TRUE(base::writeAll((*capture)->writeFd(), "one\n"));
  EXPECT_EQ((*capture)->text(), "one\n");
  ASSERT_TRUE(base::writeAll((*capture)->writeFd(), "two\n"));
  EXPECT_EQ((*capture)->text(), "one\ntwo\n");
  EXPECT_TRUE((*capture)->complete());
}

TEST(Capture, KeepsTheLastPart) {
  fakes::FakeLoop loop;
  const auto capture = Capture::open(loop, 10);
  ASSERT_TRUE(base::writeAll((*capture)->writeFd(), std::string(50000, 'a') + "0123456789"));
  EXPECT_EQ((*capture)->text(), "0123456789");
  EXPECT_FALSE((*capture)->complete());
}

TEST(Capture, MakesRoomForProgramsThatGoOn) {
  const auto loop = base::makeLoop();
  const auto capture = Capture::open(*loop, 10);
  const int fd = (*capture)->writeFd();
  ASSERT_TRUE(base::setNonblocking(fd));
  // More than any pipe holds: it only gets through if the loop reads at the other end.
  size_t left = 4u << 20;
  const std::string block(4096, 'x');
  const auto writer = loop->writable(fd, [&] {
    const ssize_t n = ::write(fd, block.data(), std::min(left, block.size()));
    if (n > 0) left -= static_cast<size_t>(n);
    if (left == 0) loop->stop();
  });
  loop->run();
  EXPECT_EQ((*capture)->text(), "xxxxxxxxxx");
}

}  // namespace
}  // namespace mc::entry
