#include "flux/services/job-ingest/job_id_generator.hpp"

#include <algorithm>

namespace mc::flux::services::ingest {

namespace {
constexpr uint32_t kSequences = 1024;  // 10 bits
constexpr uint32_t kGenerator = 0;     // ids are made on rank 0 only
}  // namespace

formats::JobId JobIdGenerator::next() {
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - epoch_);
  const uint64_t now = offset_ + static_cast<uint64_t>(elapsed.count());
  if (!any_ || now > last_) {
    last_ = now;
    sequence_ = 0;
  } else if (++sequence_ == kSequences) {
    ++last_;
    sequence_ = 0;
  }
  any_ = true;
  return formats::makeJobId(last_, kGenerator, sequence_);
}

void JobIdGenerator::startAfter(formats::JobId id) {
  offset_ = std::max(offset_, formats::jobIdMilliseconds(id) + 1);
}

}  // namespace mc::flux::services::ingest
