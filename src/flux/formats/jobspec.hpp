#pragma once
// Jobspec version 1: what a job needs and what it runs (RFC 14, RFC 25).
//
// Thread-safety: values and pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

/// How many nodes, task slots, cores and GPUs a jobspec asks for.
struct JobShape {
  uint32_t nodes = 0;  ///< 0: as many as the slots need
  uint32_t slots = 1;  ///< slots per node where `nodes` is given, else in all
  uint32_t coresPerSlot = 1;
  uint32_t gpusPerSlot = 0;
  bool exclusive = false;  ///< whole nodes

  [[nodiscard]] uint64_t totalSlots() const { return nodes ? uint64_t{nodes} * slots : slots; }
  bool operator==(const JobShape&) const = default;
};

/// How many tasks: so many per slot, or in all.
struct TaskCount {
  enum class Kind { PerSlot, Total } kind = Kind::PerSlot;
  uint32_t count = 1;
  bool operator==(const TaskCount&) const = default;
};

/// A valid jobspec. `document` is the whole of it; the other members are read from it.
struct Jobspec {
  json::object document;
  JobShape shape;
  TaskCount tasks;
  std::vector<std::string> command;
  double duration = 0;  ///< seconds; 0: no limit

  /// EINVAL "Invalid jobspec: REASON" for anything that RFC 25 does not allow.
  static base::Result<Jobspec> parse(json::object document);
  static base::Result<Jobspec> parse(std::string_view text);

  /// Tasks of the job, before shell options such as per-resource change it.
  [[nodiscard]] uint64_t taskCount() const;

  /// A value in attributes.system by its dotted path ("shell.options.output"); null if absent.
  [[nodiscard]] const json::value* system(std::string_view path) const;
  [[nodiscard]] const json::object* systemObject(std::string_view path) const;
  [[nodiscard]] std::optional<std::string> systemString(std::string_view path) const;

  /// attributes.system.job.name, or the last part of the command's path.
  [[nodiscard]] std::string name() const;
};

/// Sets `path` ("a.b.c") below `root`, making the objects in between; a value that is no object is
/// replaced by one.
void setPath(json::object& root, std::string_view path, json::value value);
/// The value at `path` below `root`; null if absent.
const json::value* getPath(const json::object& root, std::string_view path);

}  // namespace mc::flux::formats
