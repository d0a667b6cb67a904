#include "cli/option_set.hpp"

#include <charconv>
#include <optional>

#include "cli/go_duration.hpp"

namespace mc::cli {

namespace {

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

/// pflag's spellings of a boolean.
std::optional<bool> parseBool(std::string_view text) {
  for (const auto* yes : {"true", "1", "t", "T", "TRUE", "True"})
    if (text == yes) return true;
  for (const auto* no : {"false", "0", "f", "F", "FALSE", "False"})
    if (text == no) return false;
  return std::nullopt;
}

base::Status badValue(const Option& option, const std::string& value, const std::string& why) {
  const std::string letter = option.letter != 0 ? std::string("-") + option.letter + ", " : "";
  return base::fail(EINVAL, "invalid argument \"" + value + "\" for \"" + letter + "--" +
                                option.name + "\" flag: " + why);
}

}  // namespace

Option& Option::offer(Completes what) {
  completes = what;
  return *this;
}

Option& Option::offer(std::vector<std::string> words) {
  choices = std::move(words);
  return offer(Completes::Choices);
}

Option& OptionSet::add(std::string_view names, Takes takes, std::string help,
                       std::string defaultText) {
  Option option;
  const size_t comma = names.find(',');
  option.name = names.substr(0, comma);
  if (comma != std::string_view::npos) option.letter = names[comma + 1];
  option.takes = takes;
  option.help = std::move(help);
  option.defaultText = std::move(defaultText);
  options_.push_back(std::move(option));
  return options_.back();
}

Option& OptionSet::flag(std::string_view names, bool* target, std::string help) {
  Option& option = add(names, Takes::Nothing, std::move(help), *target ? "true" : "false");
  option.set = [target, known = option](const std::string& value) -> base::Status {
    const auto parsed = parseBool(value);
    if (!parsed) return badValue(known, value, "must be true or false");
    *target = *parsed;
    return {};
  };
  return option;
}

Option& OptionSet::text(std::string_view names, std::string* target, std::string help) {
  Option& option = add(names, Takes::Value, std::move(help), quoted(*target));
  option.set = [target](const std::string& value) -> base::Status {
    *target = value;
    return {};
  };
  return option;
}

Option& OptionSet::list(std::string_view names, std::vector<std::string>* target,
                        std::string help) {
  Option& option = add(names, Takes::Value, std::move(help), "[]");
  option.set = [target](const std::string& value) -> base::Status {
    target->push_back(value);
    return {};
  };
  return option;
}

Option& OptionSet::number(std::string_view names, int64_t* target, std::string help) {
  Option& option = add(names, Takes::Value, std::move(help), std::to_string(*target));
  option.set = [target, known = option](const std::string& value) -> base::Status {
    const char* end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, *target);
    if (error == std::errc::result_out_of_range) return badValue(known, value, "out of range");
    if (error != std::errc{} || rest != end) return badValue(known, value, "must be a number");
    return {};
  };
  return option;
}

Option& OptionSet::duration(std::string_view names, std::chrono::nanoseconds* target,
                            std::string help) {
  Option& option = add(names, Takes::Value, std::move(help), formatGoDuration(*target));
  option.set = [target, known = option](const std::string& value) -> base::Status {
    const auto parsed = parseGoDuration(value);
    if (!parsed) return badValue(known, value, parsed.error().message);
    *target = *parsed;
    return {};
  };
  return option;
}

Option& OptionSet::optionalText(std::string_view names, std::string* target, std::string bareValue,
                                std::string help) {
  Option& option = add(names, Takes::OptionalValue, std::move(help), quoted(*target));
  option.bareValue = std::move(bareValue);
  option.set = [target](const std::string& value) -> base::Status {
    *target = value;
    return {};
  };
  return option;
}

const Option* OptionSet::find(std::string_view name) const {
  for (const auto& option : options_)
    if (option.name == name) return &option;
  return nullptr;
}

const Option* OptionSet::find(char letter) const {
  for (const auto& option : options_)
    if (option.letter == letter) return &option;
  return nullptr;
}

}  // namespace mc::cli
