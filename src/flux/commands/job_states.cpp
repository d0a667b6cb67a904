#include "flux/commands/job_states.hpp"

#include <strings.h>

#include <string>

namespace mc::flux::commands {

namespace {

struct Name {
  int64_t number;
  std::string_view name;
  std::string_view abbreviation;
};

constexpr Name kStates[] = {{kStateNew, "NEW", "N"},           {kStateDepend, "DEPEND", "D"},
                            {kStatePriority, "PRIORITY", "P"}, {kStateSched, "SCHED", "S"},
                            {kStateRun, "RUN", "R"},           {kStateCleanup, "CLEANUP", "C"},
                            {kStateInactive, "INACTIVE", "I"}};
constexpr Name kResults[] = {{kResultCompleted, "COMPLETED", "CD"},
                             {kResultFailed, "FAILED", "F"},
                             {kResultCanceled, "CANCELED", "CA"},
                             {kResultTimeout, "TIMEOUT", "TO"}};

template <size_t N>
const Name* find(const Name (&table)[N], int64_t number) {
  for (const Name& entry : table)
    if (entry.number == number) return &entry;
  return nullptr;
}

bool sameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string_view stateName(int64_t state) {
  const Name* entry = find(kStates, state);
  return entry ? entry->name : std::string_view();
}

std::string_view stateLetter(int64_t state) {
  const Name* entry = find(kStates, state);
  return entry ? entry->abbreviation : std::string_view();
}

std::string_view resultName(int64_t result) {
  const Name* entry = find(kResults, result);
  return entry ? entry->name : std::string_view();
}

std::string_view resultAbbreviation(int64_t result) {
  const Name* entry = find(kResults, result);
  return entry ? entry->abbreviation : std::string_view();
}

std::optional<JobFilter> findJobFilter(std::string_view word) {
  if (sameWord(word, "pending")) return JobFilter{kStatesPending, 0};
  if (sameWord(word, "running")) return JobFilter{kStatesRunning, 0};
  if (sameWord(word, "active")) return JobFilter{kStatesActive, 0};
  for (const Name& entry : kStates)
    if (sameWord(word, entry.name)) return JobFilter{entry.number, 0};
  for (const Name& entry : kResults)
    if (sameWord(word, entry.name)) return JobFilter{0, entry.number};
  return std::nullopt;
}

}  // namespace mc::flux::commands
