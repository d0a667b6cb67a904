#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/suggest.hpp"

namespace mc::cli {

namespace {

/// An option as CLI11 sees it, and where its values go.
struct Bound {
  CLI::Option* parsed;
  Option option;
};

/// One verb's part of the parser; CLI11 keeps references into it.
struct Subcommand {
  Verb* verb = nullptr;
  CLI::App* app = nullptr;
  OptionSet options;
  std::vector<std::string> words;
  std::vector<Bound> bound;
};

std::string optionNames(const Option& option) {
  std::string names = "--" + option.name;
  if (option.letter != 0) names += std::string(",-") + option.letter;
  return names;
}

/// Declares an option to CLI11 as a bag of texts; Option::set reads them after the parse, so that
/// the error texts are ours.
CLI::Option* bindOption(CLI::App& app, const Option& option, std::vector<std::string>& texts,
                        std::string& text) {
  if (option.takes == Takes::Value) {
    return app.add_option(optionNames(option), texts)
        ->type_size(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  const std::string bare = option.takes == Takes::Nothing ? "true" : option.bareValue;
  std::string names = "--" + option.name + "{" + bare + "}";
  if (option.letter != 0) names += std::string(",-") + option.letter + "{" + bare + "}";
  return app.add_flag(names, text);
}

/// The parser for one command line. CLI11 writes into the texts kept here.
class Parser {
 public:
  Parser(const Verbs& verbs, GlobalOptions& global);
  base::Result<CommandLine> parse(std::vector<std::string> words);

 private:
  void bindAll(CLI::App& app, const OptionSet& options, std::vector<Bound>& bound);
  [[nodiscard]] base::Error explain(const CLI::ParseError& error) const;
  [[nodiscard]] base::Error unexpected(const Subcommand* used) const;
  [[nodiscard]] const Subcommand* used() const;

  CLI::App app_;
  OptionSet globalOptions_;
  std::vector<Bound> globalBound_;
  std::vector<std::unique_ptr<Subcommand>> subcommands_;
  std::vector<std::unique_ptr<std::vector<std::string>>> texts_;
  std::vector<std::unique_ptr<std::string>> flagTexts_;
};

Parser::Parser(const Verbs& verbs, GlobalOptions& global) {
  app_.set_help_flag("");
  app_.require_subcommand(0, 1);
  global.declare(globalOptions_);
  bindAll(app_, globalOptions_, globalBound_);
  for (const auto& verb : verbs) {
    auto sub = std::make_unique<Subcommand>();
    sub->verb = verb.get();
    sub->app = app_.add_subcommand(verb->info().name)->fallthrough();
    sub->app->set_help_flag("");
    verb->declare(sub->options);
    bindAll(*sub->app, sub->options, sub->bound);
    sub->app->add_option("words", sub->words);
    subcommands_.push_back(std::move(sub));
  }
}

void Parser::bindAll(CLI::App& app, const OptionSet& options, std::vector<Bound>& bound) {
  for (const auto& option : options.all()) {
    texts_.push_back(std::make_unique<std::vector<std::string>>());
    flagTexts_.push_back(std::make_unique<std::string>());
    bound.push_back({bindOption(app, option, *texts_.back(), *flagTexts_.back()), option});
  }
}

const Subcommand* Parser::used() const {
  for (const auto& sub : subcommands_)
    if (sub->app->parsed()) return sub.get();
  return nullptr;
}

std::string seeHelp(const Subcommand* used) {
  const std::string verb = used == nullptr ? "" : " " + used->verb->info().name;
  return "\nSee 'minicluster" + verb + " --help' for usage.";
}

/// What CLI11 left over: an unknown option, or without a verb an unknown verb.
base::Error Parser::unexpected(const Subcommand* used) const {
  const std::vector<std::string> rest = app_.remaining(true);
  const auto option =
      std::find_if(rest.begin(), rest.end(), [](const auto& w) { return w.starts_with('-'); });
  if (option == rest.end()) {
    std::vector<std::string> names;
    for (const auto& sub : subcommands_)
      if (sub->verb->info().group != VerbGroup::Hidden) names.push_back(sub->verb->info().name);
    const std::string word = rest.empty() ? "" : rest.front();
    return {EINVAL,
            "unknown command \"" + word + "\" for \"minicluster\"\n" + didYouMean(word, names)};
  }
  if (!option->starts_with("--"))
    return {EINVAL, std::string("unknown shorthand flag: '") + (*option)[1] + "' in " + *option +
                        seeHelp(used)};
  std::vector<std::string> names;
  for (const auto* set : {&globalOptions_, used == nullptr ? nullptr : &used->options})
    for (const auto& known : set == nullptr ? std::vector<Option>{} : set->all())
      names.push_back("--" + known.name);
  const std::string word = option->substr(0, option->find('='));
  return {EINVAL, "unknown flag: " + word + didYouMean(word, names) + seeHelp(used)};
}

base::Error Parser::explain(const CLI::ParseError& error) const {
  const Subcommand* sub = used();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected(sub);
  const std::string what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    return {EINVAL, "flag needs an argument: " + what.substr(0, what.find(':')) + seeHelp(sub)};
  return {EINVAL, what + seeHelp(sub)};
}

base::Status apply(const std::vector<Bound>& bound) {
  for (const auto& [parsed, option] : bound)
    for (const auto& value : parsed->results()) MC_TRY(option.set(value));
  return {};
}

/// CLI11 would take the next word as the value of `--option=`.
void splitEmptyValues(std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--") || !words[i].ends_with('=')) continue;
    words[i].pop_back();
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(++i), "");
  }
}

/// kubectl takes `-n=default` as well as `-ndefault`.
void joinShortValues(std::vector<std::string>& words) {
  for (auto& word : words)
    if (word.size() > 2 && word[0] == '-' && word[1] != '-' && word[2] == '=') word.erase(2, 1);
}

base::Result<CommandLine> Parser::parse(std::vector<std::string> words) {
  CommandLine line;
  const auto dash = std::find(words.begin(), words.end(), "--");
  if (dash != words.end()) {
    line.command.assign(dash + 1, words.end());
    words.erase(dash, words.end());
  }
  joinShortValues(words);
  splitEmptyValues(words);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    app_.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return base::pass(explain(error));
  }
  MC_TRY(apply(globalBound_));
  if (const Subcommand* sub = used()) {
    MC_TRY(apply(sub->bound));
    line.verb = sub->verb;
    line.args = sub->words;
    if (!sub->verb->info().takesCommand)
      line.args.insert(line.args.end(), line.command.begin(), line.command.end());
  }
  return line;
}

}  // namespace

base::Result<CommandLine> parseCommandLine(const Verbs& verbs, GlobalOptions& global,
                                           std::vector<std::string> words) {
  Parser parser(verbs, global);
  return parser.parse(std::move(words));
}

}  // namespace mc::cli
