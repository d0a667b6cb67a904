// Any text at all as a manifest: read() must come back, with a MiniCluster that holds what its
// rules promise, or with problems that have a text.

#include <cstdlib>

#include "api/notes.hpp"
#include "api/read.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void checkCluster(const mc::api::MiniCluster& cluster) {
  require(!cluster.metadata.name.empty() && !cluster.metadata.ns.empty());
  require(cluster.size >= 1 && cluster.maxSize >= cluster.size && cluster.minSize <= cluster.size);
  require(cluster.fluxContainer().name == cluster.metadata.name);
  require(!cluster.headlessName.empty() && !cluster.flux.socket.empty());
  for (const auto& container : cluster.containers) {
    require(!container.name.empty() && !container.image.empty());
    for (const auto& volume : container.volumes) require(volume.mountPath.starts_with('/'));
  }
  (void)mc::api::notesForOneMachine(cluster);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = mc::api::read(text, "default");
  for (const auto& problem : result.problems) {
    require(!problem.message.empty() && !problem.text("f").empty());
    require(problem.line >= 0 && problem.column >= 0);
  }
  if (result.problems.empty()) {
    for (const auto& document : result.documents) checkCluster(document.cluster);
  }
  return 0;
}
