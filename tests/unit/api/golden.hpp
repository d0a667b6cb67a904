#pragma once
// Files of tests/unit/api: manifests and what reading them must say.
//
// Tests run in the project's root. With MINICLUSTER_UPDATE_GOLDEN set in the environment, expected
// files are written instead of compared; look at the difference before it is committed.

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/fd.hpp"

namespace mc::api {

inline const std::filesystem::path kFiles = "tests/unit/api";

inline std::string contentOf(const std::filesystem::path& path) {
  return base::readFile(path.string()).value_or("");
}

/// What `actual` has to be; when updating, makes it so.
inline std::string expectedFor(const std::filesystem::path& path, const std::string& actual) {
  if (std::getenv("MINICLUSTER_UPDATE_GOLDEN") != nullptr)
    (void)base::writeFileAtomic(path.string(), actual, 0644);
  return contentOf(path);
}

}  // namespace mc::api
