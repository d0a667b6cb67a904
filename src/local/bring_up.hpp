#pragma once
// Making and starting all that a Plan asks for. What exists already is taken as it is, so that this
// may be killed and called again, and called twice at once.
//
// In three stages, each side by side: pause containers are made; they are started while the other
// containers are made; these are started. Whatever has been started before is not started again:
// that a job runs once is the engine's word.
//
// Thread-safety: may be called from any thread.

#include <stop_token>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/prepare.hpp"
#include "local/record.hpp"
#include "local/serial_progress.hpp"
#include "plan/plan.hpp"

namespace mc::local {

struct BringUpContext {
  docker::Client& client;
  const plan::Plan& plan;
  const Record& record;
  const Prepared& prepared;
  const std::string& binDir;
  SerialProgress& progress;
};

/// EBUSY if another command makes the same cluster at this moment. Errors name pod and container.
base::Status bringUp(const BringUpContext& context, const std::stop_token& stop);

}  // namespace mc::local
