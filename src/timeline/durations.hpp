#pragma once
// Lengths of time and the marks of an axis, as timelines show them.
//
// Thread-safety: pure functions.

#include <string>
#include <vector>

namespace mc::timeline {

/// "850 ms", "3.2 s", "75 s", "12 min 5 s", "3 h 7 min", "2 d 4 h".
std::string durationText(double seconds);

/// Where marks are put on an axis of `seconds`: round distances, at most `count` of them besides
/// the one at 0.
std::vector<double> axisMarks(double seconds, int count);

/// "0", "250ms", "2s", "1m30s": short, for an axis.
std::string axisText(double seconds);

}  // namespace mc::timeline
