#pragma once
// What `wait --for` waits for.
//
// Thread-safety: pure functions and plain values.

#include <string>

#include "base/status.hpp"

namespace mc::cli {

struct WaitCondition {
  enum class What { Condition, Created, Deleted };
  What what = What::Condition;
  std::string name;   ///< of the condition
  bool value = true;  ///< that it must have
};

/// "condition=Ready", "condition=Ready=false", "delete", "create". EINVAL for anything else.
base::Result<WaitCondition> parseWaitCondition(const std::string& text);

}  // namespace mc::cli
