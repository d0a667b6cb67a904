#pragma once
// The verbs, one file each.

#include <memory>

#include "cli/verb.hpp"

namespace mc::cli {

std::unique_ptr<Verb> makeRunVerb();
std::unique_ptr<Verb> makeSubmitVerb();
std::unique_ptr<Verb> makeStatusVerb();
std::unique_ptr<Verb> makeShellVerb();
std::unique_ptr<Verb> makeCreateVerb();
std::unique_ptr<Verb> makeApplyVerb();
std::unique_ptr<Verb> makeDeleteVerb();
std::unique_ptr<Verb> makeGetVerb();
std::unique_ptr<Verb> makeDescribeVerb();
std::unique_ptr<Verb> makeWaitVerb();
std::unique_ptr<Verb> makeLogsVerb();
std::unique_ptr<Verb> makeExecVerb();
std::unique_ptr<Verb> makeAttachVerb();
std::unique_ptr<Verb> makeCertsVerb();
std::unique_ptr<Verb> makeCrdVerb();
std::unique_ptr<Verb> makeOperatorVerb();
std::unique_ptr<Verb> makePortForwardVerb();
std::unique_ptr<Verb> makeServicesVerb();
std::unique_ptr<Verb> makeTimelineVerb();
std::unique_ptr<Verb> makeVersionVerb();
std::unique_ptr<Verb> makeCompletionVerb();
std::unique_ptr<Verb> makeHelpVerb();
/// Hidden: answers the shells' completion scripts.
std::unique_ptr<Verb> makeCompleteVerb();
/// Hidden: the background process of a MiniCluster, see engine::Engine::monitor().
std::unique_ptr<Verb> makeMonitorVerb();

}  // namespace mc::cli
