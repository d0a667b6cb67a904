#include "flux/commands/named_formats.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <vector>

#include "base/fd.hpp"
#include "base/yaml.hpp"
#include "flux/broker/config.hpp"
#include "flux/formats/json.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr std::string_view kGetConfig = "get-config=";

struct OwnFormat {
  std::string name;
  std::string description;
  std::string format;
};

const char* nonEmpty(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

// The directories with configuration files, the most important last.
std::vector<std::string> configDirectories() {
  std::vector<std::string> out;
  const char* system = nonEmpty("XDG_CONFIG_DIRS");
  const auto shared = formats::splitList(system != nullptr ? system : "/etc/xdg", ':');
  for (auto at = shared.rbegin(); at != shared.rend(); ++at)
    if (!at->empty()) out.push_back(*at + "/flux");
  if (const char* own = nonEmpty("XDG_CONFIG_HOME"))
    out.push_back(std::string(own) + "/flux");
  else if (const char* home = nonEmpty("HOME"))
    out.push_back(std::string(home) + "/.config/flux");
  return out;
}

base::Result<json::object> readYaml(const std::string& path) {
  MC_TRY_ASSIGN(const std::string text, base::readFile(path));
  const base::YamlStream stream = base::parseYaml(text);
  if (!stream.errors.empty())
    return base::fail(EINVAL, path + ":" + std::to_string(stream.errors[0].place.line) + ": " +
                                  stream.errors[0].message);
  if (stream.documents.empty()) return json::object();
  const json::value value = base::toJson(*stream.documents[0]);
  if (!value.is_object()) return base::fail(EINVAL, path + ": not a table");
  return value.get_object();
}

base::Result<json::object> readConfig(const std::string& path) {
  return path.ends_with(".yaml") ? readYaml(path) : broker::loadConfig(path);
}

bool exists(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

base::Status addFormats(const FormatSource& source, const std::string& path,
                        const json::object& config, std::vector<OwnFormat>& out) {
  const json::object* table = &config;
  if (*source.section != '\0') table = formats::findObject(config, source.section);
  const auto* named = table ? formats::findObject(*table, "formats") : nullptr;
  if (named == nullptr) return {};
  for (const auto& [name, entry] : *named) {
    const auto* fields = entry.if_object();
    const auto* format = fields ? formats::findString(*fields, "format") : nullptr;
    if (format == nullptr)
      return base::fail(EINVAL, path + ": formats." + std::string(name) + ": no string 'format'");
    for (const NamedFormat& known : source.known)
      if (name == known.name)
        return base::fail(
            EINVAL, path + ": override of builtin format " + std::string(name) + " not permitted");
    const auto* description = formats::findString(*fields, "description");
    std::erase_if(out, [&](const OwnFormat& other) { return name == other.name; });
    out.push_back(
        {std::string(name), description ? std::string(*description) : "", std::string(*format)});
  }
  return {};
}

base::Result<std::vector<OwnFormat>> ownFormats(const FormatSource& source) {
  std::vector<OwnFormat> out;
  for (const std::string& directory : configDirectories())
    for (const char* suffix : {".json", ".toml", ".yaml"}) {
      const std::string path = directory + "/" + source.tool + suffix;
      if (!exists(path)) continue;
      MC_TRY_ASSIGN(const json::object config, readConfig(path));
      MC_TRY(addFormats(source, path, config, out));
    }
  return out;
}

std::string helpLine(std::string name, const std::string& description) {
  if (name.size() < 13) name.resize(13, ' ');
  return "  " + name + description + "\n";
}

base::Result<std::string> helpText(const FormatSource& source) {
  MC_TRY_ASSIGN(const auto own, ownFormats(source));
  std::string out = "\nConfigured " + std::string(source.program) + " output formats:\n\n";
  for (const NamedFormat& entry : source.known) out += helpLine(entry.name, entry.description);
  for (const OwnFormat& entry : own) out += helpLine(entry.name, entry.description);
  return out + "\n";
}

// A format as it would stand in a configuration file.
base::Result<std::string> configText(const FormatSource& source, const std::string& name) {
  MC_TRY_ASSIGN(std::vector<OwnFormat> all, ownFormats(source));
  for (const NamedFormat& known : source.known)
    all.push_back({known.name, known.description, known.format});
  const std::string table = *source.section != '\0' ? std::string(source.section) + "." : "";
  for (const OwnFormat& entry : all)
    if (entry.name == name)
      return "[" + table + "formats." + name +
             "]\ndescription = " + formats::toJson(json::value(entry.description)) +
             "\nformat = " + formats::toJson(json::value(entry.format)) + "\n";
  return base::fail(EINVAL, "--format: No such format " + name);
}

}  // namespace

base::Result<std::string> findFormat(const FormatSource& source, const std::string& text) {
  if (text.find('{') != std::string::npos) return text;
  for (const NamedFormat& entry : source.known)
    if (text == entry.name) return std::string(entry.format);
  MC_TRY_ASSIGN(const auto own, ownFormats(source));
  for (const OwnFormat& entry : own)
    if (text == entry.name) return entry.format;
  return base::fail(EINVAL,
                    "--format: No such format " + text + " (Did you mean '{" + text + "}'?)");
}

base::Result<FormatChoice> chooseFormat(const FormatSource& source, const Parsed& parsed) {
  const char* fallback = nonEmpty(source.variable);
  const std::string text = parsed.valueOr("format", fallback ? fallback : "default");
  FormatChoice choice;
  if (text == "help") {
    MC_TRY_ASSIGN(choice.answer, helpText(source));
  } else if (text.starts_with(kGetConfig)) {
    MC_TRY_ASSIGN(choice.answer, configText(source, text.substr(kGetConfig.size())));
  } else {
    MC_TRY_ASSIGN(choice.format, findFormat(source, text));
  }
  return choice;
}

}  // namespace mc::flux::commands
