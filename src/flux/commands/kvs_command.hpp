#pragma once
// What the subcommands of `flux kvs` share.
//
// Thread-safety: none.

#include "flux/commands/kvs_client.hpp"
#include "flux/commands/options.hpp"

namespace mc::flux::commands {

constexpr Option kKvsNamespace{'N', "namespace", Takes::Value, "NS",
                               "Specify KVS namespace to use."};
constexpr Option kKvsAt{'a', "at", Takes::Value, "TREEOBJ",
                        "Lookup relative to RFC 11 snapshot reference"};
constexpr Option kKvsTreeRoot{'O', "treeobj-root", Takes::Nothing, "",
                              "Output resulting RFC11 root containing the change"};
constexpr Option kKvsSequence{'s', "sequence", Takes::Nothing, "",
                              "Output root sequence of root containing the change"};

/// "flux-kvs: TEXT"; returns 1.
int kvsFail(std::string_view text);
/// Connects, or complains and gives nothing.
std::optional<Session> kvsSession();
/// The place that -N and -a name; complains of a bad reference and gives nothing.
std::optional<KvsPlace> kvsPlace(const Parsed& parsed);
/// The grammar of a subcommand.
Grammar kvsGrammar(const char* program, const char* usage, const char* description,
                   std::span<const Option> options);
/// Commits, and prints what -O or -s asks for; the exit status.
int kvsCommitAndReport(Session& session, const Parsed& parsed, const std::string& ns,
                       json::array operations);
/// Columns of the output: of --width, the terminal, $COLUMNS, or 80; 0: no limit.
size_t kvsWidth(const Parsed& parsed);

int kvsGetMain(const Args& args);
int kvsPutMain(const Args& args);
int kvsUnlinkMain(const Args& args);
int kvsLinkMain(const Args& args);
int kvsReadlinkMain(const Args& args);
int kvsMkdirMain(const Args& args);
int kvsCopyMain(const Args& args);
int kvsMoveMain(const Args& args);
int kvsLsMain(const Args& args);
int kvsDirMain(const Args& args);
int kvsVersionMain(const Args& args);
int kvsWaitMain(const Args& args);
int kvsGetrootMain(const Args& args);
int kvsDropcacheMain(const Args& args);
int kvsNamespaceMain(const Args& args);
int kvsEventlogMain(const Args& args);

}  // namespace mc::flux::commands
