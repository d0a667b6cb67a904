#include "flux/broker/config.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <vector>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/fd.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

constexpr size_t kMaxFile = 16u << 20;  // a [bootstrap] hosts array of a large cluster has some MiB

json::value fromToml(const toml::node& node);

json::object fromTable(const toml::table& table) {
  json::object object;
  for (const auto& [key, value] : table) object.emplace(key.str(), fromToml(value));
  return object;
}

json::array fromArray(const toml::array& array) {
  json::array values;
  for (const auto& value : array) values.push_back(fromToml(value));
  return values;
}

json::value fromToml(const toml::node& node) {
  if (const auto* table = node.as_table()) return fromTable(*table);
  if (const auto* array = node.as_array()) return fromArray(*array);
  if (const auto* text = node.as_string()) return json::string(text->get());
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  return nullptr;  // dates: no key of Flux has one
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

base::Result<json::object> loadFile(const std::string& path) {
  MC_TRY_ASSIGN(const std::string text, base::readFile(path, kMaxFile));
  if (endsWith(path, ".json")) return formats::parseJsonObject(text).prefixed(path);
  return parseToml(text, path);
}

base::Result<std::vector<std::string>> tomlFiles(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (directory == nullptr) return base::failErrno(path);
  std::vector<std::string> files;
  while (const dirent* entry = ::readdir(directory.get()))
    if (endsWith(entry->d_name, ".toml")) files.push_back(path + "/" + entry->d_name);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

base::Result<json::object> parseToml(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (parsed) return fromTable(parsed.table());
  const auto& begin = parsed.error().source().begin;
  return base::fail(EINVAL, name + ":" + std::to_string(begin.line) + ":" +
                                std::to_string(begin.column) + ": " +
                                std::string(parsed.error().description()));
}

base::Result<json::object> loadConfig(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return base::failErrno(path);
  if (!S_ISDIR(file.st_mode)) return loadFile(path);
  MC_TRY_ASSIGN(const auto files, tomlFiles(path));
  json::object config;
  for (const auto& name : files) {
    MC_TRY_ASSIGN(const auto part, loadFile(name));
    mergeConfig(config, part);
  }
  return config;
}

base::Result<json::object> parseConfigValue(const std::string& value) {
  const size_t first = value.find_first_not_of(" \t\n");
  if (first != std::string::npos && value[first] == '{')
    return formats::parseJsonObject(value).prefixed("--conf");
  if (endsWith(value, ".toml") || endsWith(value, ".json")) return loadConfig(value);
  return parseToml(value, "--conf");
}

void mergeConfig(json::object& into, const json::object& from) {
  for (const auto& [key, value] : from) {
    json::value& mine = into[key];
    if (mine.is_object() && value.is_object())
      mergeConfig(mine.get_object(), value.get_object());
    else
      mine = value;
  }
}

const json::value* findConfig(const json::object& config, std::string_view path) {
  const size_t dot = path.find('.');
  const json::value* found = config.if_contains(path.substr(0, dot));
  if (found == nullptr || dot == std::string_view::npos) return found;
  return found->is_object() ? findConfig(found->get_object(), path.substr(dot + 1)) : nullptr;
}

base::Result<std::string> configString(const json::object& config, std::string_view path,
                                       std::string_view standard) {
  const json::value* value = findConfig(config, path);
  if (value == nullptr) return std::string(standard);
  if (!value->is_string())
    return base::fail(EINVAL, "configuration: " + std::string(path) + " is not a string");
  return std::string(value->get_string());
}

base::Result<bool> configBool(const json::object& config, std::string_view path, bool standard) {
  const json::value* value = findConfig(config, path);
  if (value == nullptr) return standard;
  if (!value->is_bool())
    return base::fail(EINVAL, "configuration: " + std::string(path) + " is not true or false");
  return value->get_bool();
}

}  // namespace mc::flux::broker
