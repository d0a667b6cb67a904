#include "kube/retry_policy.hpp"

#include <gtest/gtest.h>

#include "kube/backoff.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;

const RetryPolicy kPolicy;

Error answered(Reason reason, int code, std::optional<std::chrono::milliseconds> wait = {}) {
  Error error(reason, "no", code);
  error.retryAfter = wait;
  return error;
}

Error lost(bool maybeDone) {
  Error error(Reason::Connection, "broken");
  error.maybeDone = maybeDone;
  return error;
}

TEST(RetryPolicy, KnowsWhatMayBeDoneTwice) {
  EXPECT_EQ(repeatable("GET", ""), Repeatable::Yes);
  EXPECT_EQ(repeatable("DELETE", ""), Repeatable::Yes);
  EXPECT_EQ(repeatable("PATCH", "application/apply-patch+yaml"), Repeatable::Yes);
  EXPECT_EQ(repeatable("PATCH", "application/json-patch+json"), Repeatable::No);
  EXPECT_EQ(repeatable("POST", "application/json"), Repeatable::No);
}

TEST(RetryPolicy, WaitsAsLongAsTheServerAsks) {
  const auto wait =
      retryAfter(kPolicy, answered(Reason::TooManyRequests, 429, 3s), Repeatable::No, 1);
  ASSERT_TRUE(wait);
  EXPECT_GE(*wait, 3s);
  EXPECT_LE(*wait, 3300ms);
  EXPECT_TRUE(retryAfter(kPolicy, answered(Reason::Unavailable, 503, 0s), Repeatable::No, 9));
  EXPECT_FALSE(retryAfter(kPolicy, answered(Reason::Unavailable, 503, 0s), Repeatable::No, 10));
  EXPECT_FALSE(retryAfter(kPolicy, answered(Reason::TooManyRequests, 429, 1h), Repeatable::Yes, 1));
}

TEST(RetryPolicy, DoesNotRepeatAnEvictionsNo) {
  EXPECT_FALSE(retryAfter(kPolicy, answered(Reason::TooManyRequests, 429), Repeatable::Yes, 1));
}

TEST(RetryPolicy, RepeatsACreateOnlyIfItCannotHaveArrived) {
  EXPECT_TRUE(retryAfter(kPolicy, lost(false), Repeatable::No, 1));
  EXPECT_FALSE(retryAfter(kPolicy, lost(true), Repeatable::No, 1));
  EXPECT_TRUE(retryAfter(kPolicy, lost(true), Repeatable::Yes, 1));
  EXPECT_FALSE(retryAfter(kPolicy, answered(Reason::Timeout, 504), Repeatable::No, 1));
}

TEST(RetryPolicy, LeavesTheRestToTheCaller) {
  for (const Reason reason : {Reason::NotFound, Reason::Conflict, Reason::Invalid,
                              Reason::Forbidden, Reason::Gone, Reason::Canceled, Reason::Config})
    EXPECT_FALSE(retryAfter(kPolicy, Error(reason, "no", 400), Repeatable::Yes, 1));
  EXPECT_FALSE(retryAfter(kPolicy, answered(Reason::InternalError, 500), Repeatable::Yes, 1));
  EXPECT_FALSE(retryAfter(kPolicy, lost(true), Repeatable::Yes, 3));
}

TEST(RetryPolicy, BlindTriesBackOff) {
  const auto first = retryAfter(kPolicy, lost(false), Repeatable::Yes, 1);
  const auto second = retryAfter(kPolicy, lost(false), Repeatable::Yes, 2);
  ASSERT_TRUE(first && second);
  EXPECT_GE(*first, 100ms);
  EXPECT_LE(*first, 150ms);
  EXPECT_GE(*second, 200ms);
  EXPECT_LE(*second, 300ms);
}

TEST(Backoff, DoublesUpToItsLongest) {
  Backoff backoff({.first = 100ms, .longest = 350ms, .jitter = 0});
  EXPECT_EQ(backoff.next(), 100ms);
  EXPECT_EQ(backoff.next(), 200ms);
  EXPECT_EQ(backoff.next(), 350ms);
  EXPECT_EQ(backoff.next(), 350ms);
  backoff.reset();
  EXPECT_EQ(backoff.next(), 100ms);
}

TEST(Backoff, SpreadsByChance) {
  std::set<std::chrono::milliseconds> waits;
  for (int i = 0; i < 50; ++i) waits.insert(withJitter(1000ms, 1));
  EXPECT_GE(*waits.begin(), 1000ms);
  EXPECT_LE(*waits.rbegin(), 2000ms);
  EXPECT_GT(waits.size(), 5u);
}

}  // namespace
}  // namespace mc::kube
