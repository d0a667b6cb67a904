#include "local/cluster_files.hpp"

#include <map>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "base/curve_cert.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/tar.hpp"
#include "local/parallel.hpp"

namespace mc::local {

namespace {

std::string inVolume(const std::string& file) {
  return std::string(entry::kMountPath) + "/" + file;
}

base::Result<std::string> newCertificate(const plan::Plan& plan) {
  // The name is what flux-core logs the peers by.
  MC_TRY_ASSIGN(
      const base::CurveCert cert,
      base::makeCurveCert({{"name", plan.name}, {"keygen.hostname", plan.lead().hostname}}));
  return base::formatCurveCert(cert, base::SystemClock().wall());
}

/// What is in the volume already.
struct Present {
  bool programs = false;
  bool certificate = false;
};

base::Result<Present> look(docker::Client& client, const std::string& pauseId,
                           const ToolsImage& tools, bool wantsCertificate,
                           const std::stop_token& stop) {
  Present present;
  MC_TRY(inParallel(
      {[&]() -> base::Status {
         MC_TRY_ASSIGN(const auto size,
                       docker::statArchive(client, pauseId, inVolume(entry::kEntryFile), stop));
         present.programs = size == tools.entrySize;
         return {};
       },
       [&]() -> base::Status {
         if (!wantsCertificate) return {};
         MC_TRY_ASSIGN(const auto size,
                       docker::statArchive(client, pauseId, inVolume(entry::kCurveCertFile), stop));
         present.certificate = size.has_value();
         return {};
       }}));
  return present;
}

base::Result<std::string> makeArchive(const plan::Plan& plan, const FileOwner& owner,
                                      bool withCertificate) {
  std::map<std::string, std::string> secrets = plan.secretFiles;
  if (withCertificate) {
    MC_TRY_ASSIGN(secrets[entry::kCurveCertFile], newCertificate(plan));
  }
  std::string archive;
  MC_TRY(docker::addDirectory(archive, "config", {0755, 0, 0}));
  MC_TRY(
      docker::addFile(archive, entry::kSettingsFile, entry::format(plan.settings), {0444, 0, 0}));
  MC_TRY(docker::addDirectory(archive, "secret", {0700, owner.uid, owner.gid}));
  for (const auto& [file, content] : secrets) {
    MC_TRY(docker::addFile(archive, file, content, {0400, owner.uid, owner.gid}));
  }
  return archive + docker::archiveEnd();
}

docker::BodySource once(std::string body) {
  auto rest = std::make_shared<std::string>(std::move(body));
  return [rest]() -> base::Result<std::string> { return std::exchange(*rest, {}); };
}

}  // namespace

base::Status writeClusterFiles(docker::Client& client, const std::string& pauseId,
                               const plan::Plan& plan, const FileOwner& owner,
                               const ToolsImage& tools, const std::string& binDir,
                               const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Present present, look(client, pauseId, tools, plan.makeCurveCert, stop));
  if (!present.programs) {
    // The engine has not filled the volume from the image (Podman does so only at the start).
    MC_TRY_ASSIGN(docker::BodySource programs, toolsArchive(binDir, ""));
    MC_TRY(docker::putArchive(client, pauseId, entry::kMountPath, std::move(programs), stop));
  }
  MC_TRY_ASSIGN(std::string archive,
                makeArchive(plan, owner, plan.makeCurveCert && !present.certificate));
  return docker::putArchive(client, pauseId, entry::kMountPath, once(std::move(archive)), stop);
}

base::Result<std::optional<std::string>> readClusterFile(docker::Client& client,
                                                         const std::string& pauseId,
                                                         const std::string& file,
                                                         const std::stop_token& stop) {
  const auto archive = docker::getArchive(client, pauseId, inVolume(file), stop);
  if (!archive && archive.error().errnum == ENOENT) return std::optional<std::string>();
  if (!archive) return base::pass(archive.error());
  MC_TRY_ASSIGN(const auto files, docker::readFiles(*archive));
  if (files.empty()) return std::optional<std::string>();
  return std::optional(files.begin()->second);
}

}  // namespace mc::local
