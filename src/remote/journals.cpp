#include "remote/journals.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "entry/journal.hpp"
#include "entry/settings.hpp"
#include "remote/json.hpp"
#include "remote/views.hpp"

namespace mc::remote {

namespace {

/// Containers that are asked at a time.
constexpr size_t kAtOnce = 8;

/// A journal, or nothing.
std::string journalIn(std::string_view text) {
  return text.starts_with(entry::kJournalHead) ? std::string(text) : std::string();
}

struct Source {
  std::string pod;
  std::string text;
  Place place;
  bool runs = false;
};

/// The message of a container's run before this one, and of this one if it has ended.
Source sourceOf(const kube::Object& pod, const engine::PodView& view) {
  const std::string& container = view.containers.front().name;
  Source source{view.name, {}, {{view.ns, view.name}, container}, false};
  const auto* status = named(arrayAt(pod, {"status", "containerStatuses"}), container);
  if (status == nullptr) return source;
  for (const char* state : {"lastState", "state"}) {
    std::string text = journalIn(kube::findText(*status, {state, "terminated", "message"}));
    if (!text.empty() && text.back() != '\n') text += '\n';
    source.text += text;
  }
  source.runs = kube::findObject(*status, {"state", "running"}) != nullptr;
  return source;
}

/// What a container that runs prints of its journal; nothing where it can't be asked.
std::string ask(Streams& streams, const Place& place, const std::stop_token& stop) {
  engine::ExecRequest request;
  request.argv = {std::string(entry::kMountPath) + "/" + entry::kEntryFile, "journal"};
  const auto session = streams.exec(place, request, stop);
  if (!session) return {};
  std::string out;
  const auto sink = [&](engine::Stream stream, std::string_view piece) -> base::Status {
    if (stream == engine::Stream::Out) out += piece;
    if (out.size() > entry::kJournalFileSize) return base::fail(EFBIG, "no journal");
    return {};
  };
  const auto status = (*session)->run(sink, stop);
  return status && *status == 0 ? journalIn(out) : std::string();
}

void askAll(Streams& streams, std::vector<Source>& sources, const std::stop_token& stop) {
  std::vector<Source*> running;
  for (auto& source : sources)
    if (source.runs) running.push_back(&source);
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < running.size() && !stop.stop_requested(); i = next++)
      running[i]->text += ask(streams, running[i]->place, stop);
  };
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < std::min(running.size(), kAtOnce); ++i) threads.emplace_back(work);
  work();
}

}  // namespace

base::Result<std::vector<engine::Journal>> journalsOf(const std::vector<kube::Object>& pods,
                                                      Streams& streams,
                                                      const std::stop_token& stop) {
  std::vector<Source> sources;
  for (const auto& pod : pods) {
    const engine::PodView view = podView(pod);
    if (view.role == plan::Role::Services || view.containers.empty()) continue;
    sources.push_back(sourceOf(pod, view));
  }
  askAll(streams, sources, stop);
  if (stop.stop_requested()) return base::fail(ECANCELED, "stopped");
  std::vector<engine::Journal> journals;
  for (auto& source : sources)
    if (!source.text.empty()) journals.push_back({std::move(source.pod), std::move(source.text)});
  return journals;
}

}  // namespace mc::remote
