#pragma once
// Ordered lists of host names and their compact form "node[0-3,7],login" (RFC 29).
//
// Kept as numbered ranges, so that "a[0-999999]" costs no memory before somebody asks for the
// names. Thread-safety: a value; const methods may run concurrently.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::formats {

class Hostlist {
 public:
  /// No list grows above this many hosts; beyond it parse() and append() fail with EOVERFLOW.
  static constexpr size_t kMaxHosts = 1'000'000;

  Hostlist() = default;
  /// Reads "", "vm,vm", "foo[00-15,17]", "foo[0-4]-eth2". EINVAL with the place for bad input.
  static base::Result<Hostlist> parse(std::string_view text);

  /// The shortest form that keeps order and repetitions: "foo[1-2],foo1".
  [[nodiscard]] std::string str() const;

  /// Appends one host by its name, without looking for brackets in it.
  void append(std::string_view host);
  base::Status append(const Hostlist& other);

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// The host at a place below size().
  [[nodiscard]] std::string at(size_t index) const;
  /// The first place of a host.
  [[nodiscard]] std::optional<size_t> find(std::string_view host) const;
  [[nodiscard]] std::vector<std::string> hosts() const;
  /// The same hosts in order of prefix and number, each once.
  [[nodiscard]] Hostlist sortedUnique() const;

 private:
  // `prefix` followed by first..last in at least `width` digits; or just `prefix` where !numbered.
  struct Range {
    std::string prefix;
    uint64_t first = 0;
    uint64_t last = 0;
    uint32_t width = 0;
    bool numbered = false;

    [[nodiscard]] size_t size() const { return numbered ? last - first + 1 : 1; }
    [[nodiscard]] std::string name(size_t offset) const;
  };

  static Range rangeOf(std::string_view host);
  base::Status appendExpression(std::string_view text);
  base::Status appendRange(Range range);
  [[nodiscard]] size_t groupEnd(size_t start) const;

  std::vector<Range> ranges_;
  size_t size_ = 0;
};

}  // namespace mc::flux::formats
