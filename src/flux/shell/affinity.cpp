#include "flux/shell/affinity.hpp"

#include "flux/shell/cpu_topology.hpp"

namespace mc::flux::shell {

namespace {

base::Result<Binding> bindingOf(const Job& job, const char* option) {
  const auto* value = job.option(option);
  if (value == nullptr) return Binding();
  const std::string text =
      value->is_string() ? value->get_string().c_str() : formats::toJson(*value);
  return Binding::parse(text).prefixed(option);
}

}  // namespace

base::Result<CpuAffinity> CpuAffinity::of(const Job& job) {
  CpuAffinity out;
  MC_TRY_ASSIGN(out.binding_, bindingOf(job, "cpu-affinity"));
  out.tasks_ = job.localTasks();
  out.cores_ = job.resources.nodes.at(job.brokerRank).cores;
  if (out.binding_.mode == Binding::Mode::Off || out.binding_.mode == Binding::Mode::Map)
    return out;
  const formats::Idset allowed = allowedCpus();
  // With as many cores as there are CPUs there is nothing to choose.
  if (out.binding_.mode == Binding::Mode::All && !out.binding_.verbose &&
      out.cores_.size() >= allowed.size())
    return out;
  out.cpus_ = readCores(allowed, "/sys/devices/system/cpu");
  if (out.cores_.empty() || out.cores_.last() >= out.cpus_.size()) out.cpus_.clear();
  return out;
}

formats::Idset CpuAffinity::cpusOf(uint32_t localId) const {
  const formats::Idset share = binding_.shareOf(cores_, tasks_, localId);
  if (binding_.mode == Binding::Mode::Map) return share;
  formats::Idset cpus;
  for (const uint32_t core : share) cpus.insert(cpus_[core]);
  return cpus;
}

void CpuAffinity::bind(uint32_t localId,
                       const std::function<void(const std::string&)>& note) const {
  if (binding_.mode == Binding::Mode::Off) return;
  if (binding_.mode != Binding::Mode::Map && cpus_.empty()) return;
  // All tasks share one set, which this process has since the first one.
  if (binding_.mode == Binding::Mode::All && localId > 0) return;
  const formats::Idset cpus = cpusOf(localId);
  const std::string who =
      binding_.mode == Binding::Mode::All ? "shell" : "task " + std::to_string(localId);
  if (binding_.verbose) note("affinity: " + who + ": cpuset " + cpus.str());
  if (!binding_.dryRun && !runOn(cpus))
    note("affinity: binding " + who + " to cpuset " + cpus.str() + " failed");
}

base::Status setGpuEnvironment(Environment& environment, const Job& job, uint32_t localId) {
  MC_TRY_ASSIGN(const Binding binding, bindingOf(job, "gpu-affinity"));
  if (binding.mode == Binding::Mode::Off) return {};
  const formats::Idset& gpus = job.resources.nodes.at(job.brokerRank).gpus;
  std::string list;
  for (const uint32_t gpu : binding.shareOf(gpus, job.localTasks(), localId))
    list += (list.empty() ? "" : ",") + std::to_string(gpu);
  environment["CUDA_VISIBLE_DEVICES"] = list.empty() ? "-1" : list;
  environment.emplace("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
  return {};
}

}  // namespace mc::flux::shell
