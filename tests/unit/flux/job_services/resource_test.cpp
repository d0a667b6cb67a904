// Resources: where they come from, who is there, who may be used.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "flux/services/resource/config.hpp"
#include "flux/services/resource/discovery.hpp"
#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

std::string drain(JobSystem& system, const std::string& payload) {
  return system.ask("resource.drain", payload).last().text;
}
std::string undrain(JobSystem& system, const std::string& targets) {
  return system.ask("resource.undrain", R"({"targets":")" + targets + R"("})").last().text;
}
std::string kvsText(JobSystem& system, const std::string& key) {
  const auto asked = system.ask("kvs.lookup", R"({"key":")" + key + R"(","flags":0})");
  return formats::decodeBase64(asked.last().json().at("val").at("data").as_string()).value();
}

TEST(Resource, EventlogTellsWhatHappened) {
  JobSystem system(2, 2, R"({"resource":{}})");
  system.host.rpcOf("resource-probe.get").answer(R"({"hostname":"n1","cores":"0-1","gpus":""})");
  drain(system, R"({"targets":"1","reason":"some reason"})");
  undrain(system, "1");
  system.online("0");
  std::string log;
  const auto events = formats::parseEventlog(kvsText(system, "resource.eventlog"));
  ASSERT_TRUE(events);
  for (const auto& event : *events) log += event.name + formats::toJson(event.context) + "\n";
  EXPECT_EQ(log, R"(restart{"ranks":"0-1","online":"","nodelist":"n[0-1]"}
online{"idset":"0-1"}
resource-define{"method":"dynamic-discovery"}
drain{"idset":"1","nodelist":"n1","reason":"some reason","overwrite":0}
undrain{"idset":"1","nodelist":"n1","overwrite":0}
offline{"idset":"1"}
)");
}

TEST(Resource, JournalTellsAllFromTheFirstOn) {
  JobSystem system(2, 2);
  Asked journal("resource.journal", "{}", wire::kStreaming);
  system.ask(journal);
  drain(system, R"({"targets":"1","reason":"some reason"})");
  std::string told;
  for (const auto& reply : journal.replies()) {
    const auto answer = reply.json().as_object();
    const auto& events = answer.at("events").as_array();
    told += events.empty() ? "-" : std::string(events.at(0).at("name").as_string());
    told += answer.contains("R") ? "+R " : " ";
  }
  EXPECT_EQ(told, "restart resource-define+R online - drain ");
  EXPECT_EQ(journal.last().json().at("events").at(0).at("context").at("reason"), "some reason");
  system.ask("resource.journal-cancel", R"({"matchtag":1})", wire::kNoResponse);
  EXPECT_EQ(journal.last().errnum, unsigned{ENODATA});
  EXPECT_EQ(system.ask("resource.journal").last().errnum, unsigned{EPROTO});
}

TEST(Resource, JournalEndsWithItsReader) {
  JobSystem system(2, 2);
  Asked journal("resource.journal", "{}", wire::kStreaming, "client-7");
  const size_t before = system.ask(journal).replies().size();
  system.disconnect("client-7");
  drain(system, R"({"targets":"1"})");
  EXPECT_EQ(journal.replies().size(), before);
}

TEST(Resource, RIsKeptInTheKvs) {
  JobSystem system(2, 2);
  EXPECT_EQ(
      kvsText(system, "resource.R"),
      R"({"version": 1, "execution": {"R_lite": [{"rank": "0-1", "children": {"core": "0-1"}}], )"
      R"("starttime": 0.0, "expiration": 0.0, "nodelist": ["n[0-1]"]}})");
}

