#pragma once
// The inner end of a forwarded port: run in a pod, it joins its standard input and output to a
// server there.
//
// Thread-safety: none; it is the whole of a process.

#include <string>

namespace mc::entry {

/// Carries bytes between stdin and stdout and the TCP port of the loopback interface, IPv4 or else
/// IPv6, until the server ends the connection; the end of stdin is passed on. Exit code: 0; 1 if
/// nobody answers at the port, which stderr says.
int connectTo(const std::string& port);

}  // namespace mc::entry
