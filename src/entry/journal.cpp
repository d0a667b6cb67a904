#include "entry/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/fd.hpp"
#include "entry/settings.hpp"

namespace mc::entry {
namespace {

/// What phases may take of a journal: a follower that starts Flux over and over fills none.
constexpr size_t kPhasesSize = 2048;
constexpr size_t kErrorSize = 512;

int64_t milliseconds(const base::Clock& clock) {
  return std::llround(clock.wall() * 1000);
}

base::Fd openToAppend(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  if (path == kTerminationLog) return base::Fd(::open(path.c_str(), kFlags));
  // The directory of kJournalFile is ours; of others, that are there, nothing changes.
  (void)::mkdir(path.substr(0, path.rfind('/')).c_str(), 0755);
  return base::Fd(::open(path.c_str(), kFlags | O_CREAT, 0644));
}

class FileJournal final : public Journal {
 public:
  FileJournal(const base::Clock& clock, std::string path, base::Fd fd)
      : clock_(clock), path_(std::move(path)), fd_(std::move(fd)), base_(milliseconds(clock)) {
    const std::string head = std::string(kJournalHead) + std::to_string(base_) + "\n";
    if (!base::writeAll(fd_.get(), head)) path_.clear();
  }

  void phase(std::string_view name, std::string_view detail) override {
    if (written_ > kPhasesSize) return;
    write("phase " + std::string(name) + (detail.empty() ? "" : " " + journalText(detail, 256)));
  }
  void error(std::string_view text) override { write("error " + journalText(text, kErrorSize)); }
  void end(int status) override { write("end " + std::to_string(status)); }

  void giveTo(Owner owner) override {
    if (path_ != kTerminationLog) (void)::fchown(fd_.get(), owner.uid, owner.gid);
  }
  [[nodiscard]] const std::string& path() const override { return path_; }

 private:
  void write(const std::string& what) {
    const std::string line = std::to_string(milliseconds(clock_) - base_) + " " + what + "\n";
    written_ += line.size();
    (void)base::writeAll(fd_.get(), line).has_value();
  }

  const base::Clock& clock_;
  std::string path_;
  base::Fd fd_;
  int64_t base_;
  size_t written_ = 0;
};

class NoJournal final : public Journal {
 public:
  void phase(std::string_view /*name*/, std::string_view /*detail*/) override {}
  void error(std::string_view /*text*/) override {}
  void end(int /*status*/) override {}
  void giveTo(Owner /*owner*/) override {}
  [[nodiscard]] const std::string& path() const override { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<Journal> openJournal(const base::Clock& clock,
                                     const std::vector<std::string>& paths) {
  for (const auto& path : paths)
    if (base::Fd fd = openToAppend(path))
      return std::make_unique<FileJournal>(clock, path, std::move(fd));
  return std::make_unique<NoJournal>();
}

std::vector<std::string> journalPaths(const std::string& mount) {
  if (mount != kMountPath) return {mount + "/journal"};
  const char* temporary = std::getenv("TMPDIR");
  const std::string spare(kSpareJournalFile);
  const bool elsewhere = temporary != nullptr && *temporary == '/';
  return {kTerminationLog, kJournalFile,
          elsewhere ? temporary + spare.substr(spare.rfind('/')) : spare};
}

base::Result<std::string> ownJournal() {
  for (const auto& path : journalPaths(kMountPath)) {
    auto text = base::readFile(path, kJournalFileSize * 2);
    if (text && text->starts_with(kJournalHead)) return text;
  }
  return base::fail(ENOENT, "this container has no journal");
}

size_t journalSize(const std::string& path) {
  return path == kTerminationLog ? kTerminationLogSize : kJournalFileSize;
}

base::Status appendToJournal(const std::string& path, std::string_view lines) {
  const base::Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return base::failErrno(path);
  return base::writeAll(fd.get(), lines).prefixed(path);
}

int64_t journalBase(std::string_view text) {
  size_t at = text.rfind(kJournalHead);
  if (at == std::string_view::npos || (at > 0 && text[at - 1] != '\n')) return 0;
  at += kJournalHead.size();
  int64_t base = 0;
  const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), base);
  return parsed.ec == std::errc() ? base : 0;
}

std::string journalText(std::string_view text, size_t limit) {
  std::string line;
  for (const char c : text.substr(0, limit))
    line += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  return line;
}

}  // namespace mc::entry
