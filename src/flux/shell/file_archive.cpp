#include "flux/shell/file_archive.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

constexpr int64_t kMaxSize = int64_t{1} << 40;

// Relative and without ways out of the directory.
bool isSafe(std::string_view path) {
  if (path.empty() || path.find('\0') != path.npos) return false;
  for (const std::string& part : formats::splitList(path, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

// Real directories only: a link of the archive must not lead a later file elsewhere.
base::Status makeParents(const std::string& directory, const std::string& path) {
  for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string parent = directory + "/" + path.substr(0, at);
    if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST) return base::failErrno(parent);
    struct stat status{};
    if (::lstat(parent.c_str(), &status) != 0) return base::failErrno(parent);
    if (!S_ISDIR(status.st_mode)) return base::fail(ENOTDIR, parent + " is no directory");
  }
  return {};
}

base::Result<int64_t> sizeOf(const json::object& file) {
  const int64_t size = formats::getInteger(file, "size").value_or(0);
  if (size < 0 || size > kMaxSize) return base::fail(EINVAL, "impossible size");
  return size;
}

// ---- content

base::Status writeText(int fd, const json::value& data, std::string_view encoding) {
  if (encoding.empty()) return base::writeAll(fd, formats::toJson(data));
  const auto* text = data.if_string();
  if (text == nullptr || (encoding != "utf-8" && encoding != "base64"))
    return base::fail(EINVAL, "unknown encoding");
  if (encoding == "utf-8") return base::writeAll(fd, *text);
  MC_TRY_ASSIGN(const std::string bytes, base::base64Decode(*text));
  return base::writeAll(fd, bytes);
}

base::Status writeRegion(int fd, const json::value& region, int64_t fileSize,
                         const ExtractOptions& options) {
  const auto* parts = region.if_array();
  if (parts == nullptr || parts->size() != 3) return base::fail(EINVAL, "bad region");
  const auto offset = formats::toInteger(parts->at(0));
  const auto size = formats::toInteger(parts->at(1));
  const auto* ref = parts->at(2).if_string();
  if (!offset || !size || ref == nullptr || *offset < 0 || *size < 0 || *offset > fileSize - *size)
    return base::fail(EINVAL, "bad region");
  MC_TRY_ASSIGN(const std::string blob, options.load(*ref));
  if (blob.size() != static_cast<size_t>(*size)) return base::fail(EINVAL, "bad region size");
  if (::lseek(fd, *offset, SEEK_SET) < 0) return base::failErrno("lseek");
  return base::writeAll(fd, blob);
}

base::Status writeContent(int fd, const json::object& file, const ExtractOptions& options) {
  MC_TRY_ASSIGN(const int64_t size, sizeOf(file));
  const json::value* data = formats::find(file, "data");
  const auto* encoding = formats::findString(file, "encoding");
  const std::string name = encoding != nullptr ? encoding->c_str() : "";
  if (data != nullptr && name != "blobvec") return writeText(fd, *data, name);
  const auto* regions = data != nullptr ? data->if_array() : nullptr;
  if (data != nullptr && regions == nullptr) return base::fail(EINVAL, "bad blobvec");
  if (regions != nullptr && !options.load)
    return base::fail(EINVAL, "the content is not in the archive");
  if (regions != nullptr)
    for (const json::value& region : *regions) MC_TRY(writeRegion(fd, region, size, options));
  // What is in no region is a hole.
  if (::ftruncate(fd, size) != 0) return base::failErrno("ftruncate");
  return {};
}

// ---- kinds

// O_EXCL and O_NOFOLLOW: a link must not lead elsewhere.
base::Status makeRegular(const std::string& path, mode_t mode, const json::object& file,
                         const ExtractOptions& options) {
  const base::Fd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0700));
  if (!fd) return base::failErrno("open");
  if (auto written = writeContent(fd.get(), file, options); !written) {
    ::unlink(path.c_str());  // nothing half-made stays behind
    return written;
  }
  if (::fchmod(fd.get(), mode & 0777) != 0) return base::failErrno("fchmod");
  return {};
}

// It may be there already, for what it holds.
base::Status makeDirectory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode & 0777) == 0) return {};
  struct stat status{};
  if (errno != EEXIST || ::lstat(path.c_str(), &status) != 0) return base::failErrno("mkdir");
  if (!S_ISDIR(status.st_mode)) return base::fail(EEXIST, "mkdir: File exists");
  if (::chmod(path.c_str(), mode & 0777) != 0) return base::failErrno("chmod");
  return {};
}

base::Status makeLink(const std::string& path, const json::object& file) {
  MC_TRY_ASSIGN(const std::string_view target, formats::getString(file, "data"));
  if (::symlink(std::string(target).c_str(), path.c_str()) != 0) return base::failErrno("symlink");
  return {};
}

}  // namespace

base::Status extractFile(const std::string& directory, const std::string& path,
                         const json::object& file, const ExtractOptions& options) {
  if (!isSafe(path)) return base::fail(EINVAL, "the path is not relative and plain");
  MC_TRY_ASSIGN(const int64_t number, formats::getInteger(file, "mode"));
  const auto mode = static_cast<mode_t>(number);
  MC_TRY(makeParents(directory, path));
  const std::string whole = directory + "/" + path;
  if (S_ISDIR(mode)) return makeDirectory(whole, mode);
  if (options.overwrite && ::unlink(whole.c_str()) != 0 && errno != ENOENT)
    return base::failErrno("unlink");
  if (S_ISLNK(mode)) return makeLink(whole, file);
  if (!S_ISREG(mode)) return base::fail(EINVAL, "neither file, directory nor link");
  return makeRegular(whole, mode, file, options);
}

}  // namespace mc::flux::shell
