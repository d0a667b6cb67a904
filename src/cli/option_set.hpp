#pragma once
// The options of a verb, declared once: parsing, --help and shell completion all read this.
//
// Thread-safety: none.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::cli {

/// What follows an option on the command line.
enum class Takes {
  Nothing,        ///< a flag; `--flag=false` turns it off
  Value,          ///< `--option VALUE`, `--option=VALUE`, `-oVALUE`
  OptionalValue,  ///< `--option` or `--option=VALUE`
};

/// What a shell may offer for a word.
enum class Completes { Nothing, Choices, Files, Namespaces, Containers, Pods, Clusters, Resources };

struct Option {
  std::string name;  ///< without dashes: "follow"
  char letter = 0;   ///< 'f'; 0: none
  Takes takes = Takes::Nothing;
  std::string help;
  std::string defaultText;  ///< as --help shows it: "false", "''", "[]"
  std::string bareValue;    ///< OptionalValue: what the bare option means
  Completes completes = Completes::Nothing;
  std::vector<std::string> choices;  ///< for Completes::Choices; any value is still parsed
  /// Takes one value as it was typed; an error says what is wrong with it.
  std::function<base::Status(const std::string&)> set;

  Option& offer(Completes what);
  Option& offer(std::vector<std::string> words);
};

class OptionSet {
 public:
  /// `names`: "follow" or "follow,f". The targets must outlive the set and hold the defaults.
  /// The reference that is returned is good until the next option is added.
  Option& flag(std::string_view names, bool* target, std::string help);
  Option& text(std::string_view names, std::string* target, std::string help);
  Option& list(std::string_view names, std::vector<std::string>* target, std::string help);
  Option& number(std::string_view names, int64_t* target, std::string help);
  /// Go's durations, as kubectl takes them: "5s", "1h30m", "0". See go_duration.hpp.
  Option& duration(std::string_view names, std::chrono::nanoseconds* target, std::string help);
  Option& optionalText(std::string_view names, std::string* target, std::string bareValue,
                       std::string help);

  [[nodiscard]] const std::vector<Option>& all() const { return options_; }

  /// The option of that name ("follow") or letter; nullptr: none.
  [[nodiscard]] const Option* find(std::string_view name) const;
  [[nodiscard]] const Option* find(char letter) const;

 private:
  Option& add(std::string_view names, Takes takes, std::string help, std::string defaultText);

  std::vector<Option> options_;
};

}  // namespace mc::cli
