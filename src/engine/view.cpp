#include "engine/view.hpp"

namespace mc::engine {

const char* phaseName(Phase phase) {
  switch (phase) {
    case Phase::Pending:
      return "Pending";
    case Phase::Running:
      return "Running";
    case Phase::Succeeded:
      return "Succeeded";
    case Phase::Failed:
      break;
  }
  return "Failed";
}

}  // namespace mc::engine
