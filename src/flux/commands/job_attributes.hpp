#pragma once
// Options of the submitting commands that come to one attribute or shell option of the jobspec
// each: --requires, --signal, --taskmap, --begin-time, --add-file.
//
// Thread-safety: pure functions, but for the files they read.

#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// attributes.system.constraints of --requires arguments, all of which must hold.
base::Result<boost::json::object> constraintsOf(const std::vector<std::string>& requirements);

/// Shell option `signal` of "SIG@TIME", where either part may be left out.
base::Result<boost::json::object> signalOption(const std::string& text);

/// Shell option `taskmap` of "SCHEME[:VALUE]". The path of a hostfile is made absolute.
boost::json::object taskmapOption(const std::string& text);

/// The time of a --begin-time argument, in seconds since the epoch: "+FSD" from `now`, a number of
/// such seconds, "now", "tomorrow", or a local date, time or both ("2026-06-21 8am", "18:30"; a
/// time that is over today is tomorrow's).
base::Result<double> beginTime(const std::string& text, double now);

/// Adds a file to attributes.system.files (RFC 37); the job finds it in its temporary directory.
void putJobFile(boost::json::object& jobspec, const std::string& name, boost::json::object file);

/// The same for an argument of --add-file: "[NAME=]PATH", or "NAME=CONTENT" where there is
/// an end of line in it.
base::Status addJobFile(boost::json::object& jobspec, const std::string& text);

}  // namespace mc::flux::commands
