#include "flux/commands/top_view.hpp"

#include <unistd.h>

#include <algorithm>

#include "flux/commands/instance_uri.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/commands/job_recursion.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kBlue = "\033[34m";
constexpr const char* kYellow = "\033[33m";
constexpr const char* kRed = "\033[31m";
constexpr const char* kReverse = "\033[7m";
constexpr const char* kPlain = "\033[0m";

constexpr const char* kJobFormat =
    "{id.f58:>12} {username:<8.8} {status_abbrev:>2.2} {ntasks:>6} {nnodes:>6h} {runtime!F:>8h} "
    "{name}";

int64_t integerAttribute(Session& session, const char* name) {
  return std::strtoll(brokerAttribute(session, name).value_or("").c_str(), nullptr, 10);
}

/// The counts of one queue, or of all jobs.
const json::object& statsOf(const json::object& all, const std::string& queue) {
  if (const auto* queues = formats::findArray(all, "queues"); queues && !queue.empty())
    for (const json::value& entry : *queues)
      if (const auto* object = entry.if_object();
          object && formats::getString(*object, "name").value_or("") == queue)
        return *object;
  return all;
}

base::Result<json::array> runningJobs(Session& session, const std::string& queue) {
  JobQuery query;
  query.states = formats::kStatesRunning;
  if (!queue.empty()) query.queues = {queue};
  return listJobs(session, query);
}

std::string painted(const TopLook& look, const char* color, const std::string& text) {
  return look.color && !text.empty() ? color + text + kPlain : text;
}

/// "nodes [||||      2/4]": used from the left, down from the right.
std::string bar(const TopLook& look, const char* name, size_t used, size_t down, size_t all) {
  const std::string numbers = std::to_string(used) + "/" + std::to_string(all);
  const size_t half = look.columns / 2;
  const size_t room = half > numbers.size() + 12 ? half - numbers.size() - 12 : 8;
  const auto part = [&](size_t count) { return all == 0 ? 0 : std::min(room, room * count / all); };
  const size_t left = part(used);
  const size_t right = std::min(part(down), room - left);
  char title[16];
  std::snprintf(title, sizeof title, "%8s", name);
  return std::string(title) + " [" + painted(look, kYellow, std::string(left, '|')) +
         std::string(room - left - right, ' ') + painted(look, kRed, std::string(right, '|')) +
         numbers + "]";
}

/// "4.54h", with as many digits as `flux jobs` shows.
std::string shortDuration(double seconds) {
  const auto format = RowFormat::parse("{duration!F}");
  const RowFormat::Row row = [seconds](const std::string&) -> FieldValue { return seconds; };
  const auto lines = format ? format->lines({row}, nullptr) : std::vector<std::string>();
  return lines.empty() ? formats::formatDuration(seconds) : lines[0];
}

std::string padTo(const std::string& text, size_t width) {
  const size_t shown = displayWidth(text);
  return shown < width ? text + std::string(width - shown, ' ') : text;
}

std::string countLine(int64_t count, const char* what) {
  return "   " + std::to_string(count) + " " + what;
}

std::vector<std::string> summary(const TopState& state, const TopLook& look) {
  const bool utf8 = isUtf8Locale();
  const std::string end = state.remaining ? shortDuration(*state.remaining) : utf8 ? "∞" : "inf";
  const std::string queue = look.queue.empty() ? "" : "  queue: " + look.queue;
  const std::string inactive =
      look.details ? "   " + std::to_string(state.counts.successful) + " complete, " +
                         std::to_string(state.counts.failed) + " failed"
                   : countLine(state.counts.successful + state.counts.failed, "inactive");
  std::string foot = "size: " + std::to_string(state.size);
  if (state.depth > 0) foot += "  depth: " + std::to_string(state.depth);
  foot += "  uptime: " + shortDuration(state.uptime);
  return {
      padTo(state.path + queue, look.columns > end.size() + 4 ? look.columns - 4 - end.size() : 0) +
          end + (utf8 ? " ⌚" : ""),
      bar(look, "nodes", state.resources.allocated.nodeCount(), state.resources.down.nodeCount(),
          state.resources.all.nodeCount()) +
          countLine(state.counts.pending, "pending"),
      bar(look, "cores", state.resources.allocated.coreCount(), state.resources.down.coreCount(),
          state.resources.all.coreCount()) +
          countLine(state.counts.running, "running"),
      bar(look, "gpus", state.resources.allocated.gpuCount(), state.resources.down.gpuCount(),
          state.resources.all.gpuCount()) +
          inactive,
      padTo(foot,
            look.columns > state.version.size() + 2 ? look.columns - state.version.size() - 2 : 0) +
          (utf8 ? "♡ " : "  ") + state.version};
}

}  // namespace

base::Result<TopState> readTopState(Session& session, const std::string& path,
                                    const std::string& queue) {
  TopState state;
  state.path = path;
  MC_TRY_ASSIGN(state.resources, ResourceState::of(session));
  MC_TRY_ASSIGN(const auto stats, session->call("job-list.job-stats"));
  state.counts = JobCounts::of(statsOf(stats, queue));
  MC_TRY_ASSIGN(state.jobs, runningJobs(session, queue));
  const double now = base::SystemClock().wall();
  state.size = integerAttribute(session, "size");
  state.depth = integerAttribute(session, "instance-level");
  state.uptime =
      now - std::strtod(brokerAttribute(session, "broker.starttime").value_or("").c_str(), nullptr);
  state.version = brokerAttribute(session, "version").value_or("");
  if (state.resources.all.expiration > 0)
    state.remaining = std::max(0.0, state.resources.all.expiration - now);
  return state;
}

std::vector<std::string> drawTop(const TopState& state, const TopLook& look) {
  std::vector<std::string> lines = summary(state, look);
  const auto format = RowFormat::parse(kJobFormat);
  if (!format) return lines;
  const double now = base::SystemClock().wall();
  std::vector<JobFields> jobs;
  for (const json::value& job : state.jobs)
    if (job.is_object()) jobs.emplace_back(job.get_object(), now);
  std::vector<RowFormat::Row> rows;
  for (const JobFields& job : jobs)
    rows.emplace_back([&job](const std::string& field) { return job.value(field); });
  const RowFormat::Title title = [](const std::string& field) {
    return jobFieldTitle(field).value_or("");
  };
  const auto cut = [&](const std::string& line) {
    return padTo(std::string(firstCharacters(line, look.columns)), look.columns);
  };
  lines.push_back(look.color ? kReverse + cut(format->header(rows, title)) + kPlain
                             : format->header(rows, title));
  const auto texts = format->lines(rows, title);
  // The job under the cursor is always among those shown.
  const size_t room = look.rows > lines.size() ? look.rows - lines.size() : 0;
  const size_t first = look.selected >= room ? look.selected + 1 - room : 0;
  for (size_t i = first; i < texts.size() && i < first + room; ++i) {
    const bool instance = instanceUri(state.jobs[i].get_object(), false).has_value();
    const std::string line = cut(texts[i]);
    const char* color = i == look.selected ? kReverse : instance ? kBlue : nullptr;
    lines.push_back(color != nullptr ? painted(look, color, line) : line);
  }
  return lines;
}

}  // namespace mc::flux::commands
