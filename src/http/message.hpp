#pragma once
// What requests and answers have in common.
//
// Thread-safety: values and pure functions.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"
#include "http/stream.hpp"

namespace mc::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of a header, empty if there is none. Names are compared without case.
std::string headerOf(const Headers& headers, std::string_view name);

/// The items of a list header ("a, b"), of all headers of that name.
std::vector<std::string> listOf(const Headers& headers, std::string_view name);

/// Whether a list header ("Connection: keep-alive, Upgrade") holds `token`, without case.
bool hasToken(const Headers& headers, std::string_view name, std::string_view token);

/// What is left of HTTP after "101 Switching Protocols": a raw connection.
struct Upgraded {
  std::unique_ptr<Stream> stream;
  std::string received;  ///< bytes of the raw stream that came with the head
  int status = 101;
  Headers headers;  ///< of the answer
};

}  // namespace mc::http
