// The commands by name.

#include "flux/commands/commands.hpp"

namespace mc::flux::commands {

namespace {

struct Entry {
  std::string_view name;
  CommandMain run;
};

constexpr Entry kCommands[] = {
    {"bulksubmit", bulksubmitMain},
    {"config", configMain},
    {"pgrep", pgrepMain},
    {"pkill", pkillMain},
    {"update", updateMain},
    {"watch", watchMain},
    {"alloc", allocMain},
    {"archive", archiveMain},
    {"batch", batchMain},
    {"mini", miniMain},
    {"pstree", pstreeMain},
    {"top", topMain},
    {"uri", uriMain},
    {"cancel", cancelMain},
    {"dmesg", dmesgMain},
    {"dump", dumpMain},
    {"env", envMain},
    {"event", eventMain},
    {"exec", execMain},
    {"getattr", getattrMain},
    {"hostlist", hostlistMain},
    {"job", jobMain},
    {"jobs", jobsMain},
    {"keygen", keygenMain},
    {"kvs", kvsMain},
    {"logger", loggerMain},
    {"lsattr", lsattrMain},
    {"overlay", overlayMain},
    {"ping", pingMain},
    {"proxy", proxyMain},
    {"relay", relayMain},
    {"python", pythonMain},
    {"queue", queueMain},
    {"R", resourceSetMain},
    {"resource", resourceMain},
    {"restore", restoreMain},
    {"run", runMain},
    {"setattr", setattrMain},
    {"shutdown", shutdownMain},
    {"startlog", startlogMain},
    {"submit", submitMain},
    {"uptime", uptimeMain},
    {"version", versionMain},
};

}  // namespace

CommandMain findCommand(std::string_view name) {
  for (const Entry& entry : kCommands)
    if (entry.name == name) return entry.run;
  return nullptr;
}

std::vector<std::string_view> commandNames() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kCommands) names.push_back(entry.name);
  return names;
}

}  // namespace mc::flux::commands
