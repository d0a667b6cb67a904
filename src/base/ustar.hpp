#pragma once
// The blocks of a tar archive, for those who write or read one.
//
// Format: POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format").
//
// Thread-safety: pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mc::base::ustar {

inline constexpr size_t kBlock = 512;
inline constexpr char kRegular = '0';
inline constexpr char kSymlink = '2';
inline constexpr char kDirectory = '5';
inline constexpr char kPax = 'x';  ///< records for the entry that follows

struct Header {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char linkName[100];
  char magic[6];
  char version[2];
  char userName[32];
  char groupName[32];
  char deviceMajor[8];
  char deviceMinor[8];
  char prefix[155];
  char rest[12];
};
static_assert(sizeof(Header) == kBlock);

/// Octal digits with leading zeros that fill a field but for its closing NUL.
void setNumber(std::span<char> field, uint64_t number);
/// Nothing if the field holds no octal number.
std::optional<uint64_t> number(std::span<const char> field);

/// Writes magic, version and checksum; everything else must be there. Returns the block.
std::string seal(Header header);
/// Whether the checksum is that of the block.
bool isIntact(const Header& header);

/// The zeros that fill the last block of `size` bytes of content.
std::string padding(uint64_t size);
/// What ends an archive.
std::string end();

}  // namespace mc::base::ustar
