#include "entry/flux_program.hpp"

namespace mc::entry {
namespace {

constexpr const char* kLink = "/usr/local/bin/flux";

std::string directoryOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

base::Result<FluxProgram> findFlux(const Settings& settings, const std::string& mount,
                                   const Environment& environment, const Files& files) {
  const std::string embedded = mount + "/" + kFluxFile;
  const std::string path = withDirectories(environment.get("PATH"), settings.searchPath);
  const auto found = files.findProgram("flux", path);
  // An earlier start of this container may have linked the embedded one.
  if (found && files.realPath(*found) != files.realPath(embedded))
    return FluxProgram{*found, false};
  if (files.exists(embedded)) return FluxProgram{embedded, true};
  return base::fail(ENOENT, "there is no flux on PATH (" + path + ") and none at " + embedded);
}

void publishFlux(const FluxProgram& flux, Environment& environment, Files& files) {
  std::string& path = environment.variables["PATH"];
  const bool linked = flux.embedded && (files.realPath(kLink) == files.realPath(flux.path) ||
                                        files.link(flux.path, kLink));
  path = withDirectories(path, {directoryOf(linked ? kLink : flux.path)});
}

}  // namespace mc::entry
