#include "cli/selector.hpp"

#include <gtest/gtest.h>

namespace mc::cli {
namespace {

const api::StringMap kLabels = {{"app", "flux"}, {"tier", "back"}, {"notinuse", "x"}};

TEST(Selector, MatchesAsKubernetesDoes) {
  const std::vector<std::pair<const char*, bool>> cases = {
      {"", true},
      {"app=flux", true},
      {"app==flux", true},
      {"app = flux , tier=back", true},
      {"app=flux,tier=front", false},
      {"app!=flux", false},
      {"app!=other", true},
      {"absent!=x", true},
      {"app", true},
      {"absent", false},
      {"!app", false},
      {"!absent", true},
      {"app in (a, flux)", true},
      {"app in (a,b)", false},
      {"app notin (a,b)", true},
      {"app notin (flux)", false},
      {"notinuse in (x)", true},
      {"app in (flux),tier notin (front)", true},
      {"app=", false},
      {"kubernetes.io/arch=amd64", false}};
  for (const auto& [text, matches] : cases) {
    const auto selector = Selector::parse(text);
    ASSERT_TRUE(selector) << text << ": " << selector.error().message;
    EXPECT_EQ(selector->matches(kLabels), matches) << text;
  }
}

TEST(Selector, RefusesWhatItCantRead) {
  for (const auto* text : {"=x", "app in flux", "app in (a", "a b", "app=x y", ",", "a,,b"})
    EXPECT_FALSE(Selector::parse(text)) << text;
}

}  // namespace
}  // namespace mc::cli
