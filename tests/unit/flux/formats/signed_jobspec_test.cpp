#include "flux/formats/signed_jobspec.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

TEST(SignedJobspec, HasTheFormOfRfc15) {
  // base64("version\0i1\0userid\0i0\0mechanism\0snone\0")
  const std::string header = "dmVyc2lvbgBpMQB1c2VyaWQAaTAAbWVjaGFuaXNtAHNub25lAA==";
  EXPECT_EQ(wrapUnsigned("{}", 0), header + ".e30=.none");
  const auto payload = unwrapUnsigned(header + ".e30=.none");
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->userid, 0u);
  EXPECT_EQ(payload->payload, "{}");
}

TEST(SignedJobspec, ReadsWhatItWrites) {
  const std::string text("any\0bytes\xff", 10);
  const auto payload = unwrapUnsigned(wrapUnsigned(text, 4294967294));
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->userid, 4294967294u);
  EXPECT_EQ(payload->payload, text);
}

TEST(SignedJobspec, RefusesOtherText) {
  const std::string good = wrapUnsigned("{}", 7);
  const std::string header = good.substr(0, good.find('.'));
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..none"),
        header + ".e30=", header + ".e30=.munge", header + ".e3.none", header + ".e30=.none.",
        std::string("AAAA.e30=.none"), encodeBase64("version") + ".e30=.none",
        encodeBase64(std::string("version\0i2\0userid\0i7\0mechanism\0snone\0", 38)) + ".e30=.none",
        encodeBase64(std::string("version\0i1\0userid\0i-7\0mechanism\0snone\0", 39)) +
            ".e30=.none",
        encodeBase64(std::string("version\0i1\0userid\0i7\0mechanism\0smunge\0", 39)) +
            ".e30=.none"})
    EXPECT_FALSE(unwrapUnsigned(text)) << text;
}

TEST(Base64, Works) {
  EXPECT_EQ(encodeBase64("meep\n"), "bWVlcAo=");
  EXPECT_EQ(*decodeBase64("bWVlcAo="), "meep\n");
  EXPECT_EQ(*decodeBase64(""), "");
  EXPECT_FALSE(decodeBase64("bWVlcAo"));
  EXPECT_FALSE(decodeBase64("bWVl!Ao="));
}

TEST(Base64, BytesOfAnyLengthComeBack) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(*decodeBase64(encodeBase64(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64, HasOneFormOnly) {
  EXPECT_EQ(*decodeBase64("TQ=="), "M");
  EXPECT_FALSE(decodeBase64("TR=="));  // bits that no byte needs
  EXPECT_FALSE(decodeBase64("TWF="));
  EXPECT_FALSE(decodeBase64("T==="));
  EXPECT_FALSE(decodeBase64("===="));
  EXPECT_FALSE(decodeBase64("TQ==TQ=="));
  EXPECT_FALSE(decodeBase64("TWFu="));
  EXPECT_FALSE(decodeBase64("TW Fu"));
  EXPECT_FALSE(decodeBase64("TWF\xff"));
}

}  // namespace
}  // namespace mc::flux::formats
