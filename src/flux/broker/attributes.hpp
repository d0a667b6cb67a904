#pragma once
// The attributes of a broker: its parameters and facts about it, as `flux lsattr` lists them
// (flux-broker-attributes(7)).
//
// Values given on the command line (preset()) wait until the part of the broker that they concern
// takes them (settle(), fix(), bind()); those that nobody takes stay as they are.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::broker {

class Attributes {
 public:
  /// Bits of "flags" in the answer to attr.get; IMMUTABLE values may be cached by clients.
  enum Flag : int { kNone = 0, kImmutable = 1 };

  /// A value from the command line.
  void preset(std::string_view name, std::string_view value);
  [[nodiscard]] bool isPreset(std::string_view name) const;

  /// Takes the preset value, or `standard` if there is none, and gives it.
  std::string settle(std::string_view name, std::string_view standard, int flags = kImmutable);
  /// A fact that nobody may set: EPERM if the command line did.
  base::Status fix(std::string_view name, std::string_view value);
  /// A value that lives elsewhere and may change at run time. A preset value is passed to `set`
  /// now.
  base::Status bind(std::string_view name, std::function<std::string()> get,
                    std::function<base::Status(const std::string&)> set);

  /// ENOENT if there is none.
  [[nodiscard]] base::Result<std::string> get(std::string_view name) const;
  [[nodiscard]] int flags(std::string_view name) const;
  /// Adds one, or changes one; EPERM for immutable ones, EINVAL for a value that does not fit.
  base::Status set(std::string_view name, std::string_view value);
  /// For the broker itself: sets also what users may not.
  void update(std::string_view name, std::string_view value);
  base::Status remove(std::string_view name);
  /// All names in order.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Entry {
    std::string value;
    int flags = kNone;
    bool preset = false;
    std::function<std::string()> get;
    std::function<base::Status(const std::string&)> set;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace mc::flux::broker