TEST(Resource, DrainErrors) {
  JobSystem system(2, 2);
  EXPECT_EQ(drain(system, R"({"targets":"99"})"), "idset is out of range");
  EXPECT_EQ(drain(system, R"({"targets":"nosuch"})"), "invalid targets: no host 'nosuch'");
  EXPECT_EQ(drain(system, R"({"targets":""})"), "idset is empty");
  EXPECT_EQ(undrain(system, "1"), "rank 1 not drained");
  EXPECT_EQ(drain(system, R"({"targets":"n[0-1]","reason":"a"})"), "");
  EXPECT_EQ(drain(system, R"({"targets":"0-1"})"), "ranks 0-1 already drained");
  EXPECT_EQ(drain(system, R"({"targets":"0","mode":"what"})"), "unknown drain mode 'what'");
  Asked guest("resource.drain", R"({"targets":"0"})");
  EXPECT_EQ(system.ask(guest.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
}

TEST(Resource, DrainModesUpdateAndOverwrite) {
  JobSystem system(2, 2);
  drain(system, R"({"targets":"0"})");
  drain(system, R"({"targets":"1","reason":"first"})");
  system.advance(10s);
  drain(system, R"({"targets":"0-1","reason":"second","mode":"update"})");
  const auto drained = [&](const std::string& rank) {
    return system.ask("resource.status").last().json().at("drain").at(rank).as_object();
  };
  EXPECT_EQ(drained("0").at("reason"), "second");
  EXPECT_EQ(drained("1").at("reason"), "first");
  drain(system, R"({"targets":"1","reason":"third","mode":"overwrite"})");
  EXPECT_EQ(drained("1").at("reason"), "third");
  EXPECT_EQ(drained("1").at("timestamp").to_number<double>(), fakes::FakeClock::kStart);
}

TEST(Resource, StatusTellsWhoIsThere) {
  JobSystem system(3, 1,
                   R"({"resource":{"config":[{"hosts":"n[0-2]","cores":"0"}],"exclude":"n2"}})");
  system.online("0,2");
  const auto status = system.ask("resource.status").last().json();
  EXPECT_EQ(status.at("online"), "0,2");
  EXPECT_EQ(status.at("offline"), "1");
  EXPECT_EQ(status.at("exclude"), "2");
  const auto sched = system.ask("resource.sched-status").last().json();
  EXPECT_EQ(formats::ResourceSet::parse(sched.at("all").as_object())->summary(), "rank[0-1]/core0");
  EXPECT_EQ(drain(system, R"({"targets":"2"})"), "drain: rank 2 excluded");
}

TEST(Resource, ProbesAgainWhoComesBack) {
  JobSystem system(2, 1, R"({"resource":{}})");
  const auto probes = [&] {
    size_t count = 0;
    for (const auto& rpc : system.host.rpcs()) count += rpc.topic == "resource-probe.get";
    return count;
  };
  EXPECT_EQ(probes(), 1u);
  system.host.rpcOf("resource-probe.get").answer(R"({"hostname":"n1","cores":"0","gpus":""})");
  system.online("0");
  system.online("0-1");
  EXPECT_EQ(probes(), 2u);
  system.host.rpcOf("resource-probe.get").answer(R"({"hostname":"n1","cores":"0-7","gpus":"0"})");
  const auto r = system.ask("resource.status").last().json().at("R").as_object();
  const auto set = formats::ResourceSet::parse(r).value();
  EXPECT_EQ(set.nodes.at(1).cores.size(), 8u);
  EXPECT_EQ(set.nodes.at(1).gpus.size(), 1u);
}

/// Three ranks of which each is said to have cores 0 to 3.
std::string configured(const std::string& more) {
  return R"({"resource":{"config":[{"hosts":"n[0-2]","cores":"0-3"}])" + more + "}}";
}

TEST(Resource, RankThatLacksConfiguredCoresIsDrained) {
  JobSystem system(3, 4, configured(""));
  for (const auto& rpc : system.host.rpcs())
    if (rpc.topic == "resource-probe.get")
      rpc.answer(rpc.nodeid == 1 ? R"({"hostname":"n1","cores":"0-7","gpus":""})"
                                 : R"({"hostname":"n2","cores":"0-1","gpus":""})");
  const auto drained = system.ask("resource.status").last().json().at("drain").as_object();
  EXPECT_FALSE(drained.contains("1"));
  ASSERT_TRUE(drained.contains("2"));
  EXPECT_EQ(drained.at("2").at("reason"), "missing resources: core[2-3]");
}

TEST(Resource, NobodyIsAskedWithoutVerification) {
  JobSystem system(3, 4, configured(R"(,"noverify":true)"));
  for (const auto& rpc : system.host.rpcs()) EXPECT_NE(rpc.topic, "resource-probe.get");
  EXPECT_TRUE(system.ask("resource.status").last().json().at("drain").as_object().empty());
}

TEST(Resource, AProbeThatFailsIsLogged) {
  JobSystem system(2, 1, R"({"resource":{}})");
  system.host.rpcOf("resource-probe.get").fail(EHOSTUNREACH);
  ASSERT_FALSE(system.host.logged.empty());
  EXPECT_EQ(system.host.logged.back().severity, broker::Severity::Error);
}

TEST(Resource, LosingSightOfTheOthersIsLogged) {
  JobSystem system(2, 1);
  system.host.rpcOf("groups.get").fail(ENOSYS);
  ASSERT_FALSE(system.host.logged.empty());
  EXPECT_TRUE(system.host.logged.back().text.starts_with("can't follow who is online: "));
}

TEST(Resource, OtherRanksOnlyAnswerProbes) {
  fakes::FakeHost host(1, 2);
  const auto services = makeJobServices(host).value();
  ASSERT_EQ(services.size(), 1u);
  Asked asked("resource-probe.get");
  services[0]->handle(asked.request());
  const auto answer = asked.last().json();
  EXPECT_FALSE(formats::Idset::parse(answer.at("cores").as_string())->empty());
  EXPECT_FALSE(answer.at("hostname").as_string().empty());
}

class ConfigTest : public ::testing::Test {
 protected:
  static base::Result<std::optional<formats::ResourceSet>> read(const std::string& config,
                                                                const std::string& hosts) {
    return resource::readConfiguredResources(fakes::parseJson(config).as_object(),
                                             formats::Hostlist::parse(hosts).value());
  }
  static std::string errorOf(const std::string& config) {
    const auto result = read(config, "n[0-1]");
    return result ? "" : result.error().message;
  }
};

TEST_F(ConfigTest, EntriesAddUp) {
  const auto set = read(R"({"resource":{"config":[{"hosts":"n[0-1]","cores":"0-3"},
                            {"hosts":"n1","gpus":"0"},{"hosts":"n0","properties":["a","b"]}]}})",
                        "n[0-1]");
  ASSERT_TRUE(set && *set);
  EXPECT_EQ((*set)->summary(), "rank0/core[0-3] rank1/core[0-3],gpu0");
  EXPECT_EQ((*set)->properties.at("b").str(), "0");
}

