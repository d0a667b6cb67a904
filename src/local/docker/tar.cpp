#include "local/docker/tar.hpp"

#include <cstring>

#include "base/ustar.hpp"

namespace mc::local::docker {

namespace {

using base::ustar::Header;
using base::ustar::kBlock;

base::Result<std::string> makeHeader(const std::string& path, char type, uint64_t size,
                                     const TarOwner& owner) {
  Header header{};
  if (path.size() > sizeof(header.name)) return base::fail(EINVAL, "tar: path too long: " + path);
  std::memcpy(header.name, path.data(), path.size());
  base::ustar::setNumber(header.mode, owner.mode);
  base::ustar::setNumber(header.uid, static_cast<uint64_t>(owner.uid));
  base::ustar::setNumber(header.gid, static_cast<uint64_t>(owner.gid));
  base::ustar::setNumber(header.size, size);
  base::ustar::setNumber(header.mtime, 0);
  header.type = type;
  return base::ustar::seal(header);
}

}  // namespace

base::Status addDirectory(std::string& archive, const std::string& path, const TarOwner& owner) {
  MC_TRY_ASSIGN(const std::string header,
                makeHeader(path + "/", base::ustar::kDirectory, 0, owner));
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
  return makeHeader(path, base::ustar::kRegular, size, owner);
}

std::string padding(uint64_t size) {
  return base::ustar::padding(size);
}

std::string archiveEnd() {
  return base::ustar::end();
}

base::Result<std::map<std::string, std::string>> readFiles(std::string_view archive) {
  std::map<std::string, std::string> files;
  while (archive.size() >= kBlock) {
    Header header{};
    std::memcpy(&header, archive.data(), kBlock);
    archive.remove_prefix(kBlock);
    if (header.name[0] == '\0') return files;
    if (!base::ustar::isIntact(header)) return base::fail(EPROTO, "tar: wrong checksum");
    const auto number = base::ustar::number(header.size);
    if (!number) return base::fail(EPROTO, "tar: a number is not octal");
    const uint64_t size = *number;
    const uint64_t padded = size + padding(size).size();
    if (padded < size || padded > archive.size()) return base::fail(EPROTO, "tar: cut short");
    if (header.type == base::ustar::kRegular || header.type == '\0') {
      const std::string name(header.name, strnlen(header.name, sizeof(header.name)));
      files[name] = archive.substr(0, size);
    }
    archive.remove_prefix(padded);
  }
  return base::fail(EPROTO, "tar: no end");
}

}  // namespace mc::local::docker
