#include "entry/prepare.hpp"

#include "entry/flux_command.hpp"
#include "entry/relocate.hpp"

namespace mc::entry {
namespace {

using base::Status;

std::string parent(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

/// One try to put everything in place.
class Preparation {
 public:
  Preparation(const Settings& settings, const Place& place, const Identity& identity, Files& files)
      : s_(settings), place_(place), owner_(identity.owner), files_(files) {}

  Status run() {
    MC_TRY(ownDirectory(s_.paths.runDirectory, 0755));
    MC_TRY(ownDirectory(s_.paths.stateDirectory, 0700));
    if (!s_.socket.empty() && parent(s_.socket) != s_.paths.runDirectory)
      MC_TRY(files_.makeDirectory(parent(s_.socket), 0755, owner_));
    if (!s_.paths.resources.empty())
      MC_TRY(files_.makeDirectory(parent(s_.paths.resources), 0755, std::nullopt));
    MC_TRY(place(s_.paths.configDirectory + "/broker.toml", s_.brokerConfig, 0644, std::nullopt));
    MC_TRY(certificate());
    if (!s_.batchLogs.empty()) MC_TRY(files_.makeDirectory(s_.batchLogs, 0755, owner_));
    if (!s_.script.empty()) MC_TRY(place(s_.paths.script, scriptText(s_), 0755, std::nullopt));
    return viewFile();
  }

 private:
  /// The Flux user's, also if the image made it for someone else: flux-core insists.
  Status ownDirectory(const std::string& path, mode_t mode) {
    MC_TRY(files_.makeDirectory(path, mode, owner_));
    return owner_ ? files_.setOwner(path, *owner_) : Status();
  }

  Status place(const std::string& path, const std::string& content, mode_t mode,
               std::optional<Owner> owner) {
    MC_TRY(files_.makeDirectory(parent(path), 0755, std::nullopt));
    return files_.write(path, content, mode, owner);
  }

  Status certificate() {
    if (s_.paths.curveCert.empty()) return {};
    MC_TRY_ASSIGN(const std::string cert, files_.read(place_.mount + "/" + kCurveCertFile));
    return place(s_.paths.curveCert, cert, 0600, owner_);
  }

  Status viewFile() {
    if (s_.paths.viewFile.empty()) return {};
    std::string text = "export PATH=$PATH";
    for (const auto& directory : s_.searchPath) text += ":" + directory;
    text += ":" + place_.mount + "/bin\nexport fluxsocket=local://" + s_.socket + "\n";
    return place(s_.paths.viewFile, text, 0644, std::nullopt);
  }

  const Settings& s_;
  const Place& place_;
  std::optional<Owner> owner_;
  Files& files_;
};

bool canMove(int errnum) {
  return errnum == EACCES || errnum == EPERM || errnum == EROFS;
}

std::string temporaryRoot(const Environment& environment, uid_t uid) {
  const std::string given = environment.get("TMPDIR");
  return (given.empty() ? "/tmp" : given) + "/flux-" + std::to_string(uid);
}

}  // namespace

Status prepareFiles(Settings& settings, const Place& place, const Identity& identity,
                    const Environment& environment, Files& files, const Messages& messages) {
  const Status first = Preparation(settings, place, identity, files).run();
  if (first || !canMove(first.error().errnum)) return first;
  Settings moved = settings;
  relocate(moved, temporaryRoot(environment, identity.owner ? identity.owner->uid : place.uid));
  const Status second = Preparation(moved, place, identity, files).run();
  if (!second)
    return base::fail(first.error().errnum,
                      first.error().message + "; " + second.error().message +
                          "; give the container a volume that it may write, at /tmp for example");
  settings = std::move(moved);
  messages.info(first.error().message + "; Flux's socket is " + settings.socket);
  return {};
}

}  // namespace mc::entry
