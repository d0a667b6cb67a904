#pragma once
// Names for connections and brokers that nobody can guess or forge.
//
// Thread-safety: safe from any thread.

#include <string>

namespace mc::flux::broker {

/// A random UUID (RFC 4122, version 4): 36 characters.
std::string makeUuid();

}  // namespace mc::flux::broker
