#pragma once
// The journal of the resources: `resource.journal`, a stream of the events of resource.eventlog
// (RFC 21's form) from the first on, as flux-core's resource module sends it. `flux resource
// eventlog` and flux-core's ResourceJournalConsumer read it.
//
// An answer is {"events":[EVENT]}, with "R" beside resource-define. An empty array comes between
// what has happened before and what happens from then on.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>
#include <string_view>

#include "flux/broker/service.hpp"
#include "flux/services/resource/inventory.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services::resource {

class Journal {
 public:
  /// `inventory` outlives the journal.
  explicit Journal(Inventory& inventory);

  /// Opens a stream. EPROTO unless the request is one.
  base::Status open(const broker::Request& request);
  /// Ends the stream that the payload's "matchtag" names.
  base::Status cancel(const broker::Request& request, const boost::json::object& payload) {
    return readers_.cancel(request, payload);
  }
  void disconnect(const std::string& sender) { readers_.disconnect(sender); }

 private:
  void send(const broker::Request& reader, std::string_view event, std::string_view line) const;

  Inventory& inventory_;
  Streams<Nothing> readers_;
  base::Watch events_;
};

}  // namespace mc::flux::services::resource
