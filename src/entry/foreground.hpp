#pragma once
// A program that runs in our place: it gets our standard input and the signals that we get.
//
// Thread-safety: none.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::entry {

/// Runs `command` to its end; returns its exit code. Fails with the errno of exec(2).
base::Result<int> runForeground(const std::vector<std::string>& command);

/// Runs `command` without input and returns what it prints, at most the last 4 MiB; ETIMEDOUT: it
/// was killed after `limit`. EIO: its exit status is not 0.
base::Result<std::string> outputOf(const std::vector<std::string>& command,
                                   std::chrono::seconds limit);

/// Says why a program can't be run, and returns a shell's exit code for it.
int cantRun(const base::Error& error);

}  // namespace mc::entry
