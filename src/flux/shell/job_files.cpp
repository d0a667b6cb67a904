#include "flux/shell/job_files.hpp"

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

base::Result<std::string> contentOf(const json::object& file) {
  const json::value* data = formats::find(file, "data");
  if (data == nullptr) return std::string();
  const json::value* encoding = formats::find(file, "encoding");
  if (encoding == nullptr) return formats::toJson(*data);
  const auto* name = encoding->if_string();
  const auto* text = data->if_string();
  if (name == nullptr || text == nullptr || (*name != "utf-8" && *name != "base64"))
    return base::fail(EINVAL, "unknown encoding");
  if (*name == "base64") return base::base64Decode(*text);
  return std::string(*text);
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

// O_EXCL and O_NOFOLLOW: for the same reason.
base::Status makeRegular(const std::string& path, mode_t mode, const json::object& file) {
  MC_TRY_ASSIGN(const std::string content, contentOf(file));
  const base::Fd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0700));
  if (!fd) return base::failErrno("open");
  MC_TRY(base::writeAll(fd.get(), content));
  const int64_t size = formats::getInteger(file, "size").value_or(0);
  if (formats::find(file, "data") == nullptr && size > 0 && size < kMaxSize &&
      ::ftruncate(fd.get(), size) != 0)
    return base::failErrno("ftruncate");
  if (::fchmod(fd.get(), mode & 0777) != 0) return base::failErrno("fchmod");
  return {};
}

base::Status makeFile(const std::string& directory, const std::string& path,
                      const json::object& file) {
  if (!isSafe(path)) return base::fail(EINVAL, "the path is not relative and plain");
  MC_TRY_ASSIGN(const int64_t number, formats::getInteger(file, "mode"));
  const auto mode = static_cast<mode_t>(number);
  MC_TRY(makeParents(directory, path));
  const std::string whole = directory + "/" + path;
  if (S_ISDIR(mode)) {
    if (::mkdir(whole.c_str(), mode & 0777) != 0 && errno != EEXIST)
      return base::failErrno("mkdir");
    return {};
  }
  if (S_ISLNK(mode)) {
    MC_TRY_ASSIGN(const std::string_view target, formats::getString(file, "data"));
    if (::symlink(std::string(target).c_str(), whole.c_str()) != 0)
      return base::failErrno("symlink");
    return {};
  }
  if (!S_ISREG(mode)) return base::fail(EINVAL, "neither file, directory nor link");
  return makeRegular(whole, mode, file);
}

base::Status extractOne(const std::string& directory, std::string_view path,
                        const json::value& value) {
  const auto* file = value.if_object();
  const std::string name(path);
  if (file == nullptr) return base::fail(EINVAL, "attributes.system.files: bad entry " + name);
  return makeFile(directory, name, *file).prefixed("attributes.system.files: " + name);
}

}  // namespace

base::Status extractFiles(const Job& job, const std::string& directory) {
  const json::value* files = job.jobspec.system("files");
  if (files == nullptr) return {};
  if (const auto* table = files->if_object())
    for (const auto& [path, value] : *table) MC_TRY(extractOne(directory, path, value));
  if (const auto* list = files->if_array())
    for (const json::value& value : *list) {
      const auto* file = value.if_object();
      const auto* path = file ? formats::findString(*file, "path") : nullptr;
      MC_TRY(extractOne(directory, path ? std::string_view(*path) : "", value));
    }
  return {};
}

}  // namespace mc::flux::shell
