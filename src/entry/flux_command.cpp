#include "entry/flux_command.hpp"

#include <algorithm>

namespace mc::entry {
namespace {

using Words = std::vector<std::string>;

void append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// Options of the broker, as flux start and flux broker both take them.
Words brokerOptions(const Settings& s, const FluxContext& context) {
  Words options = {"-Srundir=" + s.paths.runDirectory, "-Sstatedir=" + s.paths.stateDirectory};
  if (!s.socket.empty()) options.push_back("-Slocal-uri=local://" + s.socket);
  append(options, s.brokerOptions);
  if (context.restore) options.push_back("-Scontent.restore=" + s.archivePath);
  return options;
}

Words fluxStart(const Settings& s, const FluxContext& context) {
  Words words = s.prefix;
  append(words, {context.flux, "start", "-o", "--config-path=" + s.paths.configDirectory});
  if (!s.wrap.empty()) words.push_back("--wrap=" + s.wrap);
  append(words, brokerOptions(s, context));
  return words;
}

/// Without --wrap, which only flux start has, the broker is started directly.
Words interactive(const Settings& s, const FluxContext& context) {
  Words words = s.wrap.empty() ? s.prefix : fluxStart(s, context);
  if (s.wrap.empty()) {
    append(words, {context.flux, "broker", "--config-path=" + s.paths.configDirectory});
    append(words, brokerOptions(s, context));
  }
  words.push_back("-Sbroker.rc2_none=1");
  return words;
}

/// `flux run` and `flux alloc` wait and show the output by themselves.
bool watchesItself(const Words& submit) {
  return std::any_of(submit.begin(), submit.end(),
                     [](const std::string& word) { return word == "run" || word == "alloc"; });
}

Words submitProgram(const Settings& s, const FluxContext& context) {
  Words words;
  if (s.timed) append(words, {context.self, "timed", "fluxsubmit", "--"});
  append(words, s.submitCommand);
  append(words, s.submitOptions);
  if (!watchesItself(s.submitCommand)) append(words, {"--quiet", "--watch"});
  if (s.debug) words.emplace_back("-vvv");
  append(words, s.command);
  return words;
}

/// A broker hands a single word to a shell; this program runs it as it is.
Words launcherProgram(const Settings& s, const FluxContext& context) {
  if (s.command.size() != 1) return s.command;
  return {context.self, "exec", "--", s.command.front()};
}

Words initialProgram(const Settings& s, const FluxContext& context) {
  switch (s.mode) {
    case Mode::Submit:
      return submitProgram(s, context);
    case Mode::Launcher:
      return launcherProgram(s, context);
    case Mode::Batch:
      return {"sh", s.paths.script};
    case Mode::Interactive:
      break;
  }
  return {};
}

std::string shellQuoted(const std::string& word) {
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string batchLine(const Settings& s, const std::string& line, int number) {
  const std::string output = s.batchLogs + "/job-" + std::to_string(number);
  std::string text;
  for (const auto& word : s.submitCommand) text += shellQuoted(word) + " ";
  text += "--flags=waitable --quiet --output=" + shellQuoted(output + ".out") +
          " --error=" + shellQuoted(output + ".err");
  for (const auto& option : s.submitOptions) text += " " + shellQuoted(option);
  return text + " " + line + "\n";
}

std::string batchText(const Settings& s) {
  std::string text = "failed=0\n";
  int number = 0;
  for (size_t begin = 0; begin < s.script.size();) {
    const size_t end = std::min(s.script.find('\n', begin), s.script.size());
    const std::string line = s.script.substr(begin, end - begin);
    begin = end + 1;
    const size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    text += batchLine(s, line, number++) + "[ $? -eq 0 ] || failed=1\n";
  }
  text += std::string("flux job wait --all") + (s.quiet ? " >/dev/null" : "") + " || failed=1\n";
  if (!s.quiet) text += "flux jobs -a\n";
  return text + "exit $failed\n";
}

}  // namespace

Words leadCommand(const Settings& settings, const FluxContext& context) {
  if (settings.mode == Mode::Interactive) return interactive(settings, context);
  Words words = fluxStart(settings, context);
  if (!context.journal.empty())
    append(words, {context.self, "record", context.journal, context.flux, "--"});
  append(words, initialProgram(settings, context));
  return words;
}

Words followerCommand(const Settings& settings, const FluxContext& context) {
  return fluxStart(settings, context);
}

Words resourcesCommand(const Settings& settings, const FluxContext& context) {
  const std::string cores = "--cores=0-" + std::to_string(settings.cores - 1);
  return {context.flux, "R", "encode", "--hosts=" + settings.hosts,
          settings.cores > 0 ? cores : "--local"};
}

std::string scriptText(const Settings& settings) {
  if (settings.mode != Mode::Batch || settings.batchRaw) return settings.script;
  return batchText(settings);
}

}  // namespace mc::entry
