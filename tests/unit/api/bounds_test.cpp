// Hostile manifests: refused at a limit, whatever their size.

#include <gmock/gmock.h>

#include "api/read.hpp"

namespace mc::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kHeader =
    "apiVersion: flux-framework.org/v1alpha2\nkind: MiniCluster\nmetadata: {name: x}\n";

std::vector<std::string> messages(const std::string& text) {
  std::vector<std::string> all;
  for (const auto& problem : read(text, "default").problems) all.push_back(problem.text("f"));
  return all;
}

TEST(Bounds, ATextOfAHundredMegabytesIsRefusedUnread) {
  const std::string text(100u << 20, '[');
  EXPECT_THAT(messages(text), ElementsAre("f: larger than 4194304 bytes"));
}

TEST(Bounds, DeepNesting) {
  std::string text = std::string(kHeader) + "spec: ";
  for (int i = 0; i < 10000; ++i) text += "{a: ";
  EXPECT_THAT(messages(text), ElementsAre(HasSubstr("nested deeper than 64 levels")));
}

TEST(Bounds, AliasBomb) {
  std::string text = std::string(kHeader) + "spec:\n  a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string one = std::string("*") + static_cast<char>(c - 1);
    text += std::string("  ") + c + ": &" + c + " [" + one;
    for (int i = 0; i < 8; ++i) text += "," + one;
    text += "]\n";
  }
  EXPECT_THAT(messages(text), ElementsAre(HasSubstr("more than 200000 values, aliases counted")));
}

TEST(Bounds, NulByte) {
  EXPECT_THAT(messages(std::string(kHeader) + '\0'),
              ElementsAre("f:4:1: a NUL byte: this is no text file (save it as UTF-8 text)"));
}

TEST(Bounds, ManyProblemsEndSomewhere) {
  std::string text = std::string(kHeader) + "spec:\n  containers:\n  - image: debian\n";
  for (int i = 0; i < 20000; ++i) text += "    unknown" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(messages(text), SizeIs(1000));
  std::string documents;
  for (int i = 0; i < 1500; ++i) documents += "---\nx\n";
  const auto many = messages(documents);
  EXPECT_THAT(many, SizeIs(1001));
  EXPECT_EQ(many.back(), "f: more problems follow; these are the first");
}

TEST(Bounds, ManyContainersAreFine) {
  std::string text = std::string(kHeader) + "spec:\n  containers:\n  - {image: a, runFlux: true}\n";
  for (int i = 0; i < 3000; ++i) text += "  - {image: b, name: c" + std::to_string(i) + "}\n";
  EXPECT_THAT(messages(text), IsEmpty());
}

TEST(Bounds, NothingInIt) {
  EXPECT_THAT(messages(""), ElementsAre(HasSubstr("f: no MiniCluster in it")));
  EXPECT_THAT(messages("# comment\n---\n---\n"), SizeIs(1));
}

}  // namespace
}  // namespace mc::api
