#pragma once
// Sets of non-negative integers and their string form "0-3,7" (RFC 22).
//
// Kept as sorted ranges, so that "0-4294967294" from the network costs no memory.
// Thread-safety: a value; const methods may run concurrently.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::formats {

class Idset {
 public:
  struct Range {
    uint32_t first;
    uint32_t last;  ///< inclusive
    bool operator==(const Range&) const = default;
  };

  /// The largest member; one below UINT32_MAX, which RFC 3 uses for "any".
  static constexpr uint32_t kMaxId = 0xfffffffe;

  Idset() = default;
  /// {first..last}; an empty set where last < first.
  static Idset range(uint32_t first, uint32_t last);
  static Idset single(uint32_t id) { return range(id, id); }

  /// Reads "", "5", "0-3,7" or "[0-3,7]". Ids in any order are taken, as flux-core does; leading
  /// zeros, ids above kMaxId, "3-1" and more than 100,000 ranges are EINVAL.
  static base::Result<Idset> parse(std::string_view text);

  /// "0-3,7".
  [[nodiscard]] std::string str() const;
  /// "[0-3,7]"; a single id and the empty set get no brackets, as Flux prints them.
  [[nodiscard]] std::string bracketed() const;

  void insert(uint32_t id) { insertRange(id, id); }
  void insertRange(uint32_t first, uint32_t last);
  void erase(uint32_t id) { eraseRange(id, id); }
  void eraseRange(uint32_t first, uint32_t last);
  void insert(const Idset& other);
  void erase(const Idset& other);
  void clear() { ranges_.clear(); }

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] size_t size() const;
  [[nodiscard]] bool contains(uint32_t id) const;
  [[nodiscard]] bool containsAll(const Idset& other) const;
  [[nodiscard]] bool intersects(const Idset& other) const;
  [[nodiscard]] Idset intersection(const Idset& other) const;
  /// Only of a set that is not empty.
  [[nodiscard]] uint32_t first() const { return ranges_.front().first; }
  [[nodiscard]] uint32_t last() const { return ranges_.back().last; }
  /// The `count` smallest members, or all.
  [[nodiscard]] Idset take(size_t count) const;

  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  bool operator==(const Idset&) const = default;

  /// Members in ascending order.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = uint32_t;
    using difference_type = std::ptrdiff_t;
    using pointer = const uint32_t*;
    using reference = uint32_t;
    Iterator() = default;
    explicit Iterator(const Range* range) : range_(range) {}
    uint32_t operator*() const { return range_->first + offset_; }
    Iterator& operator++() {
      if (range_->first + offset_ == range_->last) {
        ++range_;
        offset_ = 0;
      } else {
        ++offset_;
      }
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Range* range_ = nullptr;
    uint32_t offset_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(ranges_.data()); }
  [[nodiscard]] Iterator end() const { return Iterator(ranges_.data() + ranges_.size()); }

 private:
  std::vector<Range> ranges_;  // sorted; neither overlapping nor adjacent
};

}  // namespace mc::flux::formats
