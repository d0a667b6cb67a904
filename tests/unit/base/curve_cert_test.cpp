#include "base/curve_cert.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

namespace mc::base {
namespace {

using testing::HasSubstr;
using testing::Not;

// The test vector of ZeroMQ RFC 32.
TEST(Z85, EncodesTheVectorOfTheRfc) {
  const std::string bytes = "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B";
  EXPECT_EQ(z85Encode(bytes), "HelloWorld");
  EXPECT_EQ(z85Decode("HelloWorld").value(), bytes);
}

TEST(Z85, RefusesWhatIsNotZ85) {
  EXPECT_FALSE(z85Decode("Hell"));
  EXPECT_FALSE(z85Decode("Hel o"));
  EXPECT_FALSE(z85Decode("#####"));  // above 32 bits
}

TEST(CurveCert, KeysArePairs) {
  const CurveCert cert = makeCurveCert({}).value();
  const std::string secret = z85Decode(cert.secretKey).value();
  std::string derived(crypto_scalarmult_BYTES, '\0');
  crypto_scalarmult_base(reinterpret_cast<unsigned char*>(derived.data()),
                         reinterpret_cast<const unsigned char*>(secret.data()));
  EXPECT_EQ(z85Encode(derived), cert.publicKey);
  EXPECT_NE(makeCurveCert({}).value().secretKey, cert.secretKey);
}

TEST(CurveCert, WritesCzmqsFormat) {
  const CurveCert cert{std::string(40, 'a'), std::string(40, 'b'), {{"name", "flux-sample-0"}}};
  const std::string text = formatCurveCert(cert, 0);
  EXPECT_THAT(text, testing::StartsWith("#   ****  Generated on 19"));
  EXPECT_THAT(text, testing::EndsWith(" by CZMQ  ****\n"
                                      "#   ZeroMQ CURVE **Secret** Certificate\n"
                                      "#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its "
                                      "permissions.\n"
                                      "\n"
                                      "metadata\n"
                                      "    name = \"flux-sample-0\"\n"
                                      "curve\n"
                                      "    public-key = \"" +
                                      cert.publicKey +
                                      "\"\n"
                                      "    secret-key = \"" +
                                      cert.secretKey + "\"\n"));
}

TEST(CurveCert, ReadsWhatItWrites) {
  const CurveCert cert = makeCurveCert({{"name", "a"}, {"keygen.userid", "0"}}).value();
  const CurveCert read = parseCurveCert(formatCurveCert(cert, 1700000000)).value();
  EXPECT_EQ(read.publicKey, cert.publicKey);
  EXPECT_EQ(read.secretKey, cert.secretKey);
  EXPECT_EQ(read.metadata, cert.metadata);
}

TEST(CurveCert, KeysMayHoldCommentAndEqualSigns) {
  const std::string odd = "#=.:+^!/*?&<>()[]{}@%$-0123456789abcdefg";
  const CurveCert cert{std::string(40, '0'), odd.substr(1, 4) + std::string(36, '1'), {}};
  EXPECT_EQ(parseCurveCert(formatCurveCert(cert, 0)).value().secretKey, cert.secretKey);
}

TEST(CurveCert, ErrorsDoNotShowTheKey) {
  const std::string bad(39, 's');
  const auto read = parseCurveCert("curve\n    public-key = \"" + std::string(40, '0') +
                                   "\"\n    secret-key = \"" + bad + "\"\n");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().errnum, EINVAL);
  EXPECT_THAT(read.error().message, HasSubstr("secret-key"));
  EXPECT_THAT(read.error().message, Not(HasSubstr(bad)));
}

TEST(CurveCert, RefusesFilesWithoutKeys) {
  EXPECT_FALSE(parseCurveCert(""));
  EXPECT_FALSE(parseCurveCert("metadata\n    name = \"x\"\n"));
  EXPECT_FALSE(parseCurveCert("curve\n    public-key = \"unfinished\n"));
}

}  // namespace
}  // namespace mc::base
