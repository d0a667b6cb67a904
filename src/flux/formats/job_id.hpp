#pragma once
// Flux job ids: 64-bit FLUIDs and their spellings (RFC 19).
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::formats {

/// 40 bits of milliseconds since the instance's start, 14 bits of generator, 10 bits of sequence.
using JobId = uint64_t;

enum class JobIdForm {
  Dec,       ///< 221929013248
  Hex,       ///< 0x33ac000000
  DotHex,    ///< 0000.0033.ac00.0000
  Kvs,       ///< job.0000.0033.ac00.0000: the job's directory in the KVS (RFC 16)
  F58,       ///< ƒ6q87CkP
  F58Plain,  ///< f6q87CkP: for places that are not UTF-8
};

std::string formatJobId(JobId id, JobIdForm form);

/// Reads any of the forms above; white space around it is ignored. EINVAL for anything else.
base::Result<JobId> parseJobId(std::string_view text);

/// The form of that name ("dec", "hex", "dothex", "kvs", "f58", "f58plain"); EINVAL for another.
base::Result<JobIdForm> jobIdFormOf(std::string_view name);

constexpr JobId makeJobId(uint64_t milliseconds, uint32_t generator, uint32_t sequence) {
  return (milliseconds << 24) | (uint64_t{generator & 0x3fff} << 10) | (sequence & 0x3ff);
}
constexpr uint64_t jobIdMilliseconds(JobId id) {
  return id >> 24;
}

/// The name of a job's own KVS namespace: "job-221929013248".
std::string jobNamespace(JobId id);

}  // namespace mc::flux::formats
