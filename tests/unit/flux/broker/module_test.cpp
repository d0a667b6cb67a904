#include "flux/services/module/service.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

class Alone final : public broker::Neighbours {
 public:
  [[nodiscard]] std::string parentUuid() const override { return {}; }
  [[nodiscard]] std::optional<std::string> childTowards(uint32_t) const override { return {}; }
  void sendToChildren(const wire::Message&) override {}
};

class Named final : public broker::Service {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string name() const override { return name_; }
  void handle(const broker::Request& request) override { request.respond(); }

 private:
  std::string name_;
};

TEST(Module, ListsServicesAsModulesAndHowLongTheyAreIdle) {
  fakes::FakeLoop loop;
  Alone neighbours;
  broker::Router router(loop, {}, neighbours);
  Named sched("sched");
  Named feasibility("feasibility");
  Named attr("attr");
  for (Named* service : {&sched, &feasibility, &attr}) router.addService(*service);
  const auto module = makeModule(router, loop.clock());
  loop.advance(5s);
  router.notify("feasibility.check", {}, wire::kNodeidAny);
  loop.advance(3s);
  fakes::Asked list("module.list");
  module->handle(list.request());
  EXPECT_EQ(list.last().text,
            R"({"mods":[{"name":"sched-simple","path":"builtin","idle":3,"status":1,)"
            R"("services":["feasibility","sched"],"sendqueue":0,"recvqueue":0}]})");
}

}  // namespace
}  // namespace mc::flux::services
