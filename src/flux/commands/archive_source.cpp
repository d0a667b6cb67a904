#include "flux/commands/archive_source.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <vector>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

/// The path as it stands in an archive: without "." and what would make it absolute. EINVAL for
/// ways out of the directory.
base::Result<std::string> plainPath(const std::string& path) {
  std::string out;
  for (const std::string& part : formats::splitList(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return base::fail(EINVAL, path + ": path must not contain '..'");
    out += (out.empty() ? "" : "/") + part;
  }
  return out;
}

base::Result<std::vector<std::string>> namesIn(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), ::closedir);
  if (!dir) return base::failErrno(directory);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get()))
    if (const std::string name = entry->d_name; name != "." && name != "..") names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

base::Result<std::string> readRange(int fd, int64_t begin, int64_t end) {
  std::string out(static_cast<size_t>(end - begin), '\0');
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(fd, out.data() + done, out.size() - done, begin + static_cast<int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::failErrno("read");
    if (n == 0) return base::fail(EIO, "file has become shorter meanwhile");
    done += static_cast<size_t>(n);
  }
  return out;
}

}  // namespace

base::Status ArchiveSource::add(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return base::failErrno(path);
  if (S_ISDIR(status.st_mode)) MC_TRY(addDirectory(path));
  MC_TRY_ASSIGN(const std::string plain, plainPath(path));
  if (plain.empty()) return {};  // "." has no name
  if (!formats::isUtf8(plain)) return base::fail(EINVAL, path + ": name is not UTF-8");
  json::object file{{"path", plain},
                    {"mode", status.st_mode},
                    {"mtime", status.st_mtim.tv_sec},
                    {"ctime", status.st_ctim.tv_sec}};
  if (S_ISLNK(status.st_mode)) {
    char target[PATH_MAX];
    const ssize_t n = ::readlink(path.c_str(), target, sizeof target);
    if (n < 0) return base::failErrno(path);
    file["data"] = std::string(target, static_cast<size_t>(n));
  } else if (S_ISREG(status.st_mode)) {
    MC_TRY(addContent(path, file).prefixed(path));
  } else if (!S_ISDIR(status.st_mode)) {
    return base::fail(EINVAL, path + ": unsupported file type");
  }
  files_.emplace_back(std::move(file));
  if (options_.added) options_.added(plain);
  return {};
}

base::Status ArchiveSource::addDirectory(const std::string& path) {
  MC_TRY_ASSIGN(const auto names, namesIn(path));
  for (const std::string& name : names) MC_TRY(add(path + "/" + name));
  return {};
}

base::Status ArchiveSource::addContent(const std::string& path, json::object& file) {
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return base::failErrno("open");
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return base::failErrno("stat");
  const int64_t size = status.st_size;
  file["size"] = size;
  if (size == 0) return {};
  if (size > options_.smallFile) {
    MC_TRY_ASSIGN(json::array regions, storeRegions(fd.get(), size));
    if (regions.empty()) return {};  // nothing but a hole
    file["encoding"] = "blobvec";
    file["data"] = std::move(regions);
    return {};
  }
  MC_TRY_ASSIGN(const std::string content, readRange(fd.get(), 0, size));
  const bool text = formats::isUtf8(content) && content.find('\0') == std::string::npos;
  file["encoding"] = text ? "utf-8" : "base64";
  file["data"] = text ? content : base::base64Encode(content);
  return {};
}

// Holes are left out, as far as the file system tells of them.
base::Result<json::array> ArchiveSource::storeRegions(int fd, int64_t size) {
  json::array regions;
  int64_t at = 0;
  while (at < size) {
    int64_t begin = ::lseek(fd, at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) break;
    if (begin < 0) begin = at;
    int64_t end = ::lseek(fd, begin, SEEK_HOLE);
    if (end <= begin || end > size) end = size;
    MC_TRY(storeRegion(fd, begin, end, regions));
    at = end;
  }
  return regions;
}

base::Status ArchiveSource::storeRegion(int fd, int64_t begin, int64_t end, json::array& regions) {
  const int64_t limit = options_.chunkSize > 0 ? options_.chunkSize : end - begin;
  for (int64_t at = begin; at < end; at += limit) {
    const int64_t next = std::min(end, at + limit);
    MC_TRY_ASSIGN(const std::string blob, readRange(fd, at, next));
    MC_TRY_ASSIGN(const std::string ref, options_.store(blob).prefixed("error storing blob"));
    regions.emplace_back(json::array{at, next - at, ref});
  }
  return {};
}

}  // namespace mc::flux::commands
