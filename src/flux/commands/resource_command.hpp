#pragma once
// The subcommands of `flux resource`.
//
// Thread-safety: none; one command runs per process.

#include <optional>

#include "flux/commands/commands.hpp"
#include "flux/commands/named_formats.hpp"
#include "flux/commands/row_format.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::commands {

int resourceList(const Args& args);
int resourceInfo(const Args& args);
int resourceR(const Args& args);
int resourceStatus(const Args& args);
int resourceDrain(const Args& args);
int resourceUndrain(const Args& args);
int resourceEventlog(const Args& args);

// What they share.

Grammar resourceGrammar(std::span<const Option> options);
/// "flux-resource: ERROR: MESSAGE"; returns 1.
int resourceFail(const std::string& message);
std::optional<Session> resourceSession();

/// The scheduler's view (resource.sched-status).
struct SchedStatus {
  formats::ResourceSet all;
  formats::ResourceSet allocated;
  formats::ResourceSet down;
};
base::Result<SchedStatus> schedStatus(Session& session);

/// The properties that each configured queue requires, by the queue's name (config.get).
using QueueProperties = std::map<std::string, std::vector<std::string>>;
base::Result<QueueProperties> queueProperties(Session& session);
QueueProperties queuePropertiesOf(const boost::json::object& config);
/// The ranks that have all properties of a queue.
formats::Idset ranksOfQueue(const formats::ResourceSet& resources,
                            const std::vector<std::string>& properties);

/// The ranks of `resources` that -q/--queue and -i/--include leave. EINVAL for an unknown queue and
/// for targets that are neither ranks nor hosts.
base::Result<formats::Idset> includedRanks(const formats::ResourceSet& resources,
                                           const QueueProperties& queues, const Parsed& parsed);

/// The format of a listing, with its fields checked; `title` is empty for fields that there are
/// not. Nothing where the command is done: `exitStatus` says how.
std::optional<RowFormat> resourceFormat(const FormatSource& source, const Parsed& parsed,
                                        const RowFormat::Title& title,
                                        std::optional<int>& exitStatus);

/// Prints the table, with its header unless -n is given.
void printTable(const Parsed& parsed, const RowFormat& format, const RowFormat::Title& title,
                const std::vector<RowFormat::Row>& rows);

}  // namespace mc::flux::commands