TEST_F(ConfigTest, NothingConfigured) {
  EXPECT_FALSE(read("{}", "n0")->has_value());
  EXPECT_FALSE(read(R"({"resource":{"noverify":true}})", "n0")->has_value());
}

TEST_F(ConfigTest, NamesTheEntryThatIsBad) {
  EXPECT_EQ(errorOf(R"({"resource":{"config":[{"hosts":"n0","cores":"0"},{"cores":"0"}]}})"),
            "resource.config[1]: payload has no string 'hosts'");
  EXPECT_EQ(errorOf(R"({"resource":{"config":[{"hosts":"x","cores":"0"}]}})"),
            "resource.config[0]: host 'x' has no broker");
  EXPECT_EQ(errorOf(R"({"resource":{"config":[{"hosts":"n0"}]}})"),
            "resource.config: host 'n0' has no cores");
  EXPECT_EQ(errorOf(R"({"resource":{"config":[{"hosts":"n0","cores":4}]}})"),
            "resource.config[0]: cores must be an idset string");
  EXPECT_NE(errorOf(R"({"resource":{"path":"/nosuch/R"}})").find("/nosuch/R"), std::string::npos);
}

// A directory with files as /proc and /sys have them.
class FakeSystem {
 public:
  FakeSystem() {
    char name[] = "/tmp/mc-discovery-XXXXXX";
    system.root = mkdtemp(name);
  }
  ~FakeSystem() { std::filesystem::remove_all(system.root); }
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path full = system.root + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  resource::System system;
};

TEST_F(ConfigTest, RFilesAreRerankedByHost) {
  FakeSystem files;
  files.write("/R", R"({"version":1,"execution":{"R_lite":[{"rank":"0","children":{"core":"0"}},
                        {"rank":"1","children":{"core":"0-7"}}],"nodelist":["n1,n0"],
                        "properties":{"big":"1"}}})");
  const auto set = read(R"({"resource":{"path":")" + files.system.root + R"(/R"}})", "n[0-1]");
  ASSERT_TRUE(set && *set);
  EXPECT_EQ((*set)->summary(), "rank0/core[0-7] rank1/core0");
  EXPECT_EQ((*set)->properties.at("big").str(), "0");
  files.write("/R", "nonsense");
  EXPECT_FALSE(read(R"({"resource":{"path":")" + files.system.root + R"(/R"}})", "n[0-1]"));
}

TEST_F(ConfigTest, DataOfAnotherSchedulerIsAdded) {
  FakeSystem files;
  files.write("/jgf", R"({"graph":{"nodes":[]}})");
  const std::string entries =
      R"({"resource":{"config":[{"hosts":"n0","cores":"0"}],"scheduling":")";
  const auto set = read(entries + files.system.root + R"(/jgf"}})", "n0");
  ASSERT_TRUE(set && *set);
  EXPECT_TRUE((*set)->toJson().at("scheduling").at("graph").is_object());
  EXPECT_FALSE(read(entries + files.system.root + R"(/nosuch"}})", "n0"));
}

