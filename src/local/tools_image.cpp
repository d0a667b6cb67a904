#include "local/tools_image.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <memory>

#include "base/fd.hpp"
#include "entry/settings.hpp"
#include "local/docker/images.hpp"
#include "local/docker/json.hpp"
#include "local/docker/tar.hpp"
#include "local/labels.hpp"

namespace mc::local {

namespace {

constexpr const char* kRepository = "minicluster/tools";
constexpr std::array<const char*, 2> kPrograms = {entry::kEntryFile, entry::kFluxFile};
constexpr size_t kPieceSize = 256u << 10;
constexpr size_t kDigestSize = 16;
constexpr docker::TarOwner kProgram{0755, 0, 0};

struct Program {
  std::string file;  ///< "bin/flux"
  base::Fd fd;
  uint64_t size = 0;
};

/// "bin/flux" of the volume is "flux" in the directory of programs.
std::string hostPath(const std::string& binDir, const std::string& file) {
  return binDir + file.substr(file.rfind('/'));
}

base::Result<Program> openProgram(const std::string& binDir, const std::string& file) {
  const std::string path = hostPath(binDir, file);
  Program program{file, base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), 0};
  if (!program.fd) {
    return base::fail(errno, path + ": " + std::strerror(errno) +
                                 " (this program is put into the containers; "
                                 "MINICLUSTER_BIN_DIR tells where it is)");
  }
  struct stat status{};
  if (::fstat(program.fd.get(), &status) < 0) return base::failErrno(path);
  program.size = static_cast<uint64_t>(status.st_size);
  return program;
}

base::Result<std::string> readPiece(int fd, const std::string& name, uint64_t limit) {
  std::string piece(std::min<uint64_t>(kPieceSize, limit), '\0');
  const ssize_t size = ::read(fd, piece.data(), piece.size());
  if (size < 0) return base::failErrno(name);
  if (size == 0) return base::fail(EIO, name + " became shorter while it was read");
  piece.resize(static_cast<size_t>(size));
  return piece;
}

base::Status addContent(crypto_generichash_state& digest, const Program& program) {
  for (uint64_t left = program.size; left > 0;) {
    MC_TRY_ASSIGN(const std::string piece, readPiece(program.fd.get(), program.file, left));
    crypto_generichash_update(&digest, reinterpret_cast<const unsigned char*>(piece.data()),
                              piece.size());
    left -= piece.size();
  }
  return {};
}

struct Identity {
  std::string tag;
  int64_t entrySize = 0;
};

base::Result<Identity> identify(const std::string& binDir) {
  crypto_generichash_state digest{};
  crypto_generichash_init(&digest, nullptr, 0, kDigestSize);
  Identity identity;
  for (const char* file : kPrograms) {
    MC_TRY_ASSIGN(const Program program, openProgram(binDir, file));
    MC_TRY(addContent(digest, program));
    if (file == kPrograms.front()) identity.entrySize = static_cast<int64_t>(program.size);
  }
  std::array<unsigned char, kDigestSize> bytes{};
  crypto_generichash_final(&digest, bytes.data(), bytes.size());
  std::array<char, 2 * kDigestSize + 1> hex{};
  identity.tag = sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return identity;
}

/// Sends an archive of programs piece by piece: header, content, padding of each, then the end.
class Archive {
 public:
  Archive(std::deque<Program> programs, std::string prefix)
      : programs_(std::move(programs)), prefix_(std::move(prefix)) {}

  base::Result<std::string> next() {
    if (left_ > 0) {
      MC_TRY_ASSIGN(std::string piece, readPiece(current_.fd.get(), current_.file, left_));
      left_ -= piece.size();
      if (left_ == 0) piece += docker::padding(current_.size);
      return piece;
    }
    if (programs_.empty())
      return std::exchange(ended_, true) ? std::string() : docker::archiveEnd();
    current_ = std::move(programs_.front());
    programs_.pop_front();
    left_ = current_.size;
    return docker::fileHeader(prefix_ + current_.file, current_.size, kProgram);
  }

 private:
  std::deque<Program> programs_;
  std::string prefix_;
  Program current_;
  uint64_t left_ = 0;
  bool ended_ = false;
};

/// Images of earlier builds; those that are in use stay, and so does everything if this fails.
void removeOthers(docker::Client& client, const std::string& keep, const std::stop_token& stop) {
  const std::string selector = std::string(label::kPart) + "=" + label::kPartTools;
  const auto images = docker::listImages(client, selector, stop);
  if (!images) return;
  for (const auto& image : *images) {
    if (!image.is_object()) continue;
    const auto& tags = docker::arrayOf(image.get_object(), "RepoTags");
    const bool wanted = std::any_of(tags.begin(), tags.end(), [&](const auto& tag) {
      return tag.is_string() && std::string_view(tag.get_string()).ends_with(keep);
    });
    if (wanted) continue;
    (void)docker::removeImage(client, docker::textOf(image.get_object(), "Id"), stop);
  }
}

}  // namespace

base::Result<docker::BodySource> toolsArchive(const std::string& binDir,
                                              const std::string& prefix) {
  std::deque<Program> programs;
  for (const char* file : kPrograms) {
    MC_TRY_ASSIGN(Program program, openProgram(binDir, file));
    programs.push_back(std::move(program));
  }
  auto archive = std::make_shared<Archive>(std::move(programs), prefix);
  return docker::BodySource([archive] { return archive->next(); });
}

base::Result<ToolsImage> ensureToolsImage(docker::Client& client, const std::string& binDir,
                                          const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Identity identity, identify(binDir));
  ToolsImage image{std::string(kRepository) + ":" + identity.tag, identity.entrySize};
  MC_TRY_ASSIGN(const auto there, docker::inspectImage(client, image.name, stop));
  if (there) return image;
  const std::string prefix = std::string(entry::kMountPath).substr(1) + "/";
  MC_TRY_ASSIGN(docker::BodySource tar, toolsArchive(binDir, prefix));
  MC_TRY(
      docker::importImage(client, kRepository, identity.tag,
                          {{label::kManagedBy, label::kManager}, {label::kPart, label::kPartTools}},
                          std::move(tar), stop)
          .prefixed("image " + image.name));
  removeOthers(client, image.name, stop);
  return image;
}

}  // namespace mc::local
