#pragma once
// Job ids: FLUIDs (RFC 19) that always increase.
//
// Thread-safety: none; everything runs on the broker's loop.

#include "base/clock.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::services::ingest {

class JobIdGenerator {
 public:
  /// Milliseconds count from now on. `clock` outlives the generator.
  explicit JobIdGenerator(const base::Clock& clock) : clock_(clock), epoch_(clock.steady()) {}

  /// A new id. More than 1024 in a millisecond borrow from the next ones.
  formats::JobId next();
  /// Ids from now on are later than `id`, one of an earlier run of the instance.
  void startAfter(formats::JobId id);

 private:
  const base::Clock& clock_;
  std::chrono::steady_clock::time_point epoch_;
  uint64_t offset_ = 0;  // milliseconds
  uint64_t last_ = 0;    // milliseconds of the last id
  uint32_t sequence_ = 0;
  bool any_ = false;
};

}  // namespace mc::flux::services::ingest
