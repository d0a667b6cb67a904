#pragma once
// The journal of a Flux container: what happened in it and when, written down as it happens, so
// that it can be read after the container's end too, by whoever draws a timeline.
//
// It is where an engine still finds it then: in the container's termination message (Kubernetes:
// core/v1 Container.terminationMessagePath, of which the kubelet keeps 4096 bytes), else in a file
// of the container. Lines of text, appended, each by one write(2); MS are milliseconds:
//
//   minicluster journal 1 BASE           a run of the container began, BASE is Unix time in MS
//   MS phase NAME [DETAIL]               since BASE; what goes on from then on, see phase:: below
//   MS error TEXT                        why it is going to end
//   MS end STATUS                        entry ended with this exit status
//   MS state NAME                        a state of the lead's broker: quorum, run, cleanup ...
//   MS job ID DEPEND RUN CLEANUP INACTIVE STATUS RANKS TASKS NAME
//                                        submitted at MS; the times when these states were over or
//                                        begun as MS since then, "-": not yet
//   MS more COUNT LAST                   COUNT jobs for which there was no room, from MS to LAST
//
// Thread-safety: none.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "entry/files.hpp"

namespace mc::entry {

constexpr std::string_view kJournalHead = "minicluster journal 1 ";

/// Where it is, the first that can be written. The termination log is only taken where it is there.
constexpr const char* kTerminationLog = "/dev/termination-log";
constexpr const char* kJournalFile = "/var/lib/minicluster/journal";
constexpr const char* kSpareJournalFile = "/tmp/minicluster-journal";  ///< or below TMPDIR

/// Bytes that are kept of it.
constexpr size_t kTerminationLogSize = 4096;
constexpr size_t kJournalFileSize = 256 << 10;

/// What goes on in a Flux container, in this order; hooks have their own names, "init" ... "post".
namespace phase {
constexpr const char* kUsers = "users";
constexpr const char* kServers = "servers";  ///< DETAIL: whose, separated by commas
constexpr const char* kFiles = "files";
constexpr const char* kFlux = "flux";      ///< the broker runs
constexpr const char* kRun = "run";        ///< the lead's initial program runs
constexpr const char* kFinish = "finish";  ///< it has ended
}  // namespace phase

class Journal {
 public:
  virtual ~Journal() = default;
  /// Failures are passed over: a journal is no reason to fail.
  virtual void phase(std::string_view name, std::string_view detail = {}) = 0;
  virtual void error(std::string_view text) = 0;
  virtual void end(int status) = 0;
  /// Lets the Flux user write to it.
  virtual void giveTo(Owner owner) = 0;
  /// The file; empty: nothing is written down.
  [[nodiscard]] virtual const std::string& path() const = 0;
};

/// Begins a run in the first of `paths` that can be written, or in none.
std::unique_ptr<Journal> openJournal(const base::Clock& clock,
                                     const std::vector<std::string>& paths);

/// The places above, in this order; one beside the programs where these are not at kMountPath.
std::vector<std::string> journalPaths(const std::string& mount);

/// The journal of this container. ENOENT: there is none.
base::Result<std::string> ownJournal();

/// How many bytes the file at `path` may have.
size_t journalSize(const std::string& path);

/// Appends lines to a journal that is there already.
base::Status appendToJournal(const std::string& path, std::string_view lines);

/// BASE of the last run in a journal's text; 0: there is none.
int64_t journalBase(std::string_view text);

/// `text` as the rest of a line: without line ends and control characters, at most `limit` bytes.
std::string journalText(std::string_view text, size_t limit);

}  // namespace mc::entry
