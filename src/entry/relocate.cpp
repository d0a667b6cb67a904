#include "entry/relocate.hpp"

#include <algorithm>

namespace mc::entry {
namespace {

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

void relocate(Settings& settings, const std::string& root) {
  Paths& paths = settings.paths;
  // As values of broker.toml, so in quotes.
  for (const auto& path : {paths.curveCert, paths.resources})
    if (!path.empty())
      replaceAll(settings.brokerConfig, "\"" + path + "\"", "\"" + root + path + "\"");
  std::replace(settings.command.begin(), settings.command.end(), paths.script, root + paths.script);
  for (std::string* path :
       {&paths.configDirectory, &paths.curveCert, &paths.resources, &paths.runDirectory,
        &paths.stateDirectory, &paths.script, &settings.socket})
    if (!path->empty()) *path = root + *path;
  paths.viewFile.clear();
}

}  // namespace mc::entry
