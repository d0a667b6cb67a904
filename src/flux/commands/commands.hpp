#pragma once
// The entry points of all commands of the `flux` program. Each takes its arguments without the
// command's name and returns the exit status.
//
// Thread-safety: none; one command runs per process.

#include "flux/commands/options.hpp"

namespace mc::flux::commands {

using CommandMain = int (*)(const Args& args);

/// The command of that name; null if there is none.
CommandMain findCommand(std::string_view name);
/// All names, for "did you mean".
std::vector<std::string_view> commandNames();

int submitMain(const Args& args);
int allocMain(const Args& args);
int batchMain(const Args& args);
int miniMain(const Args& args);
int uriMain(const Args& args);
int pstreeMain(const Args& args);
int topMain(const Args& args);
int bulksubmitMain(const Args& args);
int runMain(const Args& args);
int jobMain(const Args& args);
int jobsMain(const Args& args);
int cancelMain(const Args& args);
int watchMain(const Args& args);
int updateMain(const Args& args);
int pgrepMain(const Args& args);
int pkillMain(const Args& args);
int configMain(const Args& args);
int resourceMain(const Args& args);
int getattrMain(const Args& args);
int setattrMain(const Args& args);
int lsattrMain(const Args& args);
int uptimeMain(const Args& args);
int execMain(const Args& args);
int shutdownMain(const Args& args);
int versionMain(const Args& args);
int proxyMain(const Args& args);
int relayMain(const Args& args);
int overlayMain(const Args& args);
int queueMain(const Args& args);
int envMain(const Args& args);
int pythonMain(const Args& args);
int dmesgMain(const Args& args);
int loggerMain(const Args& args);
int pingMain(const Args& args);
int eventMain(const Args& args);
int hostlistMain(const Args& args);
int keygenMain(const Args& args);
int kvsMain(const Args& args);
int dumpMain(const Args& args);
int restoreMain(const Args& args);
int archiveMain(const Args& args);
int startlogMain(const Args& args);
int resourceSetMain(const Args& args);  ///< flux R

}  // namespace mc::flux::commands
