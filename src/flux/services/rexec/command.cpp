#include "flux/services/rexec/command.hpp"

#include <charconv>

#include "flux/formats/json.hpp"

namespace mc::flux::services::rexec {
namespace {

namespace json = boost::json;

constexpr size_t kDefaultBuffer = 4u << 20;
constexpr size_t kMaxChannels = 32;

/// A NUL would cut the text off where the kernel reads it.
base::Result<std::string> cText(const json::value& value, const char* what) {
  if (!value.is_string()) return base::fail(EPROTO, std::string(what) + " is not a string");
  std::string text(value.get_string());
  if (text.find('\0') != std::string::npos)
    return base::fail(EINVAL, std::string(what) + " contains a NUL");
  return text;
}

base::Result<std::vector<std::string>> texts(const json::object& object, const char* key) {
  const auto* array = formats::findArray(object, key);
  if (array == nullptr) return base::fail(EPROTO, std::string("command without ") + key);
  std::vector<std::string> found;
  for (const auto& value : *array) {
    MC_TRY_ASSIGN(std::string text, cText(value, key));
    found.push_back(std::move(text));
  }
  return found;
}

base::Result<std::map<std::string, std::string>> textMap(const json::object& object,
                                                         const char* key) {
  const auto* members = formats::findObject(object, key);
  if (members == nullptr) return base::fail(EPROTO, std::string("command without ") + key);
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : *members) {
    MC_TRY_ASSIGN(std::string text, cText(value, key));
    if (name.find('\0') != std::string::npos || name.find('=') != std::string::npos || name.empty())
      return base::fail(EINVAL, std::string("bad name in ") + key);
    found.emplace(name, std::move(text));
  }
  return found;
}

base::Status readOptional(const json::object& object, const char* key, std::string& into) {
  if (const auto* value = object.if_contains(key)) {
    MC_TRY_ASSIGN(into, cText(*value, key));
  }
  return {};
}

}  // namespace

base::Result<ExecCommand> ExecCommand::parse(const json::object& object) {
  ExecCommand command;
  MC_TRY(readOptional(object, "label", command.label));
  MC_TRY(readOptional(object, "cwd", command.cwd));
  MC_TRY_ASSIGN(command.argv, texts(object, "cmdline"));
  MC_TRY_ASSIGN(command.environment, textMap(object, "env"));
  MC_TRY_ASSIGN(command.options, textMap(object, "opts"));
  MC_TRY_ASSIGN(command.channels, texts(object, "channels"));
  if (command.argv.empty() || command.argv[0].empty())
    return base::fail(EPROTO, "command string is empty");
  if (command.channels.size() > kMaxChannels) return base::fail(EINVAL, "too many channels");
  return command;
}

size_t ExecCommand::bufferSize(const std::string& stream) const {
  const auto found = options.find(stream + "_BUFSIZE");
  if (found == options.end()) return kDefaultBuffer;
  size_t size = 0;
  const auto [end, error] =
      std::from_chars(found->second.data(), found->second.data() + found->second.size(), size);
  const bool usable = error == std::errc() && size > 0 && size <= (64u << 20) && *end == '\0';
  return usable ? size : kDefaultBuffer;
}

bool ExecCommand::lineBuffered(const std::string& stream) const {
  const auto found = options.find(stream + "_LINE_BUFFER");
  return found == options.end() || found->second != "false";
}

}  // namespace mc::flux::services::rexec
