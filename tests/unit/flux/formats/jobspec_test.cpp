#include "flux/formats/jobspec.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

constexpr const char* kNodes =
    R"({"resources":[{"type":"node","count":2,"with":[{"type":"slot","count":2,"with":[)"
    R"({"type":"core","count":3},{"type":"gpu","count":1}],"label":"task"}],"exclusive":true}],)"
    R"("tasks":[{"command":["/bin/hostname","-f"],"slot":"task","count":{"per_slot":1}}],)"
    R"("attributes":{"system":{"duration":1.5,"cwd":"/tmp","environment":{"A":"b"},)"
    R"("shell":{"options":{"verbose":1}}}},"version":1})";
constexpr const char* kSlots =
    R"({"resources":[{"type":"slot","count":4,"with":[{"type":"core","count":1}],"label":"task"}],)"
    R"("tasks":[{"command":["app"],"slot":"task","count":{"total":3}}],)"
    R"("attributes":{"system":{"duration":0,"job":{"name":"x"}}},"version":1})";

TEST(Jobspec, ReadsItsShape) {
  const auto spec = Jobspec::parse(kNodes);
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->shape, (JobShape{2, 2, 3, 1, true}));
  EXPECT_EQ(spec->shape.totalSlots(), 4u);
  EXPECT_EQ(spec->taskCount(), 4u);
  EXPECT_EQ(spec->command, (std::vector<std::string>{"/bin/hostname", "-f"}));
  EXPECT_EQ(spec->duration, 1.5);
  EXPECT_EQ(spec->name(), "hostname");
  EXPECT_EQ(spec->systemString("cwd"), "/tmp");
  EXPECT_EQ(spec->system("shell.options.verbose")->as_int64(), 1);
  EXPECT_EQ(spec->system("shell.options.none"), nullptr);
  EXPECT_EQ(spec->systemObject("environment")->size(), 1u);

  const auto slots = Jobspec::parse(kSlots);
  ASSERT_TRUE(slots);
  EXPECT_EQ(slots->shape, (JobShape{0, 4, 1, 0, false}));
  EXPECT_EQ(slots->taskCount(), 3u);
  EXPECT_EQ(slots->name(), "x");
}

// Each case damages a valid jobspec at one place; the reason must name it.
TEST(Jobspec, SaysWhatIsWrong) {
  struct Case {
    const char* from;
    const char* to;
    const char* reason;
  };
  for (const Case& c : {
           Case{R"("version":1)", R"("version":2)", "version"},
           Case{R"("version":1)", R"("version":1,"more":0)", "more"},
           Case{R"("type":"slot")", R"("type":"rack")", "rack"},
           Case{R"("count":4)", R"("count":0)", "at least 1"},
           Case{R"("count":4)", R"("count":"4")", "integer 'count'"},
           Case{R"("count":4)", R"("count":4000000000)", "at least 1"},
           Case{R"("type":"core")", R"("type":"gpu")", "no 'core'"},
           Case{R"("type":"core")", R"("type":"disk")", "disk"},
           Case{R"(,"label":"task")", "", "label"},
           Case{R"("command":["app"])", R"("command":[])", "command"},
           Case{R"("command":["app"])", R"("command":"app")", "command"},
           Case{R"("command":["app"])", R"("command":["a\u0000b"])", "NUL"},
           Case{R"("command":["app"])", R"("command":[1])", "strings"},
           Case{R"("slot":"task")", R"("slot":"other")", "slot"},
           Case{R"("total":3)", R"("total":5)", "more tasks"},
           Case{R"("total":3)", R"("total":3,"per_slot":1)", "exactly one"},
           Case{R"("duration":0)", R"("duration":-1)", "duration"},
           Case{R"("duration":0,)", "", "duration"},
           Case{R"("duration":0)", R"("duration":0,"environment":[])", "environment"},
           Case{R"("duration":0)", R"("duration":0,"environment":{"A":1})", "'A'"},
           Case{R"("duration":0)", R"("duration":0,"cwd":1)", "cwd"},
           Case{R"("system")", R"("sys")", "attributes.system"},
           Case{R"({"resources")", R"({"resource")", "resource"},
           Case{R"("version":1})", R"("version":1)", "JSON"},
       }) {
    std::string text = kSlots;
    const size_t at = text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.from;
    text.replace(at, strlen(c.from), c.to);
    const auto spec = Jobspec::parse(text);
    ASSERT_FALSE(spec) << c.to;
    EXPECT_EQ(spec.error().errnum, EINVAL);
    EXPECT_NE(spec.error().message.find(c.reason), std::string::npos) << spec.error().message;
    EXPECT_TRUE(spec.error().message.starts_with("Invalid jobspec: "));
  }
}

TEST(Jobspec, SetsAndGetsPaths) {
  json::object root;
  setPath(root, "a.b.c", 1);
  setPath(root, "a.b.d", "x");
  setPath(root, "a.b.c.e", 2);
  EXPECT_EQ(toJson(root), R"({"a":{"b":{"c":{"e":2},"d":"x"}}})");
  EXPECT_EQ(getPath(root, "a.b.c.e")->as_int64(), 2);
  EXPECT_EQ(getPath(root, "a.b.d.e"), nullptr);
  EXPECT_EQ(getPath(root, "a.x"), nullptr);
}

}  // namespace
}  // namespace mc::flux::formats
