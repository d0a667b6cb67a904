#pragma once
// The files of this folder: each NAME.yaml has what is made of it in NAME.KIND.json.
//
// After a change that is meant, write them anew with
//   MINICLUSTER_UPDATE_GOLDEN=1 ctest -L golden
// and read the difference before it is committed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "api/read.hpp"
#include "base/fd.hpp"

namespace mc::golden {

inline std::string fileOf(const std::string& name) {
  return std::string(GOLDEN_DIRECTORY) + "/" + name;
}

inline std::vector<std::string> manifests() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_DIRECTORY))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

/// What `made` makes of all documents of a manifest, one after the other.
inline std::string madeFrom(const std::string& name,
                            const std::function<std::string(const api::MiniCluster&)>& made) {
  const auto text = base::readFile(fileOf(name + ".yaml"));
  EXPECT_TRUE(text) << text.error().message;
  const auto read = api::read(text.value_or(""), "default", api::Runs::OnKubernetes);
  for (const auto& problem : read.problems) ADD_FAILURE() << problem.text(name);
  std::string result;
  for (const auto& document : read.documents) result += made(document.cluster);
  return result;
}

inline void expectAsItWas(const std::string& file, const std::string& now) {
  if (std::getenv("MINICLUSTER_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::writeFileAtomic(fileOf(file), now, 0644));
    return;
  }
  const auto before = base::readFile(fileOf(file));
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(now, *before);
}

/// Files that end in `suffix` without a manifest.
inline void expectManifestsFor(const std::string& suffix) {
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_DIRECTORY)) {
    const std::string file = entry.path().filename();
    const size_t end = file.find(suffix);
    if (end == std::string::npos) continue;
    EXPECT_TRUE(std::filesystem::exists(fileOf(file.substr(0, end) + ".yaml"))) << file;
  }
}

inline std::string testName(const testing::TestParamInfo<std::string>& manifest) {
  std::string name = manifest.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace mc::golden
