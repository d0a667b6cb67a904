#include "flux/formats/job_state.hpp"

#include <strings.h>

namespace mc::flux::formats {

namespace {

struct Name {
  int64_t bits;
  std::string_view name;
  std::string_view abbreviation;
};

constexpr Name kStates[] = {{kStateNew, "NEW", "N"},           {kStateDepend, "DEPEND", "D"},
                            {kStatePriority, "PRIORITY", "P"}, {kStateSched, "SCHED", "S"},
                            {kStateRun, "RUN", "R"},           {kStateCleanup, "CLEANUP", "C"},
                            {kStateInactive, "INACTIVE", "I"}};
constexpr Name kStateGroups[] = {{kStatesPending, "PENDING", ""},
                                 {kStatesRunning, "RUNNING", ""},
                                 {kStatesActive, "ACTIVE", ""}};
constexpr Name kResults[] = {{kResultCompleted, "COMPLETED", "CD"},
                             {kResultFailed, "FAILED", "F"},
                             {kResultCanceled, "CANCELED", "CA"},
                             {kResultTimeout, "TIMEOUT", "TO"}};

template <size_t N>
Name find(const Name (&table)[N], int64_t bits) {
  for (const Name& entry : table)
    if (entry.bits == bits) return entry;
  return {};
}

bool sameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

template <size_t N>
int64_t bitsOf(const Name (&table)[N], std::string_view word) {
  for (const Name& entry : table)
    if (sameWord(word, entry.name)) return entry.bits;
  return 0;
}

}  // namespace

std::string_view stateName(int64_t state) {
  return find(kStates, state).name;
}
std::string_view stateLetter(int64_t state) {
  return find(kStates, state).abbreviation;
}
std::string_view resultName(int64_t result) {
  return find(kResults, result).name;
}
std::string_view resultAbbreviation(int64_t result) {
  return find(kResults, result).abbreviation;
}

int64_t statesOf(std::string_view word) {
  const int64_t state = bitsOf(kStates, word);
  return state != 0 ? state : bitsOf(kStateGroups, word);
}
int64_t resultsOf(std::string_view word) {
  return bitsOf(kResults, word);
}

}  // namespace mc::flux::formats
