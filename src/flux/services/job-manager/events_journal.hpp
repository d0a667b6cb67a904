#pragma once
// The journal of all jobs: `job-manager.events-journal`, a stream of the events of every job's
// eventlog (RFC 21), as flux-core's job manager sends it. flux-core's JournalConsumer reads it.
//
// An answer is {"id":ID,"events":[EVENT...]}, with "jobspec" where a submit event and "R" where an
// alloc event is among them or (of jobs that were there before) may be. The jobspec comes without
// its environment, R without the scheduler's own data. The answer with id -1 and no events comes
// between what has happened before and what happens from then on, an event at a time.
//
// The request is {"full"?b,"allow"?o,"deny"?o}: full begins with inactive jobs as well; the keys of
// allow and deny are the names of the events that are wanted or not.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <optional>
#include <string>
#include <string_view>

#include "flux/broker/service.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services::manager {

class EventsJournal {
 public:
  /// `manager` outlives the journal.
  explicit EventsJournal(Manager& manager);

  /// Opens a stream. EPROTO unless the request is one, or its filters are no objects.
  base::Status open(const broker::Request& request, const boost::json::object& payload);
  /// Ends the stream that the payload's "matchtag" names.
  base::Status cancel(const broker::Request& request, const boost::json::object& payload) {
    return readers_.cancel(request, payload);
  }
  void disconnect(const std::string& sender) { readers_.disconnect(sender); }

  /// How many read it.
  [[nodiscard]] size_t readers() { return readers_.all().size(); }

 private:
  /// The events that a reader wants.
  struct Filter {
    std::optional<boost::json::object> allow;
    std::optional<boost::json::object> deny;

    [[nodiscard]] bool passes(std::string_view event) const;
  };
  using Reader = Streams<Filter>::Stream;

  void sendBacklog(const Reader& reader, bool full);
  void sendHistory(const Reader& reader, const Job& job);
  void onEvent(const Job& job, std::string_view name);
  [[nodiscard]] std::string document(const Job& job, std::string_view key) const;

  Manager& manager_;
  Streams<Filter> readers_;
  base::Watch events_;
};

}  // namespace mc::flux::services::manager
