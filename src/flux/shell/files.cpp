#include "flux/shell/files.hpp"

#include <ftw.h>
#include <limits.h>
#include <unistd.h>

#include <cstdio>

namespace mc::flux::shell {

namespace {

constexpr int kOpenDirectories = 16;

int removeEntry(const char* path, const struct stat*, int, struct FTW*) {
  std::remove(path);
  return 0;
}

}  // namespace

void removeTree(const std::string& path) {
  if (::rmdir(path.c_str()) == 0) return;  // the usual case: the job left nothing
  ::nftw(path.c_str(), removeEntry, kOpenDirectories, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

std::string hostName() {
  char name[HOST_NAME_MAX + 1] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace mc::flux::shell
