#include "flux/shell/cpu_topology.hpp"

#include <sched.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "base/fd.hpp"

namespace mc::flux::shell {

namespace {

constexpr int kMaxCpus = 1 << 14;

struct FreeSet {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};
using CpuSet = std::unique_ptr<cpu_set_t, FreeSet>;
constexpr size_t kSetSize = CPU_ALLOC_SIZE(kMaxCpus);

std::string firstLine(const std::string& path) {
  const auto text = base::readFile(path, 4096);
  return text ? text->substr(0, text->find('\n')) : "";
}

}  // namespace

formats::Idset allowedCpus() {
  const CpuSet set(CPU_ALLOC(kMaxCpus));
  formats::Idset out;
  if (!set || ::sched_getaffinity(0, kSetSize, set.get()) != 0) return out;
  int left = CPU_COUNT_S(kSetSize, set.get());  // few of the many that there might be
  for (int cpu = 0; left > 0 && cpu < kMaxCpus; ++cpu) {
    if (!CPU_ISSET_S(cpu, kSetSize, set.get())) continue;
    out.insert(static_cast<uint32_t>(cpu));
    --left;
  }
  return out;
}

std::vector<formats::Idset> readCores(const formats::Idset& allowed, const std::string& root) {
  std::map<std::pair<int, uint32_t>, formats::Idset> cores;  // by package and first CPU
  formats::Idset seen;
  for (const uint32_t cpu : allowed) {
    if (seen.contains(cpu)) continue;
    const std::string topology = root + "/cpu" + std::to_string(cpu) + "/topology/";
    auto siblings = formats::Idset::parse(firstLine(topology + "thread_siblings_list"));
    if (!siblings || !siblings->contains(cpu)) return {};
    const int package = std::atoi(firstLine(topology + "physical_package_id").c_str());
    cores[{package, siblings->first()}] = siblings->intersection(allowed);
    seen.insert(*siblings);
  }
  std::vector<formats::Idset> out;
  out.reserve(cores.size());
  for (auto& [key, cpus] : cores) out.push_back(std::move(cpus));
  return out;
}

bool runOn(const formats::Idset& cpus) {
  const CpuSet set(CPU_ALLOC(kMaxCpus));
  if (!set) return false;
  CPU_ZERO_S(kSetSize, set.get());
  for (const uint32_t cpu : cpus)
    if (cpu < kMaxCpus) CPU_SET_S(static_cast<int>(cpu), kSetSize, set.get());
  return ::sched_setaffinity(0, kSetSize, set.get()) == 0;
}

}  // namespace mc::flux::shell
