#pragma once
// The journal's records: changes of the KVS as bytes, any number one behind the other.
//
// One change: a letter for its kind, the length of the key and of the data (4 bytes each, least
// significant first), then both. They are only read by the version that wrote them, or a later one.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::services::kvs {

enum class RecordKind : char {
  Value = 'v',      ///< the bytes of a value
  Append = 'a',     ///< more bytes of a value
  Unlink = 'u',     ///< no data
  Tree = 't',       ///< a tree object, all in one (RFC 11)
  Directory = 'd',  ///< the hash of a directory's blob
};

struct Record {
  RecordKind kind = RecordKind::Value;
  std::string_view key;
  std::string_view data;
};

void appendRecord(const Record& record, std::string& out);
/// Takes the first record off `rest`, which must not be empty; EIO if it is cut off or no record.
/// The record's views are into `rest`.
base::Result<Record> takeRecord(std::string_view& rest);

}  // namespace mc::flux::services::kvs
