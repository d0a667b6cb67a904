#include "entry/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mc::entry {
namespace {

using testing::HasSubstr;

Settings filled() {
  Settings s;
  s.cluster = "flux-sample";
  s.addresses = {"flux-sample-0.x"};
  s.hosts = "flux-sample-[0-1]";
  s.paths.runDirectory = "/run/flux";
  s.hooks = {"init", "pre", "brokerPre", "workerPre", "post \"x\"\n"};
  s.mode = Mode::Batch;
  s.command = {"echo", "a b", ""};
  s.waitFor = {{"nginx", "localhost", 65535}};
  s.uid = 4294967294;
  s.cores = 8;
  s.strict = false;
  s.deadlineSeconds = 31500000;
  return s;
}

TEST(Settings, ComeBackAsTheyWere) {
  const auto again = parse(format(filled()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(format(*again), format(filled()));
  EXPECT_EQ(again->command, filled().command);
  EXPECT_EQ(again->mode, Mode::Batch);
  EXPECT_EQ(again->waitFor.at(0).port, 65535);
  EXPECT_EQ(again->uid, 4294967294);
  EXPECT_EQ(again->hooks.post, "post \"x\"\n");
  EXPECT_FALSE(again->strict);
}

struct Spoiled {
  const char* pointer;
  const char* value;  ///< JSON; null pointer: the member is taken away
  const char* message;
};

class BadSettings : public testing::TestWithParam<Spoiled> {};

TEST_P(BadSettings, AreRefusedWithTheirKey) {
  boost::json::value value = boost::json::parse(format(filled()));
  const std::string pointer = GetParam().pointer;
  const size_t slash = pointer.rfind('/');
  boost::system::error_code error;
  auto& object = value.find_pointer(pointer.substr(0, slash), error)->as_object();
  const std::string key = pointer.substr(slash + 1);
  if (GetParam().value == nullptr)
    object.erase(key);
  else
    object[key] = boost::json::parse(GetParam().value);
  const auto result = parse(boost::json::serialize(value));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errnum, EINVAL);
  EXPECT_THAT(result.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSettings,
    testing::Values(Spoiled{"/cluster", nullptr, "settings.cluster is missing"},
                    Spoiled{"/hooks/pre", nullptr, "settings.hooks.pre is missing"},
                    Spoiled{"/unheard", "1", "settings.unheard is not known"},
                    Spoiled{"/paths/unheard", "1", "settings.paths.unheard is not known"},
                    Spoiled{"/quiet", "1", "settings.quiet must be true or false"},
                    Spoiled{"/cluster", "1", "settings.cluster must be a string"},
                    Spoiled{"/mode", "\"fast\"", "settings.mode must be one of"},
                    Spoiled{"/cores", "3000000000",
                            "settings.cores must be a whole number in its range"},
                    Spoiled{"/uid", "1.5", "settings.uid must be a whole number"},
                    Spoiled{"/command", "\"echo\"", "settings.command must be a list"},
                    Spoiled{"/command", "[\"a\",1]", "settings.command[1] must be a string"},
                    Spoiled{"/waitFor", "[{\"container\":\"a\",\"host\":\"b\",\"port\":65536}]",
                            "settings.waitFor[0].port must be"},
                    Spoiled{"/hooks", "[]", "settings.hooks must be an object"}));

TEST(Settings, OfOtherTextsAreRefused) {
  EXPECT_THAT(parse("").error().message, HasSubstr("no JSON"));
  EXPECT_THAT(parse("[]").error().message, HasSubstr("settings must be an object"));
  EXPECT_THAT(parse(std::string(100, '[')).error().message, HasSubstr("no JSON"));
}

}  // namespace
}  // namespace mc::entry
