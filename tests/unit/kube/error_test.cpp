#include "kube/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Field;

TEST(Error, TakesReasonMessageAndCausesFromAStatus) {
  const Error error = errorOf(422, R"({"kind":"Status","reason":"Invalid","code":422,
      "message":"Job.batch \"a\" is invalid","details":{"causes":[
      {"reason":"FieldValueRequired","message":"Required value","field":"spec.template"}]}})",
                              "", 0);
  EXPECT_EQ(error.reason, Reason::Invalid);
  EXPECT_EQ(error.code, 422);
  EXPECT_EQ(error.message, "Job.batch \"a\" is invalid");
  EXPECT_THAT(error.causes, ElementsAre(Field(&Cause::field, "spec.template")));
}

TEST(Error, TellsAlreadyExistsFromConflict) {
  EXPECT_EQ(errorOf(409, R"({"kind":"Status","reason":"AlreadyExists"})", "", 0).reason,
            Reason::AlreadyExists);
  EXPECT_EQ(errorOf(409, R"({"kind":"Status","reason":"Conflict"})", "", 0).reason,
            Reason::Conflict);
  EXPECT_EQ(errorOf(410, R"({"kind":"Status","reason":"Expired"})", "", 0).reason, Reason::Gone);
}

TEST(Error, OfAProxyIsReadFromTheCode) {
  const Error error = errorOf(502, "<html>\nBad Gateway</html>", "", 0);
  EXPECT_EQ(error.reason, Reason::Unavailable);
  EXPECT_EQ(error.message, "the server answered 502: <html> Bad Gateway</html>");
  EXPECT_EQ(errorOf(418, "", "", 0).message, "the server answered 418");
}

TEST(Error, KnowsBothFormsOfRetryAfter) {
  EXPECT_EQ(errorOf(429, "", "7", 0).retryAfter, std::chrono::milliseconds(7s));
  // 784111777 is the date of RFC 9110's example.
  EXPECT_EQ(errorOf(503, "", "Sun, 06 Nov 1994 08:49:37 GMT", 784111767).retryAfter,
            std::chrono::milliseconds(10s));
  EXPECT_EQ(errorOf(503, "", "Sun, 06 Nov 1994 08:49:37 GMT", 784111999).retryAfter, 0ms);
  EXPECT_FALSE(errorOf(503, "", "soon", 0).retryAfter);
}

TEST(Error, TakesRetryAfterFromTheStatusToo) {
  const Error error = errorOf(
      504, R"({"kind":"Status","reason":"ServerTimeout","details":{"retryAfterSeconds":2}})", "",
      0);
  EXPECT_EQ(error.reason, Reason::ServerTimeout);
  EXPECT_EQ(error.retryAfter, std::chrono::milliseconds(2s));
}

base::Result<int> fails(Reason reason) {
  const Result<int> inner = fail(reason, "why");
  MC_TRY_ASSIGN(const int value, Result<int>(inner));
  return value;
}

Result<int> failsBelow(int errnum) {
  MC_TRY_ASSIGN(const int value, base::Result<int>(base::fail(errnum, "why")));
  return value;
}

TEST(Error, PassesThroughFunctionsOfBothKinds) {
  EXPECT_EQ(fails(Reason::NotFound).error().errnum, ENOENT);
  EXPECT_EQ(fails(Reason::AlreadyExists).error().errnum, EEXIST);
  EXPECT_EQ(fails(Reason::Canceled).error().errnum, ECANCELED);
  EXPECT_EQ(fails(Reason::Forbidden).error().message, "why");
  EXPECT_EQ(failsBelow(ECANCELED).error().reason, Reason::Canceled);
  EXPECT_EQ(failsBelow(ETIMEDOUT).error().reason, Reason::Timeout);
  EXPECT_EQ(failsBelow(ECONNREFUSED).error().reason, Reason::Connection);
}

TEST(Error, KeepsItsReasonWhenPrefixed) {
  const Error error = Error(Reason::Conflict, "changed").prefixed("job a");
  EXPECT_EQ(error.message, "job a: changed");
  EXPECT_EQ(error.reason, Reason::Conflict);
  EXPECT_EQ(describe(error.reason), "Conflict");
}

}  // namespace
}  // namespace mc::kube
