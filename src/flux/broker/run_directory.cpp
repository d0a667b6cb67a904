#include "flux/broker/run_directory.hpp"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace mc::flux::broker {
namespace {

int removeEntry(const char* path, const struct stat* /*status*/, int /*type*/, FTW* /*place*/) {
  ::remove(path);
  return 0;
}

base::Result<std::string> makeTemporary(const std::string& parent) {
  std::string path = parent + "/flux-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return base::failErrno(path);
  return path;
}

/// The directory of the job that this broker is a task of goes with the job, whatever becomes of
/// us. It is of no use where it would leave no room for the path of a socket.
std::string jobDirectory() {
  constexpr size_t kLongest = 64;
  const char* path = ::getenv("PMI_FD") != nullptr ? ::getenv("FLUX_JOB_TMPDIR") : nullptr;
  return path != nullptr && std::strlen(path) <= kLongest ? path : "";
}

std::string temporaryParent() {
  if (const std::string path = jobDirectory(); !path.empty()) return path;
  const char* configured = ::getenv("TMPDIR");
  return configured != nullptr && *configured != '\0' ? configured : "/tmp";
}

}  // namespace

void removeTree(const std::string& path) {
  constexpr int kMaxOpen = 16;
  ::nftw(path.c_str(), removeEntry, kMaxOpen, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

base::Result<RunDirectory> RunDirectory::open(const std::string& wanted) {
  if (wanted.empty()) {
    MC_TRY_ASSIGN(std::string path, makeTemporary(temporaryParent()));
    return RunDirectory(std::move(path), true);
  }
  if (::mkdir(wanted.c_str(), 0700) == 0) return RunDirectory(wanted, true);
  struct stat status{};
  if (::stat(wanted.c_str(), &status) != 0) return base::failErrno(wanted);
  if (!S_ISDIR(status.st_mode)) return base::fail(ENOTDIR, wanted + ": not a directory");
  if ((status.st_mode & S_ISVTX) == 0) return RunDirectory(wanted, false);
  MC_TRY_ASSIGN(std::string path, makeTemporary(wanted));
  return RunDirectory(std::move(path), true);
}

RunDirectory::RunDirectory(RunDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      own_(other.own_),
      cleanup_(std::exchange(other.cleanup_, false)) {}

RunDirectory& RunDirectory::operator=(RunDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(own_, other.own_);
  std::swap(cleanup_, other.cleanup_);
  return *this;
}

RunDirectory::~RunDirectory() {
  if (cleanup_) removeTree(path_);
}

}  // namespace mc::flux::broker
