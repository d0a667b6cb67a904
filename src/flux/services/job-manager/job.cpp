#include "flux/services/job-manager/job.hpp"

#include <array>
#include <cctype>

namespace mc::flux::services::manager {

namespace {

struct Named {
  std::string_view name;
  int mask;
};

constexpr std::array kStates{
    Named{"NEW", bit(State::New)},
    Named{"DEPEND", bit(State::Depend)},
    Named{"PRIORITY", bit(State::Priority)},
    Named{"SCHED", bit(State::Sched)},
    Named{"RUN", bit(State::Run)},
    Named{"CLEANUP", bit(State::Cleanup)},
    Named{"INACTIVE", bit(State::Inactive)},
    Named{"PENDING", kPending},
    Named{"RUNNING", kRunning},
    Named{"ACTIVE", kActive},
};

constexpr std::array kOutcomes{
    Named{"COMPLETED", static_cast<int>(Outcome::Completed)},
    Named{"FAILED", static_cast<int>(Outcome::Failed)},
    Named{"CANCELED", static_cast<int>(Outcome::Canceled)},
    Named{"TIMEOUT", static_cast<int>(Outcome::Timeout)},
};

template <class Table>
std::string_view nameOf(const Table& table, int mask) {
  for (const Named& entry : table)
    if (entry.mask == mask) return entry.name;
  return {};
}

template <class Table>
int maskOf(const Table& table, std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const Named& entry : table)
    if (entry.name == upper) return entry.mask;
  return 0;
}

}  // namespace

std::string_view stateName(State state) {
  return nameOf(kStates, bit(state));
}
int statesOf(std::string_view name) {
  return maskOf(kStates, name);
}
std::string_view outcomeName(Outcome outcome) {
  return nameOf(kOutcomes, static_cast<int>(outcome));
}
int outcomesOf(std::string_view name) {
  return maskOf(kOutcomes, name);
}

std::string jobKey(JobId id, std::string_view name) {
  std::string key = formats::formatJobId(id, formats::JobIdForm::Kvs);
  if (!name.empty()) key.append(1, '.').append(name);
  return key;
}

}  // namespace mc::flux::services::manager
