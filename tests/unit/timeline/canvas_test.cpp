#include "timeline/canvas.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mc::timeline {
namespace {

TEST(Cleaned, KeepsTextAndTakesOutWhatControls) {
  EXPECT_EQ(cleaned("ƒHJs6o 日本 😀"), "ƒHJs6o 日本 😀");
  EXPECT_EQ(cleaned("a\x1b[31mb\n\t\x7f"), "a\uFFFD[31mb\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(cleaned("\xc2\x9b"
                    "1m"),
            "\uFFFD\uFFFD1m");  // CSI as a C1 control
  EXPECT_EQ(cleaned("a\xe2\x80\xae"
                    "b"),
            "a\uFFFD\uFFFD\uFFFDb");  // right to left override
}

TEST(Cleaned, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(cleaned("\xff"), "\uFFFD");
  EXPECT_EQ(cleaned("\xc0\x80"), "\uFFFD\uFFFD");  // overlong
  EXPECT_EQ(cleaned("\xe0\x80\xaf"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(cleaned("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(cleaned("x\xe2\x82"), "x\uFFFD\uFFFD");          // cut off
  EXPECT_EQ(cleaned("\xf5\x80\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Escaped, IsSafeInTextAndAttributes) {
  EXPECT_EQ(escaped("<script>alert('x' & \"y\")</script>\x01"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;\uFFFD");
}

TEST(Shortened, CountsCharacters) {
  EXPECT_EQ(lengthOf("ƒ日x"), 3U);
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "ab…");
  EXPECT_EQ(shortened("日本語日", 3), "日本…");
  EXPECT_EQ(shortened("abcd", 1), "…");
  EXPECT_EQ(shortened("abcd", 0), "");
}

TEST(Number, IsShortAndFinite) {
  EXPECT_EQ(number(12), "12");
  EXPECT_EQ(number(12.5), "12.5");
  EXPECT_EQ(number(0.004), "0");
  EXPECT_EQ(number(-0.001), "0");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "0");
}

}  // namespace
}  // namespace mc::timeline
