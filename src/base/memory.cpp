#include "base/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

// From the linker: where the program's read-only pages begin and its code ends.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" const char __executable_start;
extern "C" const char etext;
// NOLINTEND(readability-identifier-naming)

namespace mc::base {

void releaseCode() {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(&__executable_start);
  const auto end = reinterpret_cast<uintptr_t>(&etext) & ~(page - 1);
  // Read-only pages of a file: nothing can be lost, and if the kernel refuses they stay.
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace mc::base
