#include "flux/formats/tar.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "base/ustar.hpp"

namespace mc::flux::formats {

namespace {

using base::ustar::Header;
using base::ustar::kBlock;
using base::ustar::kPax;
using base::ustar::kRegular;
using base::ustar::kSymlink;

constexpr size_t kMaxEntry = size_t{1} << 30;

template <size_t N>
std::string textOf(const char (&field)[N]) {
  return {field, ::strnlen(field, N)};
}

struct CloseGz {
  void operator()(gzFile_s* file) const { gzclose(file); }
};
using File = std::unique_ptr<gzFile_s, CloseGz>;

base::Result<File> openFile(const std::string& path, int flags, const char* mode) {
  const bool standard = path == "-";
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  const int fd = standard ? ::dup(writes ? STDOUT_FILENO : STDIN_FILENO)
                          : ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return base::failErrno(path);
  File file(gzdopen(fd, mode));
  if (file) return file;
  ::close(fd);
  return base::fail(ENOMEM, path + ": " + std::strerror(ENOMEM));
}

class Writer final : public TarWriter {
 public:
  Writer(File file, double time) : file_(std::move(file)), time_(static_cast<uint64_t>(time)) {}

  base::Status add(const TarEntry& entry) override {
    std::string extra;
    if (entry.path.size() > sizeof Header::name) appendPax("path", entry.path, extra);
    if (entry.target && entry.target->size() > sizeof Header::linkName)
      appendPax("linkpath", *entry.target, extra);
    if (!extra.empty()) MC_TRY(member("PaxHeader", kPax, extra, {}));
    return member(entry.path, entry.target ? kSymlink : kRegular, entry.data,
                  entry.target.value_or(std::string()));
  }

  base::Status finish() override {
    MC_TRY(write(base::ustar::end()));
    const int code = gzclose(file_.release());
    return code == Z_OK ? base::Status() : base::fail(EIO, "cannot be written to its end");
  }

 private:
  // "LENGTH KEY=VALUE\n"; the length counts itself.
  static void appendPax(const std::string& key, const std::string& value, std::string& out) {
    const std::string rest = " " + key + "=" + value + "\n";
    size_t length = rest.size();
    while (length != rest.size() + std::to_string(length).size())
      length = rest.size() + std::to_string(length).size();
    out += std::to_string(length) + rest;
  }

  base::Status member(const std::string& name, char type, const std::string& data,
                      const std::string& target) {
    Header header{};
    std::memcpy(header.name, name.data(), std::min(name.size(), sizeof header.name));
    std::memcpy(header.linkName, target.data(), std::min(target.size(), sizeof header.linkName));
    base::ustar::setNumber(header.mode, 0644);
    base::ustar::setNumber(header.uid, ::geteuid());
    base::ustar::setNumber(header.gid, ::getegid());
    base::ustar::setNumber(header.size, type == kSymlink ? 0 : data.size());
    base::ustar::setNumber(header.mtime, time_);
    header.type = type;
    MC_TRY(write(base::ustar::seal(header)));
    if (type == kSymlink) return {};
    MC_TRY(write(data));
    return write(base::ustar::padding(data.size()));
  }

  base::Status write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto part = static_cast<unsigned>(std::min(bytes.size(), size_t{1} << 20));
      if (gzwrite(file_.get(), bytes.data(), part) != static_cast<int>(part)) {
        int code = Z_OK;
        const char* text = gzerror(file_.get(), &code);
        return code == Z_ERRNO ? base::failErrno("write") : base::fail(EIO, text);
      }
      bytes.remove_prefix(part);
    }
    return {};
  }

  File file_;
  uint64_t time_;
};

class Reader final : public TarReader {
 public:
  explicit Reader(File file) : file_(std::move(file)) {}

  base::Result<std::optional<TarEntry>> next() override {
    std::string path;
    std::string target;
    while (true) {
      Header header{};
      MC_TRY_ASSIGN(const size_t got, read(reinterpret_cast<char*>(&header), sizeof header));
      // An archive ends with a block of zeros.
      if (got < kBlock) return base::fail(EIO, "the archive is cut off");
      if (header.name[0] == '\0') return std::optional<TarEntry>();
      MC_TRY_ASSIGN(std::string data, dataOf(header));
      if (header.type == kPax) {
        MC_TRY(readPax(data, path, target));
        continue;
      }
      const bool link = header.type == kSymlink;
      if (link || header.type == kRegular || header.type == '\0')
        return std::optional<TarEntry>(
            {path.empty() ? nameOf(header) : path, std::move(data),
             link ? std::optional(target.empty() ? textOf(header.linkName) : target)
                  : std::nullopt});
      path.clear();
      target.clear();
    }
  }

 private:
  static std::string nameOf(const Header& header) {
    const std::string name = textOf(header.name);
    const bool split =
        std::memcmp(header.magic, "ustar", sizeof header.magic) == 0 && header.prefix[0] != '\0';
    return split ? textOf(header.prefix) + "/" + name : name;
  }

  base::Result<std::string> dataOf(const Header& header) {
    const auto size = base::ustar::number(header.size);
    if (!size || !base::ustar::isIntact(header))
      return base::fail(EINVAL, "this is no tar archive, or it is damaged");
    if (*size > kMaxEntry) return base::fail(EFBIG, "an entry of the archive is too large");
    if (header.type == kSymlink) return std::string();
    std::string data(*size + base::ustar::padding(*size).size(), '\0');
    MC_TRY_ASSIGN(const size_t got, read(data.data(), data.size()));
    if (got < *size) return base::fail(EIO, "the archive is cut off");
    data.resize(*size);
    return data;
  }

  static base::Status readPax(std::string_view records, std::string& path, std::string& target) {
    while (!records.empty()) {
      size_t length = 0;
      const auto [end, error] =
          std::from_chars(records.data(), records.data() + records.size(), length);
      const auto digits = static_cast<size_t>(end - records.data());
      if (error != std::errc() || length > records.size() || length < digits + 3)
        return base::fail(EINVAL, "a pax header is damaged");
      const std::string_view record = records.substr(digits + 1, length - digits - 2);
      if (record.starts_with("path=")) path = record.substr(5);
      if (record.starts_with("linkpath=")) target = record.substr(9);
      records.remove_prefix(length);
    }
    return {};
  }

  base::Result<size_t> read(char* out, size_t size) {
    size_t total = 0;
    while (total < size) {
      const auto part = static_cast<unsigned>(std::min(size - total, size_t{1} << 20));
      const int got = gzread(file_.get(), out + total, part);
      int code = Z_OK;
      if (got < 0) return base::fail(EIO, gzerror(file_.get(), &code));
      if (got == 0) break;
      total += static_cast<size_t>(got);
    }
    return total;
  }

  File file_;
};

}  // namespace

base::Result<std::unique_ptr<TarWriter>> createTar(const std::string& path, double time) {
  const bool compressed = path.ends_with(".tgz") || path.ends_with(".tar.gz");
  if (!compressed && path != "-" && !path.ends_with(".tar"))
    return base::fail(ENOTSUP, path + ": the name must end in .tar, .tgz or .tar.gz");
  MC_TRY_ASSIGN(File file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC, compressed ? "wb" : "wbT"));
  return std::unique_ptr<TarWriter>(std::make_unique<Writer>(std::move(file), time));
}

base::Result<std::unique_ptr<TarReader>> openTar(const std::string& path) {
  MC_TRY_ASSIGN(File file, openFile(path, O_RDONLY, "rb"));
  return std::unique_ptr<TarReader>(std::make_unique<Reader>(std::move(file)));
}

}  // namespace mc::flux::formats
