#pragma once
// How a job's tasks come to lie on its nodes: how many on each, and in which order.
//
// Thread-safety: pure functions; the scheme "hostfile" reads a file.

#include "base/status.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/shell/task_map.hpp"

namespace mc::flux::shell {

/// The numbers are as even as the cores and GPUs of the nodes allow; the shell option
/// `per-resource` sets one per node or core instead. The shell option `taskmap` ({"scheme",
/// "value"}) names the order: block (default), cyclic (value: so many ranks in a row), manual
/// (value: RFC 34) or hostfile (value: a file with one host per task). EINVAL for options that make
/// no sense.
base::Result<TaskMap> placeTasks(const formats::Jobspec& jobspec,
                                 const formats::ResourceSet& resources);

}  // namespace mc::flux::shell
