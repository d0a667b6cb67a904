// Writes drawings and pages of sample clusters into a directory, for browser_test.py.

#include <cstdio>

#include "base/fd.hpp"
#include "timeline/printers.hpp"
#include "unit/timeline/samples.hpp"

namespace mc::timeline {
namespace {

constexpr const char* kHostile =
    "\"><script>document.title='caught'</script><img src=x onerror=alert(1)>&'\x1b[31m\xff";

/// 100 pods of which 3 failed, and 500 jobs of very different lengths, some of which failed.
Sources large() {
  Sources sources = endedCluster();
  sources.cluster.size = 100;
  for (int i = 2; i < 100; ++i) {
    sources.pods.push_back(podView(i, 17));
    sources.pods.back().containers.push_back(
        containerView("sidecar-with-a-rather-long-name", 2, 17));
    sources.journals.push_back({sources.pods.back().name, journalHead() + "15000 end 0\n"});
  }
  for (int i = 97; i < 100; ++i)
    sources.pods[static_cast<size_t>(i)].containers[0] = containerView("flux-sample", 2, 17, 9);
  std::string& journal = sources.journals[0].text;
  for (int i = 0; i < 500; ++i) {
    const int run = 6500 + i * 37 % 7000;
    const int length = i % 7 == 0 ? 2500 : i % 3 == 0 ? 2 : 150;
    journal += "6400 job ƒ" + std::to_string(1000 + i) + " 0 " + std::to_string(run - 6400) + " " +
               std::to_string(run - 6400 + length) + " " + std::to_string(run - 6390 + length) +
               (i % 41 == 0 ? " F" : " CD") + " [0-3] 4 simulate-" + std::to_string(i) + "\n";
  }
  return sources;
}

Sources failed() {
  Sources sources = endedCluster();
  sources.cluster.status = "Failed";
  sources.cluster.exitCode = 1;
  auto& waiting = sources.pods[1].containers[0];
  waiting.state = engine::ContainerState::Waiting;
  waiting.startedAt = 0;
  waiting.reason = "ImagePullBackOff";
  waiting.message = "Back-off pulling image \"no-such-image\"";
  auto& nginx = sources.pods[0].containers[1];
  nginx.restarts = 3;
  nginx.lastFinishedAt = kStart + 8;
  nginx.startedAt = kStart + 12;
  return sources;
}

/// One pod, just made.
Sources fresh() {
  Sources sources = endedCluster();
  sources.cluster.finished = false;
  sources.cluster.status = "Pending";
  sources.pods = {podView(0)};
  sources.pods[0].containers.clear();
  sources.journals.clear();
  sources.now = kStart + 1.25;
  return sources;
}

Sources hostile() {
  Sources sources = endedCluster();
  sources.cluster.ref = {kHostile, kHostile};
  sources.cluster.status = kHostile;
  for (auto& pod : sources.pods) {
    pod.containers[0].image = pod.containers[0].reason = pod.containers[0].message = kHostile;
    for (auto& container : pod.containers) container.name = kHostile;
  }
  sources.journals[0].text += std::string("9000 job ") + "ƒ1 0 10 20 30 CD 0 1 " + kHostile +
                              "\n9000 job ƒ2 0 10 20 30 CD 0 1 " + std::string(300, 'W') +
                              "\n5500 phase " + std::string(100, 'M') + "\n";
  return sources;
}

bool write(const std::string& path, const Sources& sources) {
  const Timeline timeline = build(sources, {});
  return base::writeFileAtomic(path + ".html", htmlOf(timeline), 0644) &&
         base::writeFileAtomic(path + ".svg", svgOf(timeline), 0644);
}

}  // namespace
}  // namespace mc::timeline

int main(int argc, char** argv) {
  using namespace mc::timeline;
  if (argc != 2) return std::fputs("Usage: timeline_samples DIRECTORY\n", stderr), 2;
  const std::string directory = std::string(argv[1]) + "/";
  const bool written =
      write(directory + "ended", endedCluster()) && write(directory + "large", large()) &&
      write(directory + "failed", failed()) && write(directory + "fresh", fresh()) &&
      write(directory + "hostile", hostile());
  return written ? 0 : 1;
}
