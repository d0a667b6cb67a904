#pragma once
// The lanes of jobs.
//
// Thread-safety: pure functions.

#include <cstddef>
#include <vector>

#include "timeline/journal_reader.hpp"
#include "timeline/timeline.hpp"

namespace mc::timeline {

/// What is drawn of `jobs`: each by itself, or where there are more than `limit`, how many ran at a
/// time and as many of them as fit into `limit` lanes one after the other. `begin` and `end` are
/// the timeline's.
std::vector<Lane> jobLanes(const std::vector<JobTimes>& jobs, const std::vector<MoreJobs>& more,
                           size_t limit, double begin, double end);

/// The time that jobs ran, joined where they overlap.
std::vector<Span> busyTimes(const std::vector<JobTimes>& jobs, double end);

}  // namespace mc::timeline
