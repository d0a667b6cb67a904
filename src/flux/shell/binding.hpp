#pragma once
// The shell options cpu-affinity and gpu-affinity (flux-shell-options(7)): which of a job's cores
// or GPUs each task gets.
//
// Thread-safety: values and pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::shell {

struct Binding {
  enum class Mode { Off, All, PerTask, Map } mode = Mode::All;
  std::vector<formats::Idset> map;
  bool verbose = false;
  bool dryRun = false;

  /// "[verbose,dry-run,]off|on|per-task|map:LIST". LIST is separated by ";", each entry "0-3,7" or
  /// a bit mask "0xff" ("0xf,0x00000000": words of 32 bits). EINVAL for anything else.
  static base::Result<Binding> parse(std::string_view text);

  /// What the task `index` of `tasks` on this node gets of `all`.
  [[nodiscard]] formats::Idset shareOf(const formats::Idset& all, uint32_t tasks,
                                       uint32_t index) const;
};

}  // namespace mc::flux::shell
