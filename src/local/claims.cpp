#include "local/claims.hpp"

#include "local/docker/json.hpp"
#include "local/docker/volumes.hpp"
#include "local/names.hpp"

namespace mc::local {

base::Result<Record> claimRecord(docker::Client& client, const Record& proposed,
                                 const std::stop_token& stop) {
  const std::string name = recordVolume(proposed.ref);
  for (int i = 0; i < 2; ++i) {
    MC_TRY_ASSIGN(const auto volume,
                  docker::createVolume(client, name, recordLabels(proposed), {}, stop));
    if (auto record = readRecord(docker::objectOf(volume, "Labels"))) return record;
    // Docker itself makes volumes that a container wants, without labels: left by a command that
    // was still making the cluster when another one removed it.
    MC_TRY(docker::removeVolume(client, name, stop).prefixed("volume " + name));
  }
  return base::fail(EBUSY, "another command keeps making volume " + name);
}

base::Status putRevision(docker::Client& client, const Record& record, int64_t former,
                         const std::stop_token& stop) {
  const std::string name = revisionVolume(record.ref, record.revision);
  MC_TRY_ASSIGN(const auto volume,
                docker::createVolume(client, name, recordLabels(record), {}, stop));
  const auto inForce = readRecord(docker::objectOf(volume, "Labels"));
  if (!inForce || inForce->uid != record.uid || inForce->planDigest != record.planDigest) {
    return base::fail(EBUSY, "another command is changing this object right now");
  }
  if (former == 0) return {};
  return docker::removeVolume(client, revisionVolume(record.ref, former), stop);
}

}  // namespace mc::local
