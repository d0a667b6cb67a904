#pragma once
// Lines of the PMI-1 wire protocol (RFC 13): "cmd=put kvsname=x key=y value=any text".
//
// Thread-safety: pure functions.

#include <map>
#include <string>
#include <string_view>

namespace mc::flux::shell {

/// The largest KVS name, key and value that clients are told of, with their final NUL.
constexpr size_t kPmiMaxName = 64;
constexpr size_t kPmiMaxKey = 64;
constexpr size_t kPmiMaxValue = 1024;

/// One line without its end. Keys in any order; `value` and `error_msg` take the rest of the line.
/// Words without "=" are left out.
using PmiMessage = std::map<std::string, std::string, std::less<>>;
PmiMessage parsePmi(std::string_view line);

/// A member of a message; empty if absent.
std::string_view pmiField(const PmiMessage& message, std::string_view key);

}  // namespace mc::flux::shell
