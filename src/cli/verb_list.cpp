#include "cli/verbs/verbs.hpp"

namespace mc::cli {

Verbs makeVerbs() {
  Verbs verbs;
  for (const auto make :
       {makeRunVerb, makeCreateVerb, makeApplyVerb, makeDeleteVerb, makeGetVerb, makeDescribeVerb,
        makeWaitVerb, makeLogsVerb, makeExecVerb, makeAttachVerb, makeVersionVerb,
        makeCompletionVerb, makeHelpVerb, makeCompleteVerb, makeMonitorVerb})
    verbs.push_back(make());
  return verbs;
}

}  // namespace mc::cli
