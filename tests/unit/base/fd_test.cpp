#include "base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "temporary_directory.hpp"

namespace mc::base {
namespace {

bool isOpen(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(Fd, ClosesWhatItOwns) {
  int number = -1;
  {
    const Fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(isOpen(number));
  }
  EXPECT_FALSE(isOpen(number));
}

TEST(Fd, MovesAndReleases) {
  Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  Fd third;
  third = std::move(second);
  EXPECT_EQ(third.release(), number);
  EXPECT_FALSE(third);
  EXPECT_TRUE(isOpen(number));
  ::close(number);
}

TEST(Fd, PipesCloseOnExec) {
  const auto pipe = makePipe();
  ASSERT_TRUE(pipe);
  EXPECT_EQ(::fcntl(pipe->read.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(pipe->write.get(), F_GETFD), FD_CLOEXEC);
}

TEST(Fd, Nonblocking) {
  const auto pipe = makePipe();
  ASSERT_TRUE(setNonblocking(pipe->read.get()));
  char byte = 0;
  EXPECT_EQ(::read(pipe->read.get(), &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_FALSE(setNonblocking(-1));
}

TEST(Fd, WritesMoreThanAPipeHolds) {
  auto pipe = makePipe();
  const std::string data(1u << 20, 'x');
  std::thread writer([&] {
    EXPECT_TRUE(writeAll(pipe->write.get(), data));
    pipe->write.reset();
  });
  const auto read = readAll(pipe->read.get(), "pipe");
  writer.join();
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == data);
}

TEST(Fd, WriteAllReportsTheError) {
  EXPECT_EQ(writeAll(-1, "x").error().errnum, EBADF);
  EXPECT_TRUE(writeAll(-1, ""));
}

TEST(ReadFile, ReadsAWholeFile) {
  const TemporaryDirectory directory;
  const std::string content = std::string(200000, 'x') + '\0' + "end";
  ASSERT_TRUE(writeFileAtomic(directory.file("a"), content, 0600));
  EXPECT_TRUE(readFile(directory.file("a")).value() == content);
}

TEST(ReadFile, RefusesALargerOne) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(writeFileAtomic(directory.file("a"), "12345", 0600));
  EXPECT_TRUE(readFile(directory.file("a"), 5));
  const auto refused = readFile(directory.file("a"), 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errnum, EFBIG);
  EXPECT_EQ(refused.error().message, directory.file("a") + ": larger than 4 bytes");
}

TEST(ReadFile, AbsentFile) {
  const auto result = readFile("/nowhere/file");
  EXPECT_EQ(result.error().errnum, ENOENT);
  EXPECT_EQ(result.error().message, "/nowhere/file: No such file or directory");
}

TEST(WriteFileAtomic, ReplacesContentAndMode) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a");
  ASSERT_TRUE(writeFileAtomic(path, "old", 0644));
  ASSERT_TRUE(writeFileAtomic(path, "new", 0400));
  EXPECT_EQ(readFile(path).value(), "new");
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0400u);
}

TEST(WriteFileAtomic, LeavesNothingBehindWhenItFails) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::mkdir(directory.file("a").c_str(), 0700), 0);
  ASSERT_TRUE(writeFileAtomic(directory.file("a/inner"), "x", 0600));
  EXPECT_FALSE(writeFileAtomic(directory.file("a"), "x", 0600));  // a directory that isn't empty
  const auto entries = std::filesystem::directory_iterator(directory.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
  EXPECT_FALSE(writeFileAtomic("/nowhere/file", "x", 0600));
}

}  // namespace
}  // namespace mc::base
