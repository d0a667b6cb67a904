#pragma once
// The part of a container's journal that only Flux knows: the states of the lead's broker and the
// times of the jobs, asked of the instance once the initial program has ended.
//
// Sources: flux-jobs(1), flux-dmesg(1), so that it works with every Flux.
// Thread-safety: pure functions; the subcommands are each the whole of a process.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mc::entry {

/// `state` lines from what `flux dmesg` prints: those of rank 0's broker.
std::string statesForJournal(std::string_view dmesg, int64_t base);

/// `flux jobs` with the columns that jobsForJournal() reads.
std::vector<std::string> jobsCommand(const std::string& flux);

/// `job` lines, in the order in which the jobs were submitted, from what jobsCommand() prints;
/// those that would go over `room` bytes become one `more` line.
std::string jobsForJournal(std::string_view listing, int64_t base, size_t room);

/// Runs `command` as the initial program, and writes into `journal` when it began and ended, and
/// then what the instance knows. Exit code: the command's; 126 or 127 if it can't be run.
int runRecorded(const std::string& journal, const std::string& flux,
                const std::vector<std::string>& command);

/// Prints what an instance that runs knows, as a journal of its own whose BASE is 0.
int printRecord();

/// Prints the journal of this container.
int printJournal();

}  // namespace mc::entry
