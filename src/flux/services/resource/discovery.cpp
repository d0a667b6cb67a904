#include "flux/services/resource/discovery.hpp"

#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/fd.hpp"

namespace mc::flux::services::resource {

namespace {

constexpr size_t kMaxFile = 1u << 20;

std::string readOr(const std::string& path, std::string otherwise = {}) {
  auto text = base::readFile(path, kMaxFile);
  return text ? std::move(*text) : std::move(otherwise);
}

std::vector<std::string_view> splitWords(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t start = text.find_first_not_of(separators);
    if (start == std::string_view::npos) return out;
    text.remove_prefix(start);
    const size_t end = std::min(text.find_first_of(separators), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

double toNumber(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A mounted cgroup hierarchy: what of it is mounted, and where.
struct CgroupMount {
  std::string root;
  std::string point;
  bool unified = false;
};

// The mount of the unified hierarchy or of the "cpu" controller (see proc(5), mountinfo).
bool findMount(const System& system, bool unified, CgroupMount& out) {
  const std::string text = readOr(system.root + "/proc/self/mountinfo");
  for (const std::string_view line : splitWords(text, "\n")) {
    const auto words = splitWords(line, " ");
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 4) continue;
    const std::string_view type = *(dash + 1);
    const auto options = splitWords(*(dash + 3), ",");
    const bool cpu = std::find(options.begin(), options.end(), "cpu") != options.end();
    if (unified ? type != "cgroup2" : (type != "cgroup" || !cpu)) continue;
    out = {std::string(words[3]), std::string(words[4]), unified};
    return true;
  }
  return false;
}

// The process's path in that hierarchy (see cgroups(7), /proc/[pid]/cgroup).
std::string processPath(const System& system, bool unified) {
  const std::string text = readOr(system.root + "/proc/self/cgroup");
  for (const std::string_view line : splitWords(text, "\n")) {
    const size_t first = line.find(':');
    const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = splitWords(line.substr(first + 1, second - first - 1), ",");
    const bool cpu = std::find(controllers.begin(), controllers.end(), "cpu") != controllers.end();
    if (unified ? controllers.empty() : cpu) return std::string(line.substr(second + 1));
  }
  return "/";
}

// The quota that one cgroup sets by itself, in CPUs; 0: none.
double ownQuota(const std::string& directory, bool unified) {
  if (unified) {
    const std::string text = readOr(directory + "/cpu.max");
    const auto words = splitWords(text, " \n");
    if (words.size() < 2 || words[0] == "max") return 0;
    return toNumber(words[0]) / std::max(toNumber(words[1]), 1.0);
  }
  const double quota = toNumber(readOr(directory + "/cpu.cfs_quota_us", "-1"));
  const double period = toNumber(readOr(directory + "/cpu.cfs_period_us", "100000"));
  return quota > 0 && period > 0 ? quota / period : 0;
}

double hierarchyQuota(const System& system, bool unified) {
  CgroupMount mount;
  if (!findMount(system, unified, mount)) return 0;
  std::string path = processPath(system, unified);
  // A container without a cgroup namespace sees its path from the host's root, but its own cgroup
  // at the mount point.
  if (mount.root != "/" && path.starts_with(mount.root)) path.erase(0, mount.root.size());
  double least = 0;
  while (true) {
    const double quota = ownQuota(system.root + mount.point + path, unified);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
    if (path.empty() || path == "/") return least;
    path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

uint32_t countEntries(const std::string& directory, std::string_view prefix) {
  uint32_t count = 0;
  DIR* stream = opendir(directory.c_str());
  if (stream == nullptr) return 0;
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    count += !rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos;
  }
  closedir(stream);
  return count;
}

/// How many devices NVIDIA_VISIBLE_DEVICES lets a container use, of `count` that are there.
uint32_t visibleOf(uint32_t count, const std::optional<std::string>& visible) {
  if (!visible || *visible == "all") return count;
  if (*visible == "none" || *visible == "void") return 0;
  const auto names = splitWords(*visible, ",");
  return names.empty() ? count : std::min(count, static_cast<uint32_t>(names.size()));
}

}  // namespace

System thisSystem() {
  System out;
  if (const char* visible = std::getenv("NVIDIA_VISIBLE_DEVICES")) out.visibleGpus = visible;
  cpu_set_t* set = nullptr;
  for (int limit = 1024; limit <= (1 << 20) && out.cpus.empty(); limit *= 4) {
    set = CPU_ALLOC(limit);
    const size_t size = CPU_ALLOC_SIZE(limit);
    if (sched_getaffinity(0, size, set) == 0)
      for (int cpu = 0; cpu < limit; ++cpu)
        if (CPU_ISSET_S(cpu, size, set)) out.cpus.push_back(cpu);
    CPU_FREE(set);
  }
  return out;
}

uint32_t physicalCores(const System& system) {
  std::set<std::string> cores;
  for (const int cpu : system.cpus) {
    const std::string topology =
        system.root + "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    std::string siblings = readOr(topology + "core_cpus_list");
    if (siblings.empty()) siblings = readOr(topology + "thread_siblings_list");
    cores.insert(siblings.empty() ? std::to_string(cpu) : siblings);
  }
  return static_cast<uint32_t>(std::max<size_t>(cores.size(), 1));
}

double cpuQuota(const System& system) {
  const double v1 = hierarchyQuota(system, false);
  const double v2 = hierarchyQuota(system, true);
  return v1 == 0 ? v2 : (v2 == 0 ? v1 : std::min(v1, v2));
}

uint32_t gpuCount(const System& system) {
  if (const uint32_t nvidia = countEntries(system.root + "/dev", "nvidia"))
    return visibleOf(nvidia, system.visibleGpus);
  if (access((system.root + "/dev/kfd").c_str(), F_OK) != 0) return 0;
  return countEntries(system.root + "/dev/dri", "renderD");
}

formats::NodeResources discover(const System& system) {
  uint32_t cores = physicalCores(system);
  if (const double quota = cpuQuota(system); quota > 0)
    cores = std::min(cores, static_cast<uint32_t>(std::ceil(quota)));
  formats::NodeResources out;
  out.cores = formats::Idset::range(0, std::max(cores, 1u) - 1);
  if (const uint32_t gpus = gpuCount(system)) out.gpus = formats::Idset::range(0, gpus - 1);
  return out;
}

}  // namespace mc::flux::services::resource
