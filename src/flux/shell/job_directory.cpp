#include "flux/shell/job_directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "flux/shell/files.hpp"

namespace mc::flux::shell {

namespace {

constexpr mode_t kMode = 0700;

bool isEntry(const dirent& entry) {
  return std::strcmp(entry.d_name, ".") != 0 && std::strcmp(entry.d_name, "..") != 0;
}

/// Whether a directory is as if it had just been made.
bool isPristine(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  struct stat status{};
  if (!directory || ::fstat(::dirfd(directory.get()), &status) != 0) return false;
  if ((status.st_mode & 07777) != kMode || status.st_uid != ::geteuid()) return false;
  while (const dirent* entry = ::readdir(directory.get()))
    if (isEntry(*entry)) return false;
  return true;
}

}  // namespace

base::Status JobDirectory::make(const std::string& rundir, uint32_t shellRank, formats::JobId id) {
  rundir_ = rundir;
  path_ = rundir + "/jobtmp-" + std::to_string(shellRank) + "-" +
          formats::formatJobId(id, formats::JobIdForm::F58);
  if (takeSpare() || ::mkdir(path_.c_str(), kMode) == 0 || errno == EEXIST) return {};
  const std::string path = std::exchange(path_, {});
  return base::failErrno(path);
}

std::string JobDirectory::spare(int i) const {
  return rundir_ + "/spare-jobtmp-" + std::to_string(i);
}

bool JobDirectory::takeSpare() const {
  for (int i = 0; i < kSpares; ++i)
    if (::rename(spare(i).c_str(), path_.c_str()) == 0) return true;
  return false;
}

bool JobDirectory::becomeSpare() const {
  if (!isPristine(path_)) return false;
  for (int i = 0; i < kSpares; ++i) {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, spare(i).c_str(), RENAME_NOREPLACE) == 0)
      return true;
    if (errno != EEXIST) return false;
  }
  return false;
}

void JobDirectory::release() {
  if (!path_.empty() && !becomeSpare()) removeTree(path_);
}

}  // namespace mc::flux::shell
