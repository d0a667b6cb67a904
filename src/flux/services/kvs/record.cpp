#include "flux/services/kvs/record.hpp"

namespace mc::flux::services::kvs {

namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kHead = 1 + 2 * kLengthBytes;

void appendLength(size_t length, std::string& out) {
  for (size_t i = 0; i < kLengthBytes; ++i) out += static_cast<char>(length >> (8 * i) & 0xff);
}

size_t lengthAt(std::string_view bytes, size_t at) {
  size_t out = 0;
  for (size_t i = 0; i < kLengthBytes; ++i)
    out |= size_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return out;
}

}  // namespace

void appendRecord(const Record& record, std::string& out) {
  out += static_cast<char>(record.kind);
  appendLength(record.key.size(), out);
  appendLength(record.data.size(), out);
  out.append(record.key).append(record.data);
}

base::Result<Record> takeRecord(std::string_view& rest) {
  constexpr std::string_view kKinds = "vautd";
  if (rest.size() < kHead || kKinds.find(rest[0]) == std::string_view::npos)
    return base::fail(EIO, "the journal is damaged");
  Record out{static_cast<RecordKind>(rest[0]), {}, {}};
  const size_t keySize = lengthAt(rest, 1);
  const size_t dataSize = lengthAt(rest, 1 + kLengthBytes);
  rest.remove_prefix(kHead);
  if (rest.size() < keySize || rest.size() - keySize < dataSize)
    return base::fail(EIO, "the journal is cut off");
  out.key = rest.substr(0, keySize);
  out.data = rest.substr(keySize, dataSize);
  rest.remove_prefix(keySize + dataSize);
  return out;
}

}  // namespace mc::flux::services::kvs
