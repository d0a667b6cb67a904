#pragma once
// File names with mustache tags, as --output and --error take them: "out.{{id}}.txt".
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "flux/shell/job.hpp"

namespace mc::flux::shell {

/// Tags: {{id}}, {{jobid}} (F58; {{id.dec}} and the other forms), {{name}}, {{size}}, {{nnodes}},
/// {{tmpdir}}, {{node.id}}, {{node.name}}. Other tags stay as they are.
std::string expandTemplate(std::string_view text, const Job& job, const std::string& tmpdir);

}  // namespace mc::flux::shell
