#include "cli/help.hpp"

#include <algorithm>
#include <sstream>

namespace mc::cli {

namespace {

const char* heading(VerbGroup group) {
  switch (group) {
    case VerbGroup::Basic:
      return "Basic Commands:";
    case VerbGroup::Look:
      return "Commands to look at what is there:";
    case VerbGroup::Debug:
      return "Troubleshooting and Debugging Commands:";
    default:
      return "Other Commands:";
  }
}

std::string indented(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    result += line.empty() ? "\n" : "  " + line + "\n";
  return result;
}

std::string optionsHelp(const OptionSet& options) {
  std::vector<const Option*> sorted;
  for (const auto& option : options.all()) sorted.push_back(&option);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  std::string text;
  for (const auto* option : sorted) {
    const std::string letter = option->letter != 0 ? std::string("-") + option->letter + ", " : "";
    text += "    " + letter + "--" + option->name + "=" + option->defaultText + ":\n\t" +
            option->help + "\n\n";
  }
  return text;
}

std::string groupHelp(const Verbs& verbs, VerbGroup group) {
  constexpr size_t kNameWidth = 14;
  std::string text;
  for (const auto& verb : verbs) {
    const VerbInfo info = verb->info();
    if (info.group != group) continue;
    std::string name = info.name;
    name.resize(std::max(kNameWidth, name.size() + 1), ' ');
    text += "  " + name + info.summary + "\n";
  }
  return std::string(heading(group)) + "\n" + text + "\n";
}

/// Whether the word at `begin` is a command, not a kind of objects: it begins a line or a part of
/// one, and words or options follow.
bool isCommand(const std::string& text, size_t begin, size_t end) {
  const size_t before = begin == 0 ? std::string::npos : text.find_last_not_of(' ', begin - 1);
  const bool begins = before == std::string::npos ||
                      std::string("\n'\"(|:").find(text[before]) != std::string::npos;
  return begins && end < text.size() && text[end] != '"';
}

}  // namespace

std::string mainHelp(const Verbs& verbs) {
  std::string text =
      "minicluster runs MiniClusters (Flux instances with services beside them) on this machine,\n"
      "through the Docker Engine, or on a Kubernetes cluster (--engine kubernetes), where it is "
      "also\n"
      "a plugin of kubectl.\n\n";
  for (const auto group : {VerbGroup::Basic, VerbGroup::Look, VerbGroup::Debug, VerbGroup::Other})
    text += groupHelp(verbs, group);
  return text +
         "Usage:\n  minicluster [flags] [options]\n\n"
         "Use \"minicluster <command> --help\" for more information about a given command.\n"
         "Use \"minicluster help options\" for the options that all commands take.\n";
}

std::string verbHelp(Verb& verb) {
  const VerbInfo info = verb.info();
  OptionSet options;
  verb.declare(options);
  std::string text = info.summary + ".\n";
  if (!info.description.empty()) text += "\n" + info.description + "\n";
  if (!info.examples.empty()) text += "\nExamples:\n" + indented(info.examples);
  if (!options.all().empty()) text += "\nOptions:\n" + optionsHelp(options);
  return text + (options.all().empty() ? "\n" : "") + "Usage:\n  minicluster " + info.name +
         (info.usage.empty() ? "" : " " + info.usage) + " [options]\n\n" +
         "Use \"minicluster help options\" for the options that all commands take.\n";
}

std::string globalOptionsHelp() {
  GlobalOptions global;
  OptionSet options;
  global.declare(options);
  return "The following options can be passed to any command:\n\n" + optionsHelp(options);
}

std::string asCalled(std::string text, const std::string& program) {
  const std::string own = "minicluster ";
  if (program + " " == own) return text;
  constexpr std::string_view kQuoted = " for \"minicluster\"";
  if (const size_t at = text.find(kQuoted); at != std::string::npos)
    text.replace(at, kQuoted.size(), " for \"" + program + "\"");
  for (size_t at = text.find(own); at != std::string::npos; at = text.find(own, at)) {
    if (isCommand(text, at, at + own.size())) {
      text.replace(at, own.size() - 1, program);
      at += program.size();
    } else {
      at += own.size();
    }
  }
  return text;
}

Verb* findVerb(const Verbs& verbs, const std::string& name) {
  for (const auto& verb : verbs)
    if (verb->info().name == name) return verb.get();
  return nullptr;
}

}  // namespace mc::cli
