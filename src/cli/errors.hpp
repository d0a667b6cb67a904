#pragma once
// Error texts in kubectl's words.
//
// Thread-safety: pure functions.

#include <string>

#include "base/status.hpp"

namespace mc::cli {

/// An error of the engine in the words of an API server: "Error from server (NotFound): ...".
/// Done once; an error that has them already stays as it is.
base::Error fromServer(base::Error error);

template <class T>
base::Result<T> fromServer(base::Result<T> result) {
  if (result) return result;
  return base::pass(fromServer(std::move(result.error())));
}

/// The verb was used wrongly: "MESSAGE\nSee 'minicluster VERB -h' for help and examples".
base::Error usageError(const std::string& verb, const std::string& message);

/// Stands for errors that the user has seen already: only the exit status is left to do.
base::Error alreadyPrinted();

/// What is printed for an error, with newline: "error: " in front, unless kubectl has other words.
std::string errorText(const base::Error& error);

}  // namespace mc::cli
