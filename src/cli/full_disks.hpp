#pragma once
// Sidecars and services whose disk is full: they run on and answer, only what they are for fails.
// No engine knows of it; but the programs say so in their logs, in the C library's words.
//
// Thread-safety: none.

#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.hpp"

namespace mc::cli {

/// What the last line of a log that tells of a full disk says; empty: none does.
std::string fullDiskLine(std::string_view log);

/// "pod P: container C: its disk is full: LINE" for each, from the end of their logs. Of a large
/// cluster only the first containers are looked at, the services before all.
std::string fullDisks(Context& context, const std::vector<engine::PodView>& pods);

}  // namespace mc::cli
