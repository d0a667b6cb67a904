#include "timeline/journal_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "entry/journal.hpp"

namespace mc::timeline {
namespace {

/// Milliseconds of a hundred years: enough for any run, and far from what overflows.
constexpr int64_t kFarthest = 100LL * 366 * 86400 * 1000;

std::string_view cut(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::optional<int64_t> numberIn(std::string_view text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (number > kFarthest || number < -kFarthest) return std::nullopt;
  return number;
}

double after(double base, int64_t milliseconds) {
  return base + static_cast<double>(milliseconds) / 1000;
}

std::optional<JobTimes> readJob(double submit, std::string_view rest) {
  JobTimes job;
  job.submit = submit;
  job.id = cut(rest, ' ');
  for (double* time : {&job.depend, &job.run, &job.cleanup, &job.inactive}) {
    const std::string_view word = cut(rest, ' ');
    if (word == "-") continue;
    const auto number = numberIn(word);
    if (!number) return std::nullopt;
    *time = after(submit, std::max<int64_t>(*number, 0));
  }
  job.status = cut(rest, ' ');
  job.ranks = cut(rest, ' ');
  job.tasks =
      static_cast<int>(std::clamp<int64_t>(numberIn(cut(rest, ' ')).value_or(0), 0, 1'000'000'000));
  job.name = rest;
  return job;
}

void readMore(JournalRun& run, double time, std::string_view rest) {
  const auto count = numberIn(cut(rest, ' '));
  const auto last = numberIn(rest);
  if (!count || !last || *count <= 0 || *count > 1'000'000'000) return;
  run.more.push_back({static_cast<int>(*count), time, after(run.begin, *last)});
}

void readLine(JournalRun& run, std::string_view line) {
  const auto milliseconds = numberIn(cut(line, ' '));
  if (!milliseconds) return;
  const double time = after(run.begin, *milliseconds);
  const std::string_view word = cut(line, ' ');
  if (word == "phase" || word == "state") {
    auto& moments = word == "phase" ? run.phases : run.states;
    const std::string_view name = cut(line, ' ');
    moments.push_back({time, std::string(name), std::string(line)});
  } else if (word == "job") {
    if (auto job = readJob(time, line)) run.jobs.push_back(std::move(*job));
  } else if (word == "more") {
    readMore(run, time, line);
  } else if (word == "error") {
    run.error = line;
  } else if (word == "end") {
    run.end = time;
    run.status = static_cast<int>(numberIn(line).value_or(0) & 0xff);
  }
}

void sortByTime(std::vector<Moment>& moments) {
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.time < b.time; });
}

}  // namespace

std::vector<JournalRun> readJournal(std::string_view text) {
  std::vector<JournalRun> runs;
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    if (line.substr(0, entry::kJournalHead.size()) == entry::kJournalHead) {
      const auto base = numberIn(line.substr(entry::kJournalHead.size()));
      if (!base || *base < 0) continue;
      runs.emplace_back();
      runs.back().begin = after(0, *base);
    } else if (!runs.empty()) {
      readLine(runs.back(), line);
    }
  }
  for (auto& run : runs) {
    sortByTime(run.phases);
    sortByTime(run.states);
    std::stable_sort(run.jobs.begin(), run.jobs.end(),
                     [](const auto& a, const auto& b) { return a.submit < b.submit; });
  }
  return runs;
}

}  // namespace mc::timeline
