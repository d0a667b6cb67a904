#pragma once
// --help, made from what the verbs declare.
//
// Thread-safety: pure functions.

#include <string>

#include "cli/verb.hpp"

namespace mc::cli {

/// `minicluster help`: all verbs by group.
std::string mainHelp(const Verbs& verbs);

/// `minicluster VERB --help`: summary, examples, options, usage.
std::string verbHelp(Verb& verb);

/// The options that every verb takes.
std::string globalOptionsHelp();

/// Help and error texts name the program `minicluster`; this puts in how it was really called.
std::string asCalled(std::string text, const std::string& program);

/// The verb of that name; nullptr: none.
Verb* findVerb(const Verbs& verbs, const std::string& name);

}  // namespace mc::cli
