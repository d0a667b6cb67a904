#include "flux/wire/framing.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mc::flux::wire {
namespace {

Message numbered(uint32_t matchtag, size_t payload) {
  Message m = makeRequest("a.b", kNodeidAny, matchtag);
  m.setText(std::string(payload, 'x'));
  return m;
}

TEST(Framing, HeaderIsMagicInHostOrderAndLengthInNetworkOrder) {
  const std::string bytes = frame(makeRequest("a.b", 0, 1));
  EXPECT_EQ(bytes.substr(0, 4), std::string("\x12\x00\xee\xff", 4));
  EXPECT_EQ(bytes.substr(4, 4), std::string("\0\0\0\x19", 4));
  EXPECT_EQ(bytes.size(), 8U + 0x19);
}

TEST(Framing, GivesWholeMessagesFromPiecesOfAnySize) {
  std::string stream;
  for (uint32_t i = 0; i < 50; ++i) stream += frame(numbered(i, i * 37));
  for (const size_t piece : {1U, 7U, 64U, 4096U}) {
    Decoder decoder;
    uint32_t expected = 0;
    for (size_t at = 0; at < stream.size(); at += piece) {
      decoder.append(std::string_view(stream).substr(at, piece));
      while (true) {
        auto message = decoder.next();
        ASSERT_TRUE(message) << message.error().message;
        if (!*message) break;
        EXPECT_EQ((*message)->matchtag(), expected++);
      }
    }
    EXPECT_EQ(expected, 50U);
    EXPECT_EQ(decoder.buffered(), 0U);
  }
}

TEST(Framing, RefusesForeignBytesForGood) {
  Decoder decoder;
  decoder.append("GET / HTTP/1.1\r\n");
  EXPECT_EQ(decoder.next().error().errnum, EPROTO);
  decoder.append(frame(numbered(1, 1)));
  EXPECT_EQ(decoder.next().error().errnum, EPROTO);
  EXPECT_EQ(decoder.buffered(), 0U);
}

TEST(Framing, RefusesALengthOverTheBoundBeforeItArrives) {
  std::string bytes = frame(numbered(1, 1));
  bytes[4] = '\x04';
  Decoder decoder;
  decoder.append(bytes.substr(0, 8));
  EXPECT_EQ(decoder.next().error().errnum, EPROTO);
}

TEST(Framing, KnowsWhatTheOtherSideWillRead) {
  EXPECT_TRUE(isReadable(numbered(1, kMaxBody - 200)));
  EXPECT_FALSE(isReadable(numbered(1, kMaxBody)));
  Message message = numbered(1, 1);
  message.set(kRoute);
  message.routes.assign(kMaxRoutes, "r");
  EXPECT_TRUE(isReadable(message));
  EXPECT_TRUE(decode(encode(message)));
  message.routes.emplace_back("r");
  EXPECT_FALSE(isReadable(message));
  EXPECT_FALSE(decode(encode(message)));
  EXPECT_FALSE(isReadable(makeRequest("", 0, 1)));
  EXPECT_FALSE(isReadable(makeRequest(std::string("a\0b", 3), 0, 1)));
}

TEST(Framing, RefusesABrokenBody) {
  std::string bytes = frame(numbered(1, 1));
  bytes[bytes.size() - 20] = 0;
  Decoder decoder;
  decoder.append(bytes);
  EXPECT_EQ(decoder.next().error().errnum, EPROTO);
}

TEST(Framing, SurvivesDamagedBytes) {
  std::mt19937 random(42);
  const std::string good = frame(numbered(1, 300)) + frame(numbered(2, 5));
  size_t refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Decoder decoder;
    decoder.append(bytes);
    auto message = decoder.next();
    while (message && *message) message = decoder.next();
    if (!message) ++refused;
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace mc::flux::wire
