#include "local/journals.hpp"

#include "entry/journal.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/tar.hpp"
#include "local/parallel.hpp"

namespace mc::local {

namespace {

struct Source {
  std::string pod;
  std::string id;
  std::string text;
};

/// Empty if there is no such file, or one that somebody else has put there.
std::string readJournal(docker::Client& client, const std::string& id, const char* path,
                        const std::stop_token& stop) {
  const auto size = docker::statArchive(client, id, path, stop);
  if (!size || !*size || **size > static_cast<int64_t>(2 * entry::kJournalFileSize)) return {};
  const auto archive = docker::getArchive(client, id, path, stop);
  if (!archive) return {};
  const auto files = docker::readFiles(*archive);
  if (!files || files->size() != 1) return {};
  const std::string& text = files->begin()->second;
  return text.starts_with(entry::kJournalHead) ? text : std::string();
}

std::vector<Source> fluxContainers(const ClusterState& cluster) {
  std::vector<Source> sources;
  for (const PodState& pod : cluster.pods)
    for (size_t i = 0; i < pod.spec.containers.size(); ++i)
      if (pod.spec.containers[i].kind == plan::ContainerKind::Flux && pod.containers[i])
        sources.push_back({pod.name, pod.containers[i]->id, {}});
  return sources;
}

}  // namespace

base::Result<std::vector<engine::Journal>> journalsOf(docker::Client& client,
                                                      const ClusterState& cluster,
                                                      const std::stop_token& stop) {
  std::vector<Source> sources = fluxContainers(cluster);
  MC_TRY(forEachParallel(sources.size(), [&](size_t i) -> base::Status {
    for (const char* path : {entry::kJournalFile, entry::kSpareJournalFile}) {
      sources[i].text = readJournal(client, sources[i].id, path, stop);
      if (!sources[i].text.empty()) break;
    }
    return stop.stop_requested() ? base::fail(ECANCELED, "stopped") : base::Status();
  }));
  std::vector<engine::Journal> journals;
  for (Source& source : sources)
    if (!source.text.empty()) journals.push_back({std::move(source.pod), std::move(source.text)});
  return journals;
}

}  // namespace mc::local
