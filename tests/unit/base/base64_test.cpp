#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace mc::base {
namespace {

TEST(Base64, WritesBothAlphabets) {
  EXPECT_EQ(base64Encode("{\"a\":\"?\?>\"}"), "eyJhIjoiPz8+In0=");
  EXPECT_EQ(base64UrlEncode("{\"a\":\"?\?>\"}"), "eyJhIjoiPz8-In0=");
  EXPECT_EQ(base64Encode(""), "");
}

TEST(Base64, ReadsWhatIsWrappedIntoLines) {
  EXPECT_EQ(base64Decode("aGVsbG8=").value(), "hello");
  EXPECT_EQ(base64Decode("aGVs\r\nbG8=\n").value(), "hello");
}

TEST(Base64, RefusesOtherText) {
  EXPECT_FALSE(base64Decode("not base64!"));
  EXPECT_FALSE(base64Decode("aGVsbG8"));
}

}  // namespace
}  // namespace mc::base
