#pragma once
// Label selectors, as kubectl's -l takes them.
//
// Source: Kubernetes documentation, "Labels and Selectors": `a=b`, `a==b`, `a!=b`, `a in (b,c)`,
// `a notin (b,c)`, `a`, `!a`, joined by commas, which mean "and".
// Thread-safety: pure functions and plain values.

#include <string>
#include <string_view>
#include <vector>

#include "api/minicluster.hpp"
#include "base/status.hpp"

namespace mc::cli {

class Selector {
 public:
  /// An empty text selects everything. EINVAL says what can't be read.
  static base::Result<Selector> parse(std::string_view text);

  [[nodiscard]] bool matches(const api::StringMap& labels) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }

 private:
  struct Requirement {
    std::string key;
    /// Whether the label must be there with one of `values` (or with any, if that is empty), or
    /// not.
    bool wanted = true;
    std::vector<std::string> values;
  };

  std::vector<Requirement> requirements_;
};

}  // namespace mc::cli
