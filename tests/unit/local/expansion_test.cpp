#include "local/expansion.hpp"

#include <gmock/gmock.h>

namespace mc::local {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Expansion, ReferencesAreReplaced) {
  const api::StringMap known{{"A", "1"}, {"B_C", "2"}};
  EXPECT_EQ(expand("x$(A)y$(B_C)", known), "x1y2");
  EXPECT_EQ(expand("$(UNKNOWN)", known), "$(UNKNOWN)");
  EXPECT_EQ(expand("$$(A)", known), "$(A)");
  EXPECT_EQ(expand("$A $", known), "$A $");
  EXPECT_EQ(expand("$(A", known), "$(A");
  EXPECT_EQ(expand("", known), "");
}

TEST(Expansion, ValuesReferToEarlierOnesOnly) {
  EXPECT_THAT(expandEnvironment({{"HOST", "h"}, {"URL", "http://$(HOST):$(PORT)"}, {"PORT", "1"}}),
              ElementsAre(Pair("HOST", "h"), Pair("URL", "http://h:$(PORT)"), Pair("PORT", "1")));
}

}  // namespace
}  // namespace mc::local
