// flux config: the configuration of the broker.

#include <unistd.h>

#include "base/fd.hpp"
#include "flux/broker/config.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-config";

constexpr Option kGetOptions[] = {
    {'d', "default", Takes::Value, "VALUE", "Use VALUE if config key is unset"},
    {'q', "quiet", Takes::Nothing, "", "Suppress printing of errors if config key is unset"},
    {'t', "type", Takes::Value, "TYPE",
     "Set expected type (any, string, integer, real, boolean, object, array, fsd, fsd-integer, "
     "fsd-real)"},
    {'c', "config-path", Takes::Value, "PATH", "Get broker config from PATH instead of the broker"},
};

int fail(const std::string& message) {
  return failAs(kProgram, message);
}

base::Result<json::object> brokerConfig() {
  auto session = Session::open();
  if (!session) return base::fail(session.error().errnum, openFailure(session.error()));
  return (*session)->call("config.get");
}

bool isType(const json::value& value, const std::string& type) {
  if (type == "any") return true;
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "real") return value.is_double();
  if (type == "boolean") return value.is_bool();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return type.starts_with("fsd") && value.is_string() &&
         formats::parseDuration(std::string_view(value.get_string())).has_value();
}

bool isKnownType(const std::string& type) {
  for (const char* known : {"any", "string", "integer", "real", "boolean", "object", "array", "fsd",
                            "fsd-integer", "fsd-real"})
    if (type == known) return true;
  return false;
}

std::string textOf(const json::value& value, const std::string& type) {
  if (type == "fsd-integer" || type == "fsd-real") {
    const double seconds = formats::parseDuration(std::string_view(value.get_string())).value_or(0);
    return type == "fsd-real" ? formats::formatDouble(seconds)
                              : std::to_string(static_cast<int64_t>(seconds));
  }
  if (const auto* text = value.if_string()) return std::string(*text);
  return formats::toJson(value);
}

int get(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-config get",
                        .usage = "flux config get [--default=VALUE] [--type=TYPE] [NAME]",
                        .description = "Query broker configuration values",
                        .options = kGetOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  const std::string type = parsed.valueOr("type", "any");
  if (!isKnownType(type)) return fail("unknown type: " + type);
  const auto path = parsed.value("config-path");
  const auto config = path ? broker::loadConfig(*path) : brokerConfig();
  if (!config) return path ? fail(config.error().message) : failAs("flux", config.error().message);
  if (parsed.rest.empty()) {
    print(formats::toJson(*config) + "\n");
    return 0;
  }
  const std::string& name = parsed.rest[0];
  const auto* value = broker::findConfig(*config, name);
  if (value == nullptr) {
    if (const auto fallback = parsed.value("default")) {
      print(*fallback + "\n");
      return 0;
    }
    return parsed.has("quiet") ? 1 : fail(name + " is not set");
  }
  if (!isType(*value, type)) return fail(name + " does not have the requested type: " + type);
  print(textOf(*value, type) + "\n");
  return 0;
}

int reload(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-config reload",
                        .usage = "flux config reload",
                        .description = "Reload broker configuration from files"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return failAs("flux", openFailure(session.error()));
  const auto answer = (*session)->call("config.reload");
  return answer ? 0 : fail("reload: " + answer.error().message);
}

// Standard input holds JSON or TOML; a path names a directory of TOML files.
base::Result<json::object> newConfig(const Parsed& parsed) {
  if (!parsed.rest.empty()) return broker::loadConfig(parsed.rest[0]);
  MC_TRY_ASSIGN(const std::string text, base::readAll(STDIN_FILENO, "standard input"));
  if (auto object = formats::parseJsonObject(text)) return std::move(*object);
  return broker::parseToml(text, "standard input");
}

int load(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-config load",
                        .usage = "flux config load [PATH]",
                        .description = "Load broker configuration from stdin or PATH"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  const auto config = newConfig(parsed);
  if (!config) return fail(config.error().message);
  auto session = Session::open();
  if (!session) return failAs("flux", openFailure(session.error()));
  const auto answer = (*session)->call("config.load", *config);
  return answer ? 0 : fail("load: " + answer.error().message);
}

}  // namespace

int configMain(const Args& args) {
  if (!args.empty()) {
    const Args rest(args.begin() + 1, args.end());
    if (args[0] == "get") return get(rest);
    if (args[0] == "load") return load(rest);
    if (args[0] == "reload") return reload(rest);
  }
  complain(
      "Usage: flux config [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux config:\n"
      "   get             Query broker configuration values\n"
      "   load            Load broker configuration from stdin or PATH\n"
      "   reload          Reload broker configuration from files");
  return !args.empty() && (args[0] == "-h" || args[0] == "--help") ? 0 : 1;
}

}  // namespace mc::flux::commands
