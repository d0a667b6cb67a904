#pragma once
// One piece of standard input or output: the context of a data event (RFC 24), which the subprocess
// protocol (RFC 42) and the shell's stdin requests use as well.
//
// Thread-safety: values and pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

struct IoData {
  std::string stream;  ///< "stdin", "stdout", "stderr"
  std::string rank;    ///< an idset, or "all"
  std::string data;    ///< bytes
  bool eof = false;
};

/// Adds the member `data`: UTF-8 text without NUL goes as it is, other bytes in base64, which a
/// member `encoding` tells.
void encodeBytes(json::object& object, std::string_view bytes);
/// What that has added; EPROTO if it is not there or malformed.
base::Result<std::string> decodeBytes(const json::object& object);

/// Without the member `data` where there are no bytes.
json::object encodeIo(const IoData& io);
/// EPROTO for anything malformed.
base::Result<IoData> decodeIo(const json::object& object);

/// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool isUtf8(std::string_view bytes);

}  // namespace mc::flux::formats
