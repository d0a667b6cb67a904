#pragma once
// Where Python finds its module `flux`: in this program, which ends with a zip archive of it
// (src/flux/python), as Python imports from any file that does.
//
// Thread-safety: reads and writes the environment: for the begin of a program.

#include <string>

namespace mc::flux::client {

/// `path` (as PYTHONPATH) with this program in front, unless it is there already or can't be named
/// there.
std::string withPythonModule(const std::string& path);

/// Puts it into PYTHONPATH, for this process and all that it starts, as flux-core's `flux` does
/// with its module.
void offerPythonModule();

}  // namespace mc::flux::client
