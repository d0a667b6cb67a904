#pragma once
// Collects what is wrong with one object, and knows where each of its fields was written, so that a
// rule names a field and the message gets line and column.
//
// Thread-safety: none; one report, one thread.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/read.hpp"
#include "base/yaml.hpp"

namespace mc::api {

class Report {
 public:
  /// `prefix` is put before every path: "items[2]." for an object of a List, else empty.
  explicit Report(std::string prefix) : prefix_(std::move(prefix)) {}

  /// Remembers a field. `inert`: it says nothing (false, 0, empty, the default).
  void wrote(const std::string& path, base::YamlPlace place, bool inert);

  /// Whether the field was given and says something.
  [[nodiscard]] bool given(const std::string& path) const;

  /// Where the field is, or the nearest one around it.
  [[nodiscard]] base::YamlPlace placeOf(const std::string& path) const;

  /// Whether there is a problem with this very field or one around it.
  [[nodiscard]] bool has(const std::string& path) const;

  /// Whether there is a problem with this field or one within it.
  [[nodiscard]] bool hasBelow(const std::string& path) const;

  /// Makes has() true without a further problem: the one there is was about this field.
  void trouble(const std::string& path) { troubled_.insert(path); }

  /// For rules: nothing is added where has() says that something is wrong already.
  void add(const std::string& path, std::string message, std::string cure = {});
  void addAt(base::YamlPlace place, const std::string& path, std::string message,
             std::string cure = {});

  /// No further problems are taken: more than this help nobody.
  [[nodiscard]] bool full() const { return problems_.size() >= kMostProblems; }

  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
  [[nodiscard]] std::vector<Problem> take() { return std::move(problems_); }

 private:
  static constexpr size_t kMostProblems = 1000;
  struct Written {
    base::YamlPlace place;
    bool inert = true;
  };
  std::string prefix_;
  std::map<std::string, Written> written_;
  std::set<std::string> troubled_;
  std::vector<Problem> problems_;
};

/// A text for a message: in backquotes, cut where it gets long, control characters shown as ?.
std::string quoted(std::string_view text);

/// "line 12"
std::string lineText(const base::YamlPlace& place);

}  // namespace mc::api
