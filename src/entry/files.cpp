#include "entry/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "base/fd.hpp"
#include "base/process.hpp"

namespace mc::entry {
namespace {

using base::failErrno;
using base::Status;

Status fill(int fd, std::string_view content, mode_t mode, std::optional<Owner> owner) {
  MC_TRY(base::writeAll(fd, content));
  // Owner first: chown(2) may clear bits of the mode.
  if (owner && ::fchown(fd, owner->uid, owner->gid) != 0) return failErrno("chown");
  if (::fchmod(fd, mode) != 0) return failErrno("chmod");
  return {};
}

Status makeOne(const std::string& path, mode_t mode, std::optional<Owner> owner) {
  if (::mkdir(path.c_str(), mode) != 0) {
    struct stat info{};
    if (errno != EEXIST || ::stat(path.c_str(), &info) != 0) return failErrno(path);
    if (S_ISDIR(info.st_mode)) return {};
    return base::fail(ENOTDIR, path + ": there is something else than a directory");
  }
  // The umask may have taken rights away.
  if (::chmod(path.c_str(), mode) != 0) return failErrno(path);
  if (owner && ::chown(path.c_str(), owner->uid, owner->gid) != 0) return failErrno(path);
  return {};
}

}  // namespace

base::Result<std::string> SystemFiles::read(const std::string& path) const {
  return base::readFile(path);
}

bool SystemFiles::exists(const std::string& path) const {
  return ::access(path.c_str(), F_OK) == 0;
}

Status SystemFiles::write(const std::string& path, std::string_view content, mode_t mode,
                          std::optional<Owner> owner) {
  std::string temporary = path + ".XXXXXX";
  base::Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return failErrno(path);
  Status written = fill(fd.get(), content, mode, owner).prefixed(path);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = failErrno(path);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Status SystemFiles::rewrite(const std::string& path, std::string_view content, mode_t mode) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return write(path, content, mode, std::nullopt);
  return write(realPath(path), content, info.st_mode & 07777, Owner{info.st_uid, info.st_gid});
}

Status SystemFiles::makeDirectory(const std::string& path, mode_t mode,
                                  std::optional<Owner> owner) {
  for (size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
    MC_TRY(makeOne(path.substr(0, end), 0755, std::nullopt));
  return makeOne(path, mode, owner);
}

Status SystemFiles::setOwner(const std::string& path, Owner owner) {
  if (::chown(path.c_str(), owner.uid, owner.gid) != 0) return failErrno(path);
  return {};
}

Status SystemFiles::link(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0) return failErrno(path);
  return {};
}

std::optional<std::string> SystemFiles::findProgram(const std::string& name,
                                                    const std::string& path) const {
  return base::findProgram(name, path);
}

std::string SystemFiles::realPath(const std::string& path) const {
  const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr),
                                                          &std::free);
  return found ? found.get() : path;
}

}  // namespace mc::entry
