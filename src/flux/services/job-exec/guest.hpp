#pragma once
// The KVS namespace of a running job, which its shells write to, and the exec eventlog in it (RFC
// 16).
//
// While the job runs, `guest` in the job's directory is a link to the namespace "job-<id>"; then
// the namespace's content takes the link's place.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <string_view>

#include "base/clock.hpp"
#include "flux/formats/job_id.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::exec {

class Guest {
 public:
  /// `store` and `clock` outlive the guest.
  Guest(kvs::Store& store, const base::Clock& clock, formats::JobId id, uint32_t userid);
  /// Closes the namespace, if that was not done.
  ~Guest() { close(); }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  /// Appends to guest.exec.eventlog.
  void log(std::string_view event, const boost::json::object& context = {});
  /// Moves the content to the job's directory.
  void close();

 private:
  kvs::Store& store_;
  const base::Clock& clock_;
  formats::JobId id_;
  std::string namespace_;
  bool open_ = true;
};

}  // namespace mc::flux::services::exec
