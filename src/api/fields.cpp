#include "api/fields.hpp"

#include <algorithm>
#include <array>

namespace mc::api {

const Field* Table::find(std::string_view name, Versions version) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return field.name == name && (field.versions & version) != 0;
  });
  return found == fields.end() ? nullptr : &*found;
}

std::span<const Table* const> allTables() {
  static constexpr std::array<const Table*, 20> kTables = {
      &kSpecTable,      &kContainerTable,     &kCommandsTable,      &kMetadataTable,
      &kFluxTable,      &kLoggingTable,       &kPodTable,           &kNetworkTable,
      &kResourcesTable, &kSecurityTable,      &kLifeCycleTable,     &kFluxUserTable,
      &kVolumeTable,    &kMountTable,         &kUserTable,          &kArchiveTable,
      &kRestfulTable,   &kClusterVolumeTable, &kFluxContainerTable, &kPodSecurityTable};
  return kTables;
}

}  // namespace mc::api
