#include "entry/pod_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mc::entry {
namespace {

TEST(PodIndex, IsTheVariablesOrTheHostNames) {
  EXPECT_EQ(*podIndex("3", "flux-sample-1", "flux-sample"), 3);
  EXPECT_EQ(*podIndex("", "flux-sample-12", "flux-sample"), 12);
}

TEST(PodIndex, IsNotGuessed) {
  for (const char* variable : {"x", "-1", "1 ", "99999999999"})
    EXPECT_FALSE(podIndex(variable, "flux-sample-1", "flux-sample")) << variable;
  for (const char* host : {"flux-sample", "flux-sample-", "flux-sample-0-x", "other-1", ""})
    EXPECT_FALSE(podIndex("", host, "flux-sample")) << host;
  EXPECT_THAT(podIndex("", "other-1", "flux-sample").error().message,
              testing::HasSubstr("JOB_COMPLETION_INDEX"));
}

}  // namespace
}  // namespace mc::entry
