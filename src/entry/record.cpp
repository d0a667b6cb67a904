#include "entry/record.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/rfc3339.hpp"
#include "entry/foreground.hpp"
#include "entry/journal.hpp"
#include "entry/settings.hpp"

namespace mc::entry {
namespace {

/// An instance that does not answer must not keep the container from ending.
constexpr std::chrono::seconds kPatience{10};
constexpr const char* kMostJobs = "1000";

/// Left free in a journal for what entry writes after the jobs.
constexpr size_t kReserve = 700;
constexpr size_t kMoreLine = 64;
constexpr size_t kNameSize = 64;

/// Columns of jobsCommand().
enum Column {
  Id,
  Submit,
  Depend,
  Run,
  Cleanup,
  Inactive,
  StatusWord,
  Ranks,
  Tasks,
  Name,
  kColumns
};

std::string_view nextLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Unix time in milliseconds; 0: not yet. flux-core prints "", "0.0" or "-" for that.
int64_t timeOf(std::string_view text) {
  double seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return parsed.ec == std::errc() && seconds > 0 && seconds < 1e11 ? std::llround(seconds * 1000)
                                                                   : 0;
}

struct JobLine {
  int64_t submit = 0;
  int64_t last = 0;
  std::string text;
};

/// A job's columns; the last one, the name, may hold spaces.
std::optional<std::vector<std::string_view>> columnsOf(std::string_view line) {
  std::vector<std::string_view> columns;
  while (columns.size() + 1 < kColumns) {
    const size_t end = line.find(' ');
    if (end == std::string_view::npos) return std::nullopt;
    columns.push_back(line.substr(0, end));
    line.remove_prefix(end + 1);
  }
  columns.push_back(line);
  return columns;
}

std::string orDash(std::string_view word) {
  return word.empty() ? "-" : std::string(word);
}

std::optional<JobLine> jobLine(std::string_view line, int64_t base) {
  const auto columns = columnsOf(line);
  if (!columns) return std::nullopt;
  JobLine job;
  job.submit = job.last = timeOf((*columns)[Submit]);
  if (job.submit == 0) return std::nullopt;
  job.text = std::to_string(job.submit - base) + " job " + orDash((*columns)[Id]);
  for (const Column column : {Depend, Run, Cleanup, Inactive}) {
    const int64_t time = timeOf((*columns)[column]);
    job.text += time == 0 ? " -" : " " + std::to_string(time - job.submit);
    job.last = std::max(job.last, time);
  }
  for (const Column column : {StatusWord, Ranks, Tasks})
    job.text += " " + orDash((*columns)[column]);
  job.text += " " + journalText((*columns)[Name], kNameSize) + "\n";
  return job;
}

/// What the instance that FLUX_URI names knows.
std::string askInstance(const std::string& flux, int64_t base, size_t room) {
  std::string lines;
  if (const auto log = outputOf({flux, "dmesg"}, kPatience))
    lines = statesForJournal(*log, base).substr(0, room);
  if (const auto jobs = outputOf(jobsCommand(flux), kPatience))
    lines += jobsForJournal(*jobs, base, room - lines.size());
  return lines;
}

size_t roomIn(const std::string& path, size_t used) {
  const size_t taken = used + kReserve;
  return journalSize(path) > taken ? journalSize(path) - taken : 0;
}

}  // namespace

std::string statesForJournal(std::string_view dmesg, int64_t base) {
  constexpr std::string_view kFrom = " broker.info[0]: ";
  std::string lines;
  while (!dmesg.empty()) {
    const std::string_view line = nextLine(dmesg);
    const size_t from = line.find(kFrom);
    const size_t arrow = line.find("->", from);
    if (from == std::string_view::npos || arrow == std::string_view::npos) continue;
    const double time = base::parseTime(line.substr(0, from));
    const std::string_view state = line.substr(arrow + 2, line.find(' ', arrow) - arrow - 2);
    if (time <= 0 || state.empty() || state.size() > 16) continue;
    lines += std::to_string(std::llround(time * 1000) - base) + " state " +
             journalText(state, state.size()) + "\n";
  }
  return lines;
}

std::vector<std::string> jobsCommand(const std::string& flux) {
  return {flux,
          "jobs",
          "-a",
          "-n",
          "-c",
          kMostJobs,
          "-o",
          "{id.f58} {t_submit} {t_depend} {t_run} {t_cleanup} {t_inactive} {status_abbrev} {ranks} "
          "{ntasks} {name}"};
}

std::string jobsForJournal(std::string_view listing, int64_t base, size_t room) {
  std::vector<JobLine> jobs;
  while (!listing.empty())
    if (auto job = jobLine(nextLine(listing), base)) jobs.push_back(std::move(*job));
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const auto& a, const auto& b) { return a.submit < b.submit; });
  std::string lines;
  int64_t count = 0, first = 0, last = 0;
  for (const auto& job : jobs) {
    if (count == 0 && lines.size() + job.text.size() + kMoreLine <= room) {
      lines += job.text;
      continue;
    }
    if (count++ == 0) first = job.submit;
    last = std::max(last, job.last);
  }
  if (count > 0 && lines.size() + kMoreLine <= room)
    lines += std::to_string(first - base) + " more " + std::to_string(count) + " " +
             std::to_string(last - base) + "\n";
  return lines;
}

int runRecorded(const std::string& journal, const std::string& flux,
                const std::vector<std::string>& command) {
  const base::SystemClock clock;
  const std::string before = base::readFile(journal).value_or("");
  const int64_t base = journalBase(before);
  const auto mark = [&](const char* name) {
    const auto now = std::llround(clock.wall() * 1000) - base;
    (void)appendToJournal(journal, std::to_string(now) + " phase " + name + "\n").has_value();
  };
  mark(phase::kRun);
  const auto status = runForeground(command);
  mark(phase::kFinish);
  const std::string known = askInstance(flux, base, roomIn(journal, before.size()));
  (void)appendToJournal(journal, known).has_value();
  return status ? *status : cantRun(status.error());
}

int printRecord() {
  const std::string text =
      std::string(kJournalHead) + "0\n" + askInstance("flux", 0, kJournalFileSize);
  return base::writeAll(1, text) ? 0 : 1;
}

int printJournal() {
  const auto text = ownJournal();
  return text && base::writeAll(1, *text) ? 0 : 1;
}

}  // namespace mc::entry
