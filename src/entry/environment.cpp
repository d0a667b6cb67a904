#include "entry/environment.hpp"

#include <unistd.h>

#include <climits>

namespace mc::entry {
namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void addVariable(std::map<std::string, std::string>& variables, std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
}

}  // namespace

std::string Environment::get(const std::string& name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

Environment currentEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry)
    addVariable(environment.variables, *entry);
  char directory[PATH_MAX];
  if (::getcwd(directory, sizeof directory) != nullptr) environment.directory = directory;
  return environment;
}

std::string encode(const Environment& environment) {
  std::string text = environment.directory + '\0';
  for (const auto& [name, value] : environment.variables) text += name + "=" + value + '\0';
  return text;
}

base::Result<Environment> decodeEnvironment(std::string_view text) {
  if (text.empty() || text.back() != '\0') return base::fail(EINVAL, "no environment");
  Environment environment;
  const size_t first = text.find('\0');
  environment.directory = text.substr(0, first);
  for (size_t begin = first + 1; begin < text.size();) {
    const size_t end = text.find('\0', begin);
    addVariable(environment.variables, text.substr(begin, end - begin));
    begin = end + 1;
  }
  for (const char* ofShell : {"_", "SHLVL", "OLDPWD"}) environment.variables.erase(ofShell);
  return environment;
}

std::string withDirectories(const std::string& path, const std::vector<std::string>& directories) {
  std::string result = path.empty() ? kDefaultPath : path;
  for (const auto& directory : directories)
    if ((":" + result + ":").find(":" + directory + ":") == std::string::npos)
      result += ":" + directory;
  return result;
}

}  // namespace mc::entry
