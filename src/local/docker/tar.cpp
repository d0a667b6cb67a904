#include "local/docker/tar.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace mc::local::docker {

namespace {

constexpr size_t kBlock = 512;
constexpr char kRegular = '0';
constexpr char kDirectory = '5';

struct Header {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char linkName[100];
  char magic[6];
  char version[2];
  char userName[32];
  char groupName[32];
  char deviceMajor[8];
  char deviceMinor[8];
  char prefix[155];
  char rest[12];
};
static_assert(sizeof(Header) == kBlock);

/// Octal digits with leading zeros that fill a field but for its closing NUL.
template <size_t N>
void writeOctal(char (&field)[N], uint64_t number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*llo", static_cast<int>(N - 1),
                static_cast<unsigned long long>(number));
  std::memcpy(field, text.data(), N - 1);
}

template <size_t N>
base::Result<uint64_t> readOctal(const char (&field)[N]) {
  uint64_t number = 0;
  for (const char c : field) {
    if (c == '\0' || c == ' ') continue;
    if (c < '0' || c > '7') return base::fail(EPROTO, "tar: a number is not octal");
    number = number * 8 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

uint64_t checksumOf(Header header) {
  std::memset(header.checksum, ' ', sizeof(header.checksum));
  std::array<unsigned char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  uint64_t sum = 0;
  for (const unsigned char byte : bytes) sum += byte;
  return sum;
}

base::Result<std::string> makeHeader(const std::string& path, char type, uint64_t size,
                                     const TarOwner& owner) {
  Header header{};
  if (path.size() > sizeof(header.name)) return base::fail(EINVAL, "tar: path too long: " + path);
  std::memcpy(header.name, path.data(), path.size());
  writeOctal(header.mode, owner.mode);
  writeOctal(header.uid, static_cast<uint64_t>(owner.uid));
  writeOctal(header.gid, static_cast<uint64_t>(owner.gid));
  writeOctal(header.size, size);
  writeOctal(header.mtime, 0);
  header.type = type;
  std::memcpy(header.magic, "ustar", sizeof(header.magic));
  std::memcpy(header.version, "00", sizeof(header.version));
  writeOctal(header.checksum, checksumOf(header));
  std::string block(kBlock, '\0');
  std::memcpy(block.data(), &header, kBlock);
  return block;
}

}  // namespace

base::Status addDirectory(std::string& archive, const std::string& path, const TarOwner& owner) {
  MC_TRY_ASSIGN(const std::string header, makeHeader(path + "/", kDirectory, 0, owner));
  archive += header;
  return {};
}

base::Status addFile(std::string& archive, const std::string& path, std::string_view content,
                     const TarOwner& owner) {
  MC_TRY_ASSIGN(const std::string header, fileHeader(path, content.size(), owner));
  archive += header;
  archive += content;
  archive += padding(content.size());
  return {};
}

base::Result<std::string> fileHeader(const std::string& path, uint64_t size,
                                     const TarOwner& owner) {
  return makeHeader(path, kRegular, size, owner);
}

std::string padding(uint64_t size) {
  return std::string((kBlock - size % kBlock) % kBlock, '\0');
}

std::string archiveEnd() {
  return std::string(2 * kBlock, '\0');
}

base::Result<std::map<std::string, std::string>> readFiles(std::string_view archive) {
  std::map<std::string, std::string> files;
  while (archive.size() >= kBlock) {
    Header header{};
    std::memcpy(&header, archive.data(), kBlock);
    archive.remove_prefix(kBlock);
    if (header.name[0] == '\0') return files;
    MC_TRY_ASSIGN(const uint64_t expected, readOctal(header.checksum));
    if (expected != checksumOf(header)) return base::fail(EPROTO, "tar: wrong checksum");
    MC_TRY_ASSIGN(const uint64_t size, readOctal(header.size));
    const uint64_t padded = size + padding(size).size();
    if (padded < size || padded > archive.size()) return base::fail(EPROTO, "tar: cut short");
    if (header.type == kRegular || header.type == '\0') {
      const std::string name(header.name, strnlen(header.name, sizeof(header.name)));
      files[name] = archive.substr(0, size);
    }
    archive.remove_prefix(padded);
  }
  return base::fail(EPROTO, "tar: no end");
}

}  // namespace mc::local::docker
