#include "flux/services/job_services.hpp"

#include "flux/services/job-exec/executor.hpp"
#include "flux/services/job-info/service.hpp"
#include "flux/services/job-ingest/service.hpp"
#include "flux/services/job-list/service.hpp"
#include "flux/services/job-manager/service.hpp"
#include "flux/services/kvs/service.hpp"
#include "flux/services/resource/service.hpp"
#include "flux/services/sched/service.hpp"

namespace mc::flux::services {

namespace {

// Everything on rank 0, in the order of dependence.
struct JobSystem {
  JobSystem(broker::Host& host, std::unique_ptr<kvs::Store> kvsStore,
            std::unique_ptr<resource::Inventory> resources)
      : store(std::move(kvsStore)),
        inventory(std::move(resources)),
        scheduler(host, *inventory),
        executor(host, *store,
                 [this](const formats::Idset& ranks, const std::string& reason) {
                   (void)inventory->drain(ranks, reason, resource::DrainMode::Update);
                 }),
        manager(host, *store),
        kvsService(*store),
        resourceService(host, *inventory, [this] { return scheduler.allocated(); }),
        schedService(scheduler, *inventory),
        feasibilityService(scheduler),
        managerService(manager),
        ingestService(manager, managerService.dependencies()),
        infoService(manager, *store),
        listService(manager) {
    scheduler.connect(manager);
    executor.connect(manager);
    manager.connect(scheduler, executor);
  }

  std::unique_ptr<kvs::Store> store;
  std::unique_ptr<resource::Inventory> inventory;
  sched::Scheduler scheduler;
  exec::Executor executor;
  manager::Manager manager;
  kvs::KvsService kvsService;
  resource::ResourceService resourceService;
  sched::SchedService schedService;
  sched::FeasibilityService feasibilityService;
  manager::ManagerService managerService;
  ingest::IngestService ingestService;
  info::InfoService infoService;
  list::ListService listService;
};

// A service of the system, which lives until the last of these is gone.
class Shared final : public broker::Service {
 public:
  Shared(std::shared_ptr<JobSystem> system, broker::Service& service)
      : system_(std::move(system)), service_(service) {}
  [[nodiscard]] std::string name() const override { return service_.name(); }
  void handle(const broker::Request& request) override { service_.handle(request); }
  void disconnect(const std::string& sender) override { service_.disconnect(sender); }

 private:
  std::shared_ptr<JobSystem> system_;
  broker::Service& service_;
};

// job-exec is driven by the job manager alone; its name is taken so that clients see it is there.
class ExecService final : public broker::Service {
 public:
  [[nodiscard]] std::string name() const override { return "job-exec"; }
  void handle(const broker::Request& request) override {
    request.fail(ENOSYS, "Unknown service method");
  }
};

}  // namespace

base::Result<std::vector<std::unique_ptr<broker::Service>>> makeJobServices(broker::Host& host) {
  std::vector<std::unique_ptr<broker::Service>> out;
  out.push_back(std::make_unique<resource::ProbeService>());
  if (host.rank() != 0) return out;
  auto store = std::make_unique<kvs::Store>(host.owner());
  MC_TRY_ASSIGN(auto inventory, resource::Inventory::make(host, *store));
  const auto system = std::make_shared<JobSystem>(host, std::move(store), std::move(inventory));
  for (broker::Service* service : std::initializer_list<broker::Service*>{
           &system->kvsService, &system->resourceService, &system->schedService,
           &system->feasibilityService, &system->managerService, &system->ingestService,
           &system->infoService, &system->listService})
    out.push_back(std::make_unique<Shared>(system, *service));
  out.push_back(std::make_unique<ExecService>());
  return out;
}

}  // namespace mc::flux::services
