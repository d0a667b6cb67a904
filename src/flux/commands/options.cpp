#include "flux/commands/options.hpp"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace mc::flux::commands {

namespace {

constexpr int kLongOnly = 0x100;  // getopt values of options without a letter start here
constexpr Option kHelpOption{'h', "help", Takes::Nothing, "", nullptr};
constexpr int kPythonColumn = 31;
constexpr int kCColumn = 25;
constexpr size_t kPythonWidth = 78;
constexpr size_t kCWidth = 80;

// The options of the table and, if it has none of its own, -h/--help.
std::vector<const Option*> allOptions(const Grammar& grammar) {
  std::vector<const Option*> all;
  bool help = false;
  for (const Option& option : grammar.options) {
    all.push_back(&option);
    help = help || std::string_view(option.name ? option.name : "") == "help";
  }
  if (!help) all.push_back(&kHelpOption);
  return all;
}

int hasArgument(Takes takes) {
  switch (takes) {
    case Takes::Nothing:
      return no_argument;
    case Takes::Value:
      return required_argument;
    case Takes::OptionalValue:
      return optional_argument;
  }
  return no_argument;
}

// The tables that getopt_long reads.
struct GetoptTables {
  std::string letters;
  std::vector<option> longs;

  GetoptTables(const std::vector<const Option*>& all, bool commandFollows) {
    letters = commandFollows ? "+:" : ":";
    for (size_t i = 0; i < all.size(); ++i) {
      const Option& entry = *all[i];
      if (entry.letter != 0) {
        letters += entry.letter;
        if (entry.takes != Takes::Nothing) letters += ':';
        if (entry.takes == Takes::OptionalValue) letters += ':';
      }
      if (entry.name != nullptr)
        longs.push_back(
            {entry.name, hasArgument(entry.takes), nullptr, kLongOnly + static_cast<int>(i)});
    }
    longs.push_back({});
  }
};

const Option* optionOf(const std::vector<const Option*>& all, int result) {
  if (result >= kLongOnly) return all[static_cast<size_t>(result - kLongOnly)];
  for (const Option* entry : all)
    if (entry->letter == result) return entry;
  return nullptr;
}

// argparse takes the next word as the value of an option with optional value; getopt does not.
bool takesNextWord(const Grammar& grammar, const Option& entry, const char* next) {
  return grammar.style == Style::Python && entry.takes == Takes::OptionalValue && next != nullptr &&
         next[0] != '-' && !grammar.commandFollows && entry.name != nullptr &&
         std::strcmp(entry.name, "help") != 0;
}

std::string unknownOption(const std::vector<const Option*>& all, const char* word) {
  std::string name = word;
  if (!name.starts_with("--")) return name;
  name = name.substr(2, name.find('=') == std::string::npos ? name.npos : name.find('=') - 2);
  std::string candidates;
  for (const Option* entry : all)
    if (entry->name != nullptr && std::string_view(entry->name).starts_with(name))
      candidates += (candidates.empty() ? "--" : ", --") + std::string(entry->name);
  if (candidates.find(',') != std::string::npos)
    return "ambiguous option: --" + name + " could match " + candidates;
  if (!candidates.empty())
    return "argument " + candidates + ": ignored explicit argument '" +
           std::string(word).substr(name.size() + 3) + "'";
  return "unrecognized arguments: " + std::string(word);
}

int badOption(const Grammar& grammar, const std::vector<const Option*>& all, int letter,
              const char* word) {
  const bool isLong = std::strncmp(word, "--", 2) == 0;
  const std::string text = isLong ? word : std::string("-") + static_cast<char>(letter);
  if (grammar.style == Style::C)
    return usageError(grammar, isLong ? "unrecognized option '" + text + "'"
                                      : "invalid option -- '" + text.substr(1) + "'");
  return usageError(grammar, isLong ? unknownOption(all, word) : "unrecognized arguments: " + text);
}

int missingValue(const Grammar& grammar, const Option* entry, const char* word) {
  if (grammar.style == Style::C)
    return usageError(grammar, "option '" + std::string(word) + "' requires an argument");
  return usageError(grammar, "argument " + (entry ? optionLabel(*entry) : std::string(word)) +
                                 ": expected one argument");
}

void appendWrapped(std::string& out, std::string_view text, size_t column, size_t width) {
  size_t used = 0;
  const size_t room = width > column ? width - column : 1;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (used > 0 && used + 1 + word.size() > room) {
      out += '\n' + std::string(column, ' ');
      used = 0;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
}

std::string optionHelp(const Option& entry, Style style, size_t column) {
  std::string out = entry.letter != 0 ? std::string("  -") + entry.letter : "     ";
  if (entry.name != nullptr) out += (entry.letter != 0 ? ", --" : " --") + std::string(entry.name);
  const std::string value = entry.valueName;
  const char* equals = entry.name != nullptr ? "=" : " ";
  if (entry.takes == Takes::Value) out += equals + value;
  if (entry.takes == Takes::OptionalValue)
    out += style == Style::Python && std::strcmp(entry.name, "help") == 0
               ? "=[" + value + "]"
               : equals + ("[" + value + "]");
  if (out.size() + 2 > column) {
    out += '\n' + std::string(column, ' ');
  } else {
    out.append(column - out.size(), ' ');
  }
  appendWrapped(out, entry.help, column, style == Style::Python ? kPythonWidth : kCWidth);
  return out + '\n';
}

}  // namespace

const Parsed::Given* Parsed::find(std::string_view name) const {
  for (auto at = given_.rbegin(); at != given_.rend(); ++at)
    if (at->option->name != nullptr ? name == at->option->name
                                    : name.size() == 1 && name[0] == at->option->letter)
      return &*at;
  return nullptr;
}

void Parsed::add(const Option* option, std::optional<std::string> value) {
  given_.push_back({option, std::move(value)});
}

int Parsed::count(std::string_view name) const {
  return static_cast<int>(std::count_if(given_.begin(), given_.end(), [&](const Given& entry) {
    return entry.option->name != nullptr ? name == entry.option->name
                                         : name.size() == 1 && name[0] == entry.option->letter;
  }));
}

std::optional<std::string> Parsed::value(std::string_view name) const {
  const Given* entry = find(name);
  return entry ? entry->value : std::nullopt;
}

std::string Parsed::valueOr(std::string_view name, std::string_view fallback) const {
  return value(name).value_or(std::string(fallback));
}

std::vector<std::string> Parsed::values(std::string_view name) const {
  std::vector<std::string> out;
  for (const Given& entry : given_)
    if (entry.option->name != nullptr && name == entry.option->name && entry.value)
      out.push_back(*entry.value);
  return out;
}

ParseOutcome parseOptions(const Grammar& grammar, const Args& args) {
  const auto all = allOptions(grammar);
  const GetoptTables tables(all, grammar.commandFollows);
  std::string program = grammar.program;
  std::vector<std::string> words = args;
  std::vector<char*> argv{program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  ParseOutcome outcome;
  ::opterr = 0;
  ::optind = 0;  // glibc: start afresh
  const int argc = static_cast<int>(argv.size()) - 1;
  while (true) {
    const int before = std::max(::optind, 1);
    const int result =
        ::getopt_long(argc, argv.data(), tables.letters.c_str(), tables.longs.data(), nullptr);
    if (result == -1) break;
    const char* word =
        argv[static_cast<size_t>(::optind > before ? ::optind - 1 : std::min(before, argc - 1))];
    if (result == '?') {
      outcome.exitStatus = badOption(grammar, all, ::optopt, word);
      return outcome;
    }
    if (result == ':') {
      outcome.exitStatus = missingValue(grammar, optionOf(all, ::optopt), word);
      return outcome;
    }
    const Option* entry = optionOf(all, result);
    std::optional<std::string> value;
    if (::optarg != nullptr) value = ::optarg;
    if (!value && takesNextWord(grammar, *entry, argv[static_cast<size_t>(::optind)]))
      value = argv[static_cast<size_t>(::optind++)];
    if (entry->name != nullptr && std::strcmp(entry->name, "help") == 0) {
      std::fputs(helpText(grammar).c_str(), grammar.style == Style::Python ? stdout : stderr);
      outcome.exitStatus = 0;
      return outcome;
    }
    outcome.parsed.add(entry, std::move(value));
  }
  for (int i = ::optind; i < argc; ++i)
    outcome.parsed.rest.emplace_back(argv[static_cast<size_t>(i)]);
  return outcome;
}

int usageError(const Grammar& grammar, const std::string& message) {
  if (grammar.style == Style::C) {
    std::fprintf(stderr, "%s: %s\nTry `%s --help' for more information.\n", grammar.program,
                 message.c_str(), grammar.program);
    return 1;
  }
  std::fprintf(stderr, "usage: %s\n%s: error: %s\n", grammar.usage, grammar.program,
               message.c_str());
  return 2;
}

int usageHelp(const Grammar& grammar) {
  std::fputs(helpText(grammar).c_str(), stderr);
  return 1;
}

std::string helpText(const Grammar& grammar) {
  const bool python = grammar.style == Style::Python;
  const int fallback = python ? kPythonColumn : kCColumn;
  const auto column = static_cast<size_t>(grammar.helpColumn ? grammar.helpColumn : fallback);
  std::string out = std::string(python ? "usage: " : "Usage: ") + grammar.usage + "\n";
  if (python) out += '\n';
  if (*grammar.description != '\0') out += std::string(grammar.description) + "\n";
  if (python) out += std::string("\n") + grammar.positionals + "options:\n";
  bool hasHelp = false;
  for (const Option& entry : grammar.options)
    hasHelp = hasHelp || std::string_view(entry.name ? entry.name : "") == "help";
  if (!hasHelp) {
    Option help = kHelpOption;
    help.help = python ? "show this help message and exit" : "Display this message.";
    out += optionHelp(help, grammar.style, column);
  }
  for (const Option& entry : grammar.options)
    if (entry.help != nullptr) out += optionHelp(entry, grammar.style, column);
  return out;
}

std::string optionLabel(const Option& option) {
  std::string out;
  if (option.letter != 0) out = std::string("-") + option.letter;
  if (option.letter != 0 && option.name != nullptr) out += '/';
  if (option.name != nullptr) out += "--" + std::string(option.name);
  return out;
}

std::optional<long> integerOption(const Grammar& grammar, const Parsed& parsed,
                                  std::string_view name, std::optional<int>& exitStatus) {
  const auto text = parsed.value(name);
  if (!text) return std::nullopt;
  long number = 0;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc{} && rest == end) return number;
  for (const auto& entry : parsed.given())
    if (entry.option->name != nullptr && name == entry.option->name)
      exitStatus = usageError(grammar, "argument " + optionLabel(*entry.option) +
                                           ": invalid int value: '" + *text + "'");
  return std::nullopt;
}

}  // namespace mc::flux::commands