TEST(Discovery, CountsPhysicalCoresOfTheAffinity) {
  FakeSystem files;
  for (int cpu = 0; cpu < 8; ++cpu)
    files.write("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/core_cpus_list",
                std::to_string(cpu % 4) + "," + std::to_string(cpu % 4 + 4) + "\n");
  files.system.cpus = {0, 1, 4, 5};
  EXPECT_EQ(resource::physicalCores(files.system), 2u);
  files.system.cpus = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(resource::physicalCores(files.system), 4u);
}

TEST(Discovery, WithoutTopologyEachCpuIsACore) {
  FakeSystem files;
  files.system.cpus = {0, 3, 5};
  EXPECT_EQ(resource::physicalCores(files.system), 3u);
  EXPECT_EQ(resource::discover(files.system).cores.str(), "0-2");
}

struct Quota {
  const char* name;
  const char* mountinfo;
  const char* cgroup;
  std::vector<std::pair<const char*, const char*>> files;
  double cpus;
};
class CgroupQuota : public ::testing::TestWithParam<Quota> {};
TEST_P(CgroupQuota, IsRead) {
  FakeSystem files;
  files.write("/proc/self/mountinfo", GetParam().mountinfo);
  files.write("/proc/self/cgroup", GetParam().cgroup);
  for (const auto& [path, text] : GetParam().files) files.write(path, text);
  EXPECT_DOUBLE_EQ(resource::cpuQuota(files.system), GetParam().cpus);
}
constexpr const char* kV2 =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kV1 =
    "33 32 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "34 32 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
INSTANTIATE_TEST_SUITE_P(
    Table, CgroupQuota,
    ::testing::Values(
        Quota{"none", "", "", {}, 0},
        Quota{"v2Unlimited", kV2, "0::/\n", {{"/sys/fs/cgroup/cpu.max", "max 100000\n"}}, 0},
        Quota{"v2Own", kV2, "0::/\n", {{"/sys/fs/cgroup/cpu.max", "200000 100000\n"}}, 2},
        Quota{"v2Parent",
              kV2,
              "0::/pod/c\n",
              {{"/sys/fs/cgroup/pod/c/cpu.max", "max 100000\n"},
               {"/sys/fs/cgroup/pod/cpu.max", "150000 100000\n"}},
              1.5},
        Quota{"v1",
              kV1,
              "4:cpu,cpuacct:/job\n3:memory:/job\n",
              {{"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n"},
               {"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n"}},
              0.5},
        Quota{"v1Unlimited",
              kV1,
              "4:cpu,cpuacct:/job\n",
              {{"/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n"}},
              0},
        Quota{"v1ContainerWithoutCgroupNamespace",
              "33 32 0:30 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n",
              "4:cpu,cpuacct:/docker/abc\n",
              {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n"},
               {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
              3}),
    [](const auto& test) { return test.param.name; });

TEST(Discovery, QuotaLimitsCores) {
  FakeSystem files;
  files.system.cpus = {0, 1, 2, 3};
  files.write("/proc/self/mountinfo", kV2);
  files.write("/proc/self/cgroup", "0::/\n");
  files.write("/sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(resource::discover(files.system).cores.str(), "0-1");
  files.write("/sys/fs/cgroup/cpu.max", "10000 100000\n");
  EXPECT_EQ(resource::discover(files.system).cores.str(), "0");
}

TEST(Discovery, GpusByTheirDevices) {
  FakeSystem files;
  EXPECT_EQ(resource::gpuCount(files.system), 0u);
  for (const char* name : {"nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"})
    files.write(std::string("/dev/") + name, "");
  EXPECT_EQ(resource::gpuCount(files.system), 2u);
  for (const auto& [visible, count] : std::map<std::string, uint32_t>{{"all", 2},
                                                                      {"none", 0},
                                                                      {"void", 0},
                                                                      {"", 2},
                                                                      {"1", 1},
                                                                      {"0,1,2", 2},
                                                                      {"GPU-4c7a", 1}}) {
    files.system.visibleGpus = visible;
    EXPECT_EQ(resource::gpuCount(files.system), count) << visible;
  }
  FakeSystem amd;
  amd.write("/dev/dri/renderD128", "");
  EXPECT_EQ(resource::gpuCount(amd.system), 0u);  // no compute driver
  amd.write("/dev/kfd", "");
  EXPECT_EQ(resource::gpuCount(amd.system), 1u);
}

TEST(Discovery, ThisMachineHasSomething) {
  const auto found = resource::discover(resource::thisSystem());
  EXPECT_GE(found.cores.size(), 1u);
}

}  // namespace
}  // namespace mc::flux::services
