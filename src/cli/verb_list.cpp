#include "cli/verbs/verbs.hpp"

namespace mc::cli {

Verbs makeVerbs() {
  Verbs verbs;
  for (const auto make :
       {makeRunVerb,         makeSubmitVerb, makeCreateVerb,   makeApplyVerb,    makeDeleteVerb,
        makeStatusVerb,      makeGetVerb,    makeDescribeVerb, makeServicesVerb, makeTimelineVerb,
        makeWaitVerb,        makeLogsVerb,   makeShellVerb,    makeExecVerb,     makeAttachVerb,
        makePortForwardVerb, makeCertsVerb,  makeCrdVerb,      makeOperatorVerb, makeVersionVerb,
        makeCompletionVerb,  makeHelpVerb,   makeCompleteVerb, makeMonitorVerb})
    verbs.push_back(make());
  return verbs;
}

}  // namespace mc::cli
