// Lists and watches as they come in, in pieces of any size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/line_reader.hpp"
#include "kube/list_reader.hpp"

namespace mc::kube {
namespace {

using testing::ElementsAre;

constexpr std::string_view kList = R"({"kind":"PodList","apiVersion":"v1",
  "metadata":{"resourceVersion":"42","continue":"next","items":["not these"]},
  "odd":"a \"quoted\" items: [ }","items":[
    {"metadata":{"name":"a","labels":{"x":"}]\\\""}},"list":[1,[2,{"items":[]}]]} ,
    {"metadata":{"name":"b"}}
  ],"remaining":3})";

class ListReaderTest : public testing::TestWithParam<size_t> {};

TEST_P(ListReaderTest, HandsOutEachItem) {
  std::vector<Object> items;
  ListReader reader([&](Object item) { items.push_back(std::move(item)); });
  for (size_t at = 0; at < kList.size(); at += GetParam())
    ASSERT_TRUE(reader.feed(kList.substr(at, GetParam())));
  const Object rest = reader.finish().value();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(nameOf(items[0]), "a");
  EXPECT_EQ(labelOf(items[0], "x"), "}]\\\"");
  EXPECT_EQ(nameOf(items[1]), "b");
  EXPECT_EQ(findText(rest, {"metadata", "continue"}), "next");
  EXPECT_EQ(findArray(rest, {"metadata", "items"})->size(), 1u);
  EXPECT_EQ(findNumber(rest, {"remaining"}), 3);
  EXPECT_TRUE(findArray(rest, {"items"})->empty());
}

INSTANTIATE_TEST_SUITE_P(InPieces, ListReaderTest, testing::Values(1, 2, 7, 64, 4096));

TEST(ListReader, AListMayHaveNoItems) {
  ListReader reader([](Object) { FAIL(); });
  ASSERT_TRUE(reader.feed(R"({"metadata":{},"items":null})"));
  EXPECT_TRUE(reader.finish());
}

TEST(ListReader, RefusesWhatIsNoList) {
  ListReader numbers([](Object) {});
  EXPECT_FALSE(numbers.feed(R"({"items":[1]})"));
  ListReader torn([](Object) {});
  ASSERT_TRUE(torn.feed(R"({"items":[{"a":)"));
  EXPECT_FALSE(torn.finish());
}

TEST(ListReader, StopsAnAnswerWithoutEnd) {
  ListReader reader([](Object) {});
  const std::string much(1u << 20, 'x');
  Status fed = reader.feed(R"({"items":[{"a":")");
  for (int i = 0; i < 20 && fed; ++i) fed = reader.feed(much);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().reason, Reason::BadResponse);
}

TEST(LineReader, CutsLinesWhereverThePiecesEnd) {
  LineReader reader;
  std::vector<std::string> lines;
  const auto onLine = [&](std::string_view line) -> Result<bool> {
    lines.emplace_back(line);
    return true;
  };
  for (const char* piece : {"on", "e\ntwo\n\nth", "", "ree", "\n", "rest"})
    ASSERT_TRUE(reader.feed(piece, onLine).value());
  EXPECT_THAT(lines, ElementsAre("one", "two", "three"));
}

TEST(LineReader, EndsWhenTheListenerHasEnough) {
  LineReader reader;
  int heard = 0;
  const auto once = [&](std::string_view) -> Result<bool> {
    ++heard;
    return false;
  };
  EXPECT_FALSE(reader.feed("a\nb\n", once).value());
  EXPECT_EQ(heard, 1);
}

TEST(LineReader, StopsALineWithoutEnd) {
  LineReader reader;
  const auto onLine = [](std::string_view) -> Result<bool> { return true; };
  const std::string much(8u << 20, 'x');
  ASSERT_TRUE(reader.feed(much, onLine));
  ASSERT_TRUE(reader.feed(much, onLine));
  EXPECT_FALSE(reader.feed(much, onLine));
}

}  // namespace
}  // namespace mc::kube
