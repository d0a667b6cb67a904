#pragma once
// A container's files in memory, with the rights that were asked for.
//
//   FakeFiles files;
//   files.add("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
//   files.refuse("/etc", EROFS);                 // nothing below can be written
//   ... code under test ...
//   EXPECT_EQ(files.at("/etc/passwd").content, "...");

#include <map>
#include <set>
#include <string>
#include <vector>

#include "entry/files.hpp"

namespace mc::fakes {

class FakeFiles final : public entry::Files {
 public:
  struct Entry {
    std::string content;
    mode_t mode = 0644;
    std::optional<entry::Owner> owner;
    bool directory = false;
    std::string target;  ///< of a symbolic link
  };

  void add(const std::string& path, std::string content) {
    entries_[path].content = std::move(content);
  }
  void addProgram(const std::string& path) { entries_[path] = {"", 0755, {}, false, ""}; }
  /// Every change at or below `path` fails with `errnum` from now on.
  void refuse(const std::string& path, int errnum) { refused_[path] = errnum; }
  [[nodiscard]] bool has(const std::string& path) const { return entries_.count(path) > 0; }
  /// Fails the test (by exception) if there is no such file.
  [[nodiscard]] const Entry& at(const std::string& path) const { return entries_.at(path); }
  /// Paths in the order in which they were changed.
  [[nodiscard]] const std::vector<std::string>& changes() const { return changes_; }

  base::Result<std::string> read(const std::string& path) const override {
    const auto found = entries_.find(path);
    if (found == entries_.end()) return failed(path, ENOENT);
    return found->second.content;
  }
  [[nodiscard]] bool exists(const std::string& path) const override { return has(path); }

  base::Status write(const std::string& path, std::string_view content, mode_t mode,
                     std::optional<entry::Owner> owner) override {
    MC_TRY(change(path));
    entries_[path] = {std::string(content), mode, owner, false, ""};
    return {};
  }
  base::Status rewrite(const std::string& path, std::string_view content, mode_t mode) override {
    MC_TRY(change(path));
    auto& entry = entries_.try_emplace(path, Entry{"", mode, {}, false, ""}).first->second;
    entry.content = content;
    return {};
  }
  base::Status makeDirectory(const std::string& path, mode_t mode,
                             std::optional<entry::Owner> owner) override {
    if (has(path)) return at(path).directory ? base::Status() : failed(path, ENOTDIR);
    const size_t slash = path.rfind('/');
    if (slash != 0 && slash != std::string::npos)
      MC_TRY(makeDirectory(path.substr(0, slash), 0755, std::nullopt));
    MC_TRY(change(path));
    entries_[path] = {"", mode, owner, true, ""};
    return {};
  }
  base::Status setOwner(const std::string& path, entry::Owner owner) override {
    MC_TRY(change(path));
    entries_[path].owner = owner;
    return {};
  }
  base::Status link(const std::string& target, const std::string& path) override {
    if (has(path)) return failed(path, EEXIST);
    MC_TRY(change(path));
    entries_[path].target = target;
    return {};
  }
  [[nodiscard]] std::optional<std::string> findProgram(const std::string& name,
                                                       const std::string& path) const override {
    for (size_t begin = 0; begin <= path.size();) {
      const size_t end = std::min(path.find(':', begin), path.size());
      const std::string candidate = path.substr(begin, end - begin) + "/" + name;
      if (has(candidate)) return candidate;
      begin = end + 1;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string realPath(const std::string& path) const override {
    return has(path) && !at(path).target.empty() ? at(path).target : path;
  }

 private:
  static tl::unexpected<base::Error> failed(const std::string& path, int errnum) {
    return base::fail(errnum, path + ": " + std::strerror(errnum));
  }
  base::Status change(const std::string& path) {
    for (const auto& [below, errnum] : refused_)
      if (path == below || path.rfind(below + "/", 0) == 0) return failed(path, errnum);
    changes_.push_back(path);
    return {};
  }

  std::map<std::string, Entry> entries_;
  std::map<std::string, int> refused_;
  std::vector<std::string> changes_;
};

}  // namespace mc::fakes
