#pragma once
// A MiniCluster over time, ready to be drawn: lanes, one below the other, with spans of time.
//
// Times are seconds since the Unix epoch with fraction. Spans of a lane are in order, do not
// overlap, and lie between the timeline's begin and end.
// Thread-safety: plain values.

#include <string>
#include <vector>

namespace mc::timeline {

/// What kind of thing goes on; printers give each its colour and pattern.
enum class Tone {
  Pending,    ///< nothing of ours runs yet
  Setup,      ///< images, users, files, hooks
  Waiting,    ///< for somebody else: sidecars, other brokers, free resources
  Starting,   ///< Flux comes up
  Running,    ///< the work itself
  Finishing,  ///< Flux and its jobs end
  Failed,     ///< it runs, or has run, in vain
};
constexpr int kTones = 7;

/// For people: "set up"; and for programs: "Setup".
const char* toneText(Tone tone);
const char* toneName(Tone tone);

struct Span {
  double begin = 0;
  double end = 0;
  Tone tone = Tone::Running;
  std::string name;  ///< "hook pre"
  std::string detail;
  bool open = false;  ///< it went on when the timeline was made

  [[nodiscard]] double seconds() const { return end - begin; }
};

enum class LaneKind {
  Cluster,    ///< what the cluster as a whole was waiting for
  Pod,        ///< with its Flux container
  Container,  ///< another one of the pod above
  Pods,       ///< several: each span from one median to the next
  Job,
  Jobs,  ///< several, one after the other
  Load,  ///< how many jobs ran at a time
};
const char* kindName(LaneKind kind);

struct Lane {
  LaneKind kind = LaneKind::Pod;
  std::string name;
  std::string detail;  ///< what a tooltip says besides
  bool failed = false;
  std::vector<Span> spans;
  /// Of a Load: the most jobs that ran at a time, in equal parts of the timeline.
  std::vector<int> load;
};

/// Where the time of the cluster went.
struct Share {
  std::string name;
  Tone tone = Tone::Running;
  double seconds = 0;
};

struct Timeline {
  std::string ns;
  std::string name;
  std::string outcome;  ///< STATUS of the cluster: "Succeeded"
  double begin = 0;
  double end = 0;
  bool live = false;  ///< it goes on
  std::vector<Lane> lanes;
  std::vector<Share> shares;  ///< longest first
  std::vector<std::string> notes;

  [[nodiscard]] double seconds() const { return end - begin; }
};

}  // namespace mc::timeline
