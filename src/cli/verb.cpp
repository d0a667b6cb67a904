#include "cli/verb.hpp"

namespace mc::cli {

void GlobalOptions::declare(OptionSet& options) {
  options.text("namespace,n", &ns, "The namespace scope for this request; \"default\" if absent.")
      .offer(Completes::Namespaces);
  options.flag("help,h", &help, "Show what a command does, its options and examples.");
}

base::Result<local::Engine*> Context::engine() {
  if (!madeEngine) {
    MC_TRY_ASSIGN(madeEngine, makeEngine());
  }
  return madeEngine.get();
}

}  // namespace mc::cli
