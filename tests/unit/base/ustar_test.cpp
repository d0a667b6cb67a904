#include "base/ustar.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace mc::base::ustar {
namespace {

Header header() {
  Header header{};
  std::memcpy(header.name, "file", 4);
  setNumber(header.size, 1234);
  return header;
}

Header headerOf(const std::string& block) {
  Header header{};
  std::memcpy(&header, block.data(), kBlock);
  return header;
}

TEST(Ustar, NumbersAreOctalAndFillTheirField) {
  EXPECT_STREQ(header().size, "00000002322");
  EXPECT_EQ(number(header().size), 1234U);
}

TEST(Ustar, NumbersMayBePaddedAsOtherProgramsDo) {
  const char field[8] = {' ', ' ', '6', '4', '4', ' ', '\0', '\0'};
  EXPECT_EQ(number(field), 0644U);
}

TEST(Ustar, WhatIsNoNumberIsNone) {
  const char empty[8] = {};
  const char nine[8] = {'9', '\0'};
  EXPECT_FALSE(number(empty));
  EXPECT_FALSE(number(nine));
}

TEST(Ustar, AChangedByteShows) {
  std::string block = seal(header());
  ASSERT_EQ(block.size(), kBlock);
  EXPECT_TRUE(isIntact(headerOf(block)));
  block[0] = 'F';
  EXPECT_FALSE(isIntact(headerOf(block)));
}

TEST(Ustar, PaddingFillsTheBlock) {
  EXPECT_EQ(padding(0).size(), 0U);
  EXPECT_EQ(padding(1).size(), kBlock - 1);
  EXPECT_EQ(padding(kBlock).size(), 0U);
  EXPECT_EQ(end().size(), 2 * kBlock);
}

}  // namespace
}  // namespace mc::base::ustar
