#include "cli/full_disks.hpp"

namespace mc::cli {

namespace {

/// Each costs a question to the engine.
constexpr size_t kMostContainers = 16;
/// What is further back may have been cured.
constexpr int64_t kLines = 20;
/// Of the line, before the sign: what could not be written.
constexpr size_t kMostBefore = 160;

/// strerror(3) of ENOSPC and EDQUOT.
constexpr std::string_view kSigns[] = {"no space left on device", "disk quota exceeded"};

struct Looked {
  const engine::PodView* pod;
  const engine::ContainerView* container;
};

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// The part of a line that ends with a sign, without what is far before it; empty: it has none.
std::string signIn(std::string_view line) {
  const std::string lower = lowerCase(line);
  for (const std::string_view sign : kSigns) {
    const size_t at = lower.find(sign);
    if (at == std::string::npos) continue;
    const size_t from = at > kMostBefore ? at - kMostBefore : 0;
    return (from > 0 ? "..." : "") + std::string(line.substr(from, at + sign.size() - from));
  }
  return {};
}

std::vector<Looked> candidates(const std::vector<engine::PodView>& pods) {
  std::vector<Looked> all;
  for (const bool services : {true, false})
    for (const auto& pod : pods)
      for (const auto& container : pod.containers)
        if ((container.kind == plan::ContainerKind::Service) == services &&
            container.kind != plan::ContainerKind::Flux &&
            container.state == engine::ContainerState::Running)
          all.push_back({&pod, &container});
  if (all.size() > kMostContainers) all.resize(kMostContainers);
  return all;
}

/// Empty if the log can't be had: then there is nothing to say.
std::string endOfLog(Context& context, engine::Engine& engine, const Looked& looked) {
  engine::LogOptions options;
  options.tail = kLines;
  std::string text;
  const auto sink = [&text](engine::Stream, std::string_view piece) -> base::Status {
    text += piece;
    return {};
  };
  const auto read = engine.logs(looked.pod->ns, looked.pod->name, looked.container->name, options,
                                sink, context.stopToken());
  return read ? text : "";
}

}  // namespace

std::string fullDiskLine(std::string_view log) {
  while (!log.empty()) {
    const size_t start = log.rfind('\n');
    const std::string_view line = start == log.npos ? log : log.substr(start + 1);
    if (auto sign = signIn(line); !sign.empty()) return sign;
    log = start == log.npos ? std::string_view() : log.substr(0, start);
  }
  return {};
}

std::string fullDisks(Context& context, const std::vector<engine::PodView>& pods) {
  const auto engine = context.engine();
  if (!engine) return {};
  std::string text;
  for (const auto& looked : candidates(pods)) {
    const std::string line = fullDiskLine(endOfLog(context, **engine, looked));
    if (!line.empty())
      text += "pod " + looked.pod->name + ": container " + looked.container->name +
              ": its disk is full: " + line + "\n";
  }
  return text;
}

}  // namespace mc::cli
