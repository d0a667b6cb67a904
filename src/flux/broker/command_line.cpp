#include "flux/broker/command_line.hpp"

#include <charconv>

#include "flux/commands/options.hpp"
#include "flux/formats/duration.hpp"

namespace mc::flux::broker {
namespace {

using commands::Args;
using commands::Grammar;
using commands::Option;
using commands::Parsed;
using commands::Style;
using commands::Takes;

constexpr Option kBrokerOptions[] = {
    {'h', "help", Takes::Nothing, "", "Display this message."},
    {'S', "setattr", Takes::Value, "ATTR=VAL", "Set broker attribute"},
    {'c', "config-path", Takes::Value, "PATH", "Set broker config from PATH (default: none)"},
    {0, "conf", Takes::Value, "VALUE", "Update broker config from VALUE"},
    {'v', "verbose", Takes::OptionalValue, "LEVEL", "Be annoyingly informative by degrees"},
    // Of `flux start --test-size` to its brokers: RANK/SIZE[/HOSTS].
    {0, "test-place", Takes::Value, "", nullptr}};

constexpr Option kStartOptions[] = {
    {'h', "help", Takes::Nothing, "", "Display this message."},
    {'S', "setattr", Takes::Value, "ATTR=VAL", "Set broker attribute"},
    {'c', "config-path", Takes::Value, "PATH", "Set broker config from PATH (default: none)"},
    {0, "conf", Takes::Value, "VALUE", "Update broker config from VALUE"},
    {'v', "verbose", Takes::OptionalValue, "LEVEL", "Be annoyingly informative by degrees"},
    {'X', "noexec", Takes::Nothing, "", "Don't execute (useful with -v, --verbose)"},
    {'o', "broker-opts", Takes::Value, "OPTS",
     "Add comma-separated broker options, e.g. \"-o,-v\""},
    {0, "wrap", Takes::Value, "ARGS,...", "Wrap broker execution in comma-separated arguments"},
    {'s', "test-size", Takes::Value, "N", "Launch a test instance by launching N brokers locally"},
    {0, "test-hosts", Takes::Value, "HOSTLIST", "Set fake hostnames for brokers"},
    {0, "test-exit-timeout", Takes::Value, "FSD",
     "After a broker exits, kill other brokers after timeout"},
    {0, "test-exit-mode", Takes::Value, "any|leader", "Trigger exit timer on leader/any exit"},
    {0, "rundir", Takes::Value, "DIR", "Set rundir directory of the test instance"}};

Grammar grammarOf(const char* program, const char* usage, std::span<const Option> options) {
  Grammar grammar;
  grammar.style = Style::C;
  grammar.program = program;
  grammar.usage = usage;
  grammar.options = options;
  grammar.commandFollows = true;
  grammar.helpColumn = 32;
  return grammar;
}

Args argumentsOf(int argc, char** argv) {
  return {argv + 1, argv + argc};
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

template <class Number>
bool parseNumber(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

/// How often -v was given, or the largest level.
int verbosity(const Parsed& parsed) {
  int level = 0;
  for (const auto& given : parsed.given()) {
    if (given.option->letter != 'v') continue;
    int value = 0;
    level = given.value && parseNumber(*given.value, value) ? value : level + 1;
  }
  return level;
}

std::optional<LocalPlace> parsePlace(const std::string& text) {
  const auto parts = split(text, '/');
  LocalPlace place;
  if (parts.size() < 2 || !parseNumber(parts[0], place.rank) || !parseNumber(parts[1], place.size))
    return std::nullopt;
  if (parts.size() > 2) place.hosts = parts[2];
  return place;
}

/// What is passed on to the broker as it was given.
void passOn(const Parsed& parsed, std::vector<std::string>& arguments) {
  for (const auto& given : parsed.given()) {
    const std::string_view name = given.option->name;
    if (name == "setattr") arguments.push_back("-S" + given.value.value_or(""));
    if (name == "config-path") arguments.push_back("-c" + given.value.value_or(""));
    if (name == "conf") arguments.push_back("--conf=" + given.value.value_or(""));
    if (name != "broker-opts") continue;
    for (auto& word : split(given.value.value_or(""), ',')) arguments.push_back(std::move(word));
  }
}

/// The options that only a test instance has; an error message if one is wrong.
std::optional<std::string> readTestOptions(const Parsed& parsed, StartOptions& options) {
  if (const auto size = parsed.value("test-size")) {
    uint32_t number = 0;
    if (!parseNumber(*size, number) || number == 0) return "--test-size argument must be > 0";
    options.testSize = number;
  }
  if (const auto hosts = parsed.value("test-hosts")) {
    const auto list = formats::Hostlist::parse(*hosts);
    if (!list) return "could not decode --test-hosts hostlist";
    options.testHosts = *list;
    if (options.testSize && list->size() != *options.testSize)
      return "--test-hosts hostlist has incorrect size";
  }
  if (const auto timeout = parsed.value("test-exit-timeout")) {
    const auto seconds = formats::parseDuration(*timeout);
    if (!seconds && *timeout != "none") return "could not parse --test-exit-timeout";
    options.exitTimeout = seconds ? *seconds : -1;
  }
  const std::string mode = parsed.valueOr("test-exit-mode", "any");
  if (mode != "any" && mode != "leader") return "unknown --test-exit-mode: " + mode;
  options.leaderExits = mode == "leader";
  options.rundir = parsed.valueOr("rundir", "");
  for (const char* name : {"test-hosts", "test-exit-timeout", "test-exit-mode", "rundir"})
    if (parsed.has(name) && !options.testSize)
      return "--" + std::string(name) + " only works with --test-size=N";
  return std::nullopt;
}

}  // namespace

BrokerCommandLine parseBrokerCommandLine(int argc, char** argv) {
  const Grammar grammar =
      grammarOf("flux-broker", "flux-broker [OPTIONS] [initial-cmd ...]", kBrokerOptions);
  auto outcome = commands::parseOptions(grammar, argumentsOf(argc, argv));
  BrokerCommandLine line;
  line.exitStatus = outcome.exitStatus;
  if (line.exitStatus) return line;
  for (const auto& text : outcome.parsed.values("setattr")) {
    auto attribute = parseAttribute(text);
    if (!attribute) {
      line.exitStatus = commands::usageError(grammar, attribute.error().message);
      return line;
    }
    line.options.attributes.push_back(std::move(*attribute));
  }
  line.options.configPath = outcome.parsed.valueOr("config-path", "");
  line.options.configValues = outcome.parsed.values("conf");
  line.options.verbose = verbosity(outcome.parsed);
  line.options.command = std::move(outcome.parsed.rest);
  if (const auto place = outcome.parsed.value("test-place"))
    line.options.place = parsePlace(*place);
  return line;
}

StartCommandLine parseStartCommandLine(int argc, char** argv) {
  const Grammar grammar =
      grammarOf("flux-start", "flux-start [OPTIONS] command ...", kStartOptions);
  auto outcome = commands::parseOptions(grammar, argumentsOf(argc, argv));
  StartCommandLine line;
  line.exitStatus = outcome.exitStatus;
  if (line.exitStatus) return line;
  StartOptions& options = line.options;
  passOn(outcome.parsed, options.brokerArguments);
  options.wrap = split(outcome.parsed.valueOr("wrap", ""), ',');
  options.verbose = verbosity(outcome.parsed);
  options.noExec = outcome.parsed.has("noexec");
  if (const auto error = readTestOptions(outcome.parsed, options))
    line.exitStatus = commands::usageError(grammar, *error);
  options.command = std::move(outcome.parsed.rest);
  return line;
}

}  // namespace mc::flux::broker
