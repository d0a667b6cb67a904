#include "base/status.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace mc::base {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(EDOM, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  MC_TRY_ASSIGN(const int once, half(value));
  MC_TRY_ASSIGN(const int twice, half(once));
  return twice;
}

Status check(int value) {
  if (value < 0) return fail(ERANGE, "negative");
  return {};
}

Status checkAll(int a, int b) {
  MC_TRY(check(a));
  MC_TRY(check(b));
  return {};
}

TEST(Status, CarriesAValueOrAnError) {
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(half(3).error().errnum, EDOM);
  EXPECT_EQ(half(3).error().message, "odd");
}

TEST(Status, TryAssignPassesTheFirstErrorOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().errnum, EDOM);
}

TEST(Status, TryPassesTheFirstErrorOn) {
  EXPECT_TRUE(checkAll(1, 2));
  EXPECT_EQ(checkAll(1, -2).error().errnum, ERANGE);
}

TEST(Status, PrefixesGoInFront) {
  EXPECT_EQ(half(3).prefixed("input").prefixed("file").error().message, "file: input: odd");
  EXPECT_EQ(half(4).prefixed("input").value(), 2);
}

TEST(Status, FailErrnoSaysWhatTheSystemSaid) {
  errno = ENOENT;
  const Status status = failErrno("/nowhere");
  EXPECT_EQ(status.error().errnum, ENOENT);
  EXPECT_EQ(status.error().message, "/nowhere: No such file or directory");
}

TEST(Status, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const auto moved = std::move(result).prefixed("x");
  EXPECT_EQ(**moved, 7);
}

}  // namespace
}  // namespace mc::base
