#include "flux/wire/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::flux::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out.push_back(static_cast<char>(value));
  return out;
}

/// A PROTO frame written from the description of the format, not with our own encoder.
std::string proto(int type, int flags, int version = 1, int magic = 0x8e) {
  return bytes({20, magic, version, type, flags, 0xff, 0xff, 0xff, 0xff, 0, 0,
                0,  0,     0,       0,    0,     7,    0,    0,    1,    2});
}

TEST(Message, EncodesARequestAsRfc3Says) {
  Message m = makeRequest("attr.get", 7, 0x102);
  m.setText("{}");
  EXPECT_EQ(encode(m), bytes({8}) + "attr.get" + bytes({3, '{', '}', 0}) + proto(1, 3));
}

TEST(Message, DecodesRoutesTopicAndPayload) {
  const auto m = decode(bytes({2, 'a', 'b', 1, 'c', 0, 1, 't', 2, 'x', 0}) + proto(2, 0x0b));
  ASSERT_TRUE(m) << m.error().message;
  EXPECT_EQ(m->type, Type::Response);
  EXPECT_THAT(m->routes, ElementsAre("ab", "c"));
  EXPECT_EQ(m->topic, "t");
  EXPECT_EQ(m->text(), "x");
  EXPECT_EQ(m->payload, std::string("x\0", 2));
  EXPECT_EQ(m->userid, kUseridUnknown);
  EXPECT_EQ(m->errnum(), 7U);
  EXPECT_EQ(m->matchtag(), 0x102U);
}

TEST(Message, KeepsFramesOf254And255And70000Bytes) {
  for (const size_t size : {0U, 1U, 253U, 254U, 255U, 256U, 70000U}) {
    Message m = makeRequest("kvs.commit", kNodeidAny, 1);
    m.payload = std::string(size, 'p');
    m.set(kPayload);
    m.set(kRoute);
    m.routes = {std::string(300, 'r'), "s"};
    const auto back = decode(encode(m));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->payload, m.payload);
    EXPECT_EQ(back->routes, m.routes);
  }
}

TEST(Message, KeepsAllFieldsOfEachType) {
  for (const auto type : {Type::Request, Type::Response, Type::Event, Type::Control}) {
    Message m;
    m.type = type;
    m.flags = kTopic | kUser1 | kPrivate | kUpstream;
    m.userid = 1000;
    m.rolemask = kRoleUser | kRoleLocal;
    m.aux1 = 0xfffffffe;
    m.aux2 = 0x80000001;
    m.topic = "a.b";
    const auto back = decode(encode(m));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->type, type);
    EXPECT_EQ(back->flags, m.flags);
    EXPECT_EQ(back->userid, m.userid);
    EXPECT_EQ(back->rolemask, m.rolemask);
    EXPECT_EQ(back->aux1, m.aux1);
    EXPECT_EQ(back->aux2, m.aux2);
  }
}

TEST(Message, ResponseAnswersItsRequest) {
  Message request = makeRequest("log.dmesg", 3, 9, kStreaming);
  request.set(kRoute);
  request.routes = {"x", "y"};
  const Message response = makeResponse(request, 61);
  EXPECT_EQ(response.errnum(), 61U);
  EXPECT_EQ(response.matchtag(), 9U);
  EXPECT_EQ(response.topic, "log.dmesg");
  EXPECT_TRUE(response.has(kStreaming));
  EXPECT_TRUE(response.has(kRoute));
  EXPECT_THAT(response.routes, ElementsAre("x", "y"));
}

struct Broken {
  const char* what;
  std::string body;
};
void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.what;
}

class BrokenMessage : public testing::TestWithParam<Broken> {};

TEST_P(BrokenMessage, IsRefused) {
  const auto m = decode(GetParam().body);
  ASSERT_FALSE(m);
  EXPECT_EQ(m.error().errnum, EPROTO);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3, BrokenMessage,
    testing::Values(
        Broken{"empty", ""}, Broken{"short", std::string(20, 'x')},
        Broken{"magic", proto(1, 0, 1, 0x8f)}, Broken{"version", proto(1, 0, 2)},
        Broken{"no type", proto(0, 0)}, Broken{"two types", proto(3, 0)},
        Broken{"no topic", proto(1, 1)}, Broken{"empty topic", bytes({0}) + proto(1, 1)},
        Broken{"NUL in topic", bytes({1, 0}) + proto(1, 1)}, Broken{"no payload", proto(1, 2)},
        Broken{"payload cut short", bytes({5, 'a'}) + proto(1, 2)},
        Broken{"long length cut short", bytes({0xff, 0, 0}) + proto(1, 2)},
        Broken{"long length too large", bytes({0xff, 0xff, 0xff, 0xff, 0xff}) + proto(1, 2)},
        Broken{"no delimiter", bytes({1, 'r'}) + proto(1, 8)},
        Broken{"surplus frame", bytes({1, 't', 1, 'u'}) + proto(1, 1)},
        Broken{"endless route", std::string(3000, '\1') + bytes({0}) + proto(1, 8)},
        Broken{"stream without response", proto(1, 0x44)}));

TEST(Message, TextLeavesOutTheFinalNulOnly) {
  Message m;
  EXPECT_EQ(m.text(), "");
  m.payload = std::string("a\0", 2);
  EXPECT_EQ(m.text(), "a");
  m.payload = "raw";
  EXPECT_EQ(m.text(), "raw");
}

}  // namespace
}  // namespace mc::flux::wire
