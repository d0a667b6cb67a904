#pragma once
// What `flux dump` and `flux restore` say while they work: the number of keys, now and then.
//
// Thread-safety: none.

#include <string>
#include <string_view>

namespace mc::flux::commands {

class KeyCount {
 public:
  /// `words`: "flux-dump: archived". Verbose: each key's path instead of numbers.
  KeyCount(std::string words, bool quiet, bool verbose)
      : words_(std::move(words)), quiet_(quiet), verbose_(verbose) {}

  void add(std::string_view path);
  /// The last word; `more` follows the number.
  void finish(std::string_view more = {}) const;

 private:
  void show(std::string_view more, bool last) const;

  std::string words_;
  bool quiet_;
  bool verbose_;
  size_t count_ = 0;
};

}  // namespace mc::flux::commands
