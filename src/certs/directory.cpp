#include "certs/directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>

#include "base/fd.hpp"

namespace mc::certs {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr size_t kFileLimit = 1u << 20;

base::Status failed(const std::string& path, const std::error_code& error) {
  return base::fail(error.value(), path + ": " + error.message());
}

base::Status makeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) == 0) return {};
  return base::failErrno(path);
}

base::Status removeAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? failed(path, error) : base::Status();
}

base::Status syncFolder(const std::string& path) {
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return base::failErrno(path);
  return {};
}

}  // namespace

base::Result<std::optional<Secret>> Directory::find(const std::string& name) {
  const std::string folder = path_ + "/" + name;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return std::nullopt;
  Secret secret;
  secret.name = name;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    MC_TRY_ASSIGN(secret.data[entry->path().filename().string()],
                  base::readFile(entry->path().string(), kFileLimit));
  }
  if (error) return base::pass(failed(folder, error).error());
  return secret;
}

/// A folder with the Secret's files beside its place; its path.
base::Result<std::string> Directory::write(const Secret& secret) {
  if (auto made = makeFolder(path_); !made && made.error().errnum != EEXIST)
    return base::pass(made.error());
  std::string folder = path_ + "/." + secret.name + ".new";
  MC_TRY(removeAll(folder));  // of a command that was ended in the middle
  MC_TRY(makeFolder(folder));
  for (const auto& [key, value] : secret.data)
    MC_TRY(base::writeFileAtomic(folder + "/" + key, value, kFileMode));
  MC_TRY(syncFolder(folder));
  return folder;
}

base::Status Directory::create(const Secret& secret) {
  return put(secret, RENAME_NOREPLACE);
}

base::Status Directory::replace(const Secret& secret) {
  return put(secret, RENAME_EXCHANGE);
}

/// `how`: of renameat2(2).
base::Status Directory::put(const Secret& secret, unsigned how) {
  const std::string place = path_ + "/" + secret.name;
  MC_TRY_ASSIGN(const std::string folder, write(secret));
  base::Status moved;
  if (::renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, place.c_str(), how) != 0)
    moved = base::failErrno(place);
  if (moved) moved = syncFolder(path_);
  // Nothing is there if it was moved; otherwise the new files, or the old ones that had its place.
  const auto removed = removeAll(folder);
  return moved ? removed : moved;
}

}  // namespace mc::certs
