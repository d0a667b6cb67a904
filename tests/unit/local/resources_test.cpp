#include "local/resources.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

namespace mc::local {
namespace {

using testing::HasSubstr;

struct Wanted {
  api::StringMap limits;
  api::StringMap requests;
};

std::string hostConfig(const Wanted& wanted, int64_t cpus = 0) {
  api::Resources resources;
  resources.limits = wanted.limits;
  resources.requests = wanted.requests;
  boost::json::object host;
  const auto added = addResources(resources, cpus, host);
  return added ? boost::json::serialize(host) : added.error().message;
}

TEST(Resources, Limits) {
  EXPECT_EQ(hostConfig({{{"cpu", "500m"}}, {}}), R"({"CpuShares":512,"NanoCpus":500000000})");
  EXPECT_EQ(hostConfig({{{"memory", "1Gi"}}, {}}),
            R"({"MemoryReservation":1073741824,"Memory":1073741824,"MemorySwap":1073741824})");
}

TEST(Resources, Requests) {
  EXPECT_EQ(hostConfig({{}, {{"cpu", "2"}, {"memory", "64Mi"}}}),
            R"({"CpuShares":2048,"MemoryReservation":67108864})");
  EXPECT_EQ(hostConfig({{{"cpu", "2"}}, {{"cpu", "1"}}}),
            R"({"CpuShares":1024,"NanoCpus":2000000000})");
}

TEST(Resources, ALimitAboveTheMachineIsTheMachine) {
  EXPECT_EQ(hostConfig({{{"cpu", "8"}}, {}}, 2), R"({"CpuShares":8192,"NanoCpus":2000000000})");
}

TEST(Resources, DockersSmallestAmountsAreKept) {
  EXPECT_EQ(hostConfig({{{"memory", "1Ki"}}, {}}),
            R"({"MemoryReservation":6291456,"Memory":6291456,"MemorySwap":6291456})");
  EXPECT_EQ(hostConfig({{{"cpu", "1m"}}, {}}), R"({"CpuShares":2,"NanoCpus":10000000})");
}

TEST(Resources, Gpus) {
  EXPECT_EQ(hostConfig({{{"nvidia.com/gpu", "2"}}, {}}),
            R"({"DeviceRequests":[{"Driver":"nvidia","Count":2,"Capabilities":[["gpu"]]}]})");
}

TEST(Resources, WhatTheMachineLacksIsRefused) {
  EXPECT_THAT(hostConfig({{{"vendor.example/fpga", "1"}}, {}}),
              HasSubstr("this machine has no 'vendor.example/fpga'"));
}

}  // namespace
}  // namespace mc::local
