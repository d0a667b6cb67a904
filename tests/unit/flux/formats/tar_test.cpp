#include "flux/formats/tar.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/base/temporary_directory.hpp"

namespace mc::flux::formats {
namespace {

using base::TemporaryDirectory;

std::vector<TarEntry> readAll(const std::string& path) {
  std::vector<TarEntry> out;
  const auto reader = openTar(path);
  if (!reader) return out;
  while (true) {
    auto entry = (*reader)->next();
    EXPECT_TRUE(entry) << entry.error().message;
    if (!entry || !*entry) return out;
    out.push_back(std::move(**entry));
  }
}

class TarTest : public ::testing::TestWithParam<const char*> {
 protected:
  TemporaryDirectory directory;
};

TEST_P(TarTest, EntriesComeBackAsTheyWere) {
  const std::string path = directory.file(GetParam());
  const std::vector<TarEntry> entries{
      {"a/b", "1", std::nullopt},
      {"empty", "", std::nullopt},
      {"block", std::string(512, 'b'), std::nullopt},
      {"bytes", std::string("\0\xff\n", 3), std::nullopt},
      {std::string(300, 'n') + "/long", std::string(100'000, 'x'), std::nullopt},
      {"link", "", "job.1.guest"},
      {"far", "", std::string(200, 't')},
  };
  {
    const auto writer = createTar(path, 1.5e9);
    ASSERT_TRUE(writer) << writer.error().message;
    for (const TarEntry& entry : entries) ASSERT_TRUE((*writer)->add(entry));
    ASSERT_TRUE((*writer)->finish());
  }
  const auto read = readAll(path);
  ASSERT_EQ(read.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(read[i].path, entries[i].path);
    EXPECT_EQ(read[i].data, entries[i].data);
    EXPECT_EQ(read[i].target, entries[i].target);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TarTest, ::testing::Values("x.tar", "x.tgz", "x.tar.gz"));

TEST(Tar, RefusesOtherKindsOfArchives) {
  const auto writer = createTar("/tmp/x.zip", 0);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().errnum, ENOTSUP);
  EXPECT_FALSE(openTar("/nonexistent/x.tar"));
}

TEST(Tar, DamageIsAnErrorWhereverItIs) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("x.tar");
  {
    const auto writer = createTar(path, 0);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->add({std::string(150, 'n'), "data", std::nullopt}));
    ASSERT_TRUE((*writer)->finish());
  }
  std::string good;
  {
    std::ifstream in(path, std::ios::binary);
    good.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto status = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    const auto reader = openTar(path);
    EXPECT_TRUE(reader);
    while (true) {
      const auto entry = (*reader)->next();
      if (!entry) return entry.error().errnum;
      if (!*entry) return 0;
    }
  };
  EXPECT_EQ(status(good), 0);
  EXPECT_EQ(status("nonsense"), EIO);
  EXPECT_EQ(status(std::string(2000, 'x')), EINVAL);
  EXPECT_EQ(status(good.substr(0, 700)), EIO);
  for (const size_t at : {3UL, 130UL, 515UL, 1030UL}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x15);
    EXPECT_EQ(status(bad), EINVAL) << at;
  }
}

}  // namespace
}  // namespace mc::flux::formats
