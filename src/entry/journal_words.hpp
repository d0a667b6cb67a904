#pragma once
// What a container's termination message says to people. That of a Flux container is its journal
// (journal.hpp), of which only the errors are meant for them.
//
// Thread-safety: a pure function.

#include <algorithm>
#include <string>
#include <string_view>

#include "entry/journal.hpp"

namespace mc::entry {

/// The last error of a journal, empty if there is none; any other message as it is.
inline std::string journalWords(std::string_view message) {
  if (!message.starts_with(kJournalHead)) return std::string(message);
  constexpr std::string_view kError = " error ";
  std::string words;
  while (!message.empty()) {
    const size_t end = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, end);
    const size_t word = std::min(line.find(' '), line.size());
    if (line.substr(word).starts_with(kError)) words = line.substr(word + kError.size());
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return words;
}

}  // namespace mc::entry
