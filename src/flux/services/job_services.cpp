#include "flux/services/job_services.hpp"

#include "flux/services/content/service.hpp"
#include "flux/services/job-exec/executor.hpp"
#include "flux/services/job-info/service.hpp"
#include "flux/services/job-ingest/service.hpp"
#include "flux/services/job-list/service.hpp"
#include "flux/services/job-manager/service.hpp"
#include "flux/services/kvs/service.hpp"
#include "flux/services/kvs/storage.hpp"
#include "flux/services/kvs/watch_service.hpp"
#include "flux/services/resource/service.hpp"
#include "flux/services/sched/service.hpp"

namespace mc::flux::services {

namespace {

// Everything on rank 0, in the order of dependence.
struct JobSystem {
  JobSystem(broker::Host& host, std::unique_ptr<kvs::Storage> kept,
            std::unique_ptr<resource::Inventory> resources)
      : storage(std::move(kept)),
        store(&storage->store()),
        inventory(std::move(resources)),
        scheduler(host, *inventory),
        executor(host, *store,
                 [this](const formats::Idset& ranks, const std::string& reason) {
                   (void)inventory->drain(ranks, reason, resource::DrainMode::Update);
                 }),
        manager(host, *store),
        kvsService(*store, &storage->tree(), storage->journal()),
        watchService(host.loop(), *store),
        contentService("content", storage->blobs(), storage->journal()),
        backingService("content-backing", storage->blobs(), storage->journal()),
        resourceService(host, *inventory, [this] { return scheduler.allocated(); }),
        schedService(scheduler, *inventory),
        feasibilityService(scheduler),
        managerService(manager, feasibility()),
        ingestService(manager, managerService.dependencies(), feasibility()),
        infoService(manager, *store),
        listService(manager) {
    scheduler.connect(manager);
    executor.connect(manager);
    manager.connect(scheduler, executor);
    storage->noteStart();
    manager.restart();
    ingestService.startAfter(manager.table().newest());
  }
  // What the parts do while they go is not part of the jobs' story.
  ~JobSystem() { storage->close(); }
  JobSystem(const JobSystem&) = delete;
  JobSystem& operator=(const JobSystem&) = delete;

  manager::Updates::Feasible feasibility() {
    return [this](const formats::JobShape& shape, const boost::json::object& constraints) {
      return scheduler.feasible(shape, constraints);
    };
  }

  std::unique_ptr<kvs::Storage> storage;
  kvs::Store* store;
  std::unique_ptr<resource::Inventory> inventory;
  sched::Scheduler scheduler;
  exec::Executor executor;
  manager::Manager manager;
  kvs::KvsService kvsService;
  kvs::WatchService watchService;
  content::ContentService contentService;
  content::ContentService backingService;
  resource::ResourceService resourceService;
  sched::SchedService schedService;
  sched::FeasibilityService feasibilityService;
  manager::ManagerService managerService;
  ingest::IngestService ingestService;
  info::InfoService infoService;
  list::ListService listService;
};

// A service of the system, which lives until the last of these is gone.
//
// What it answers must not be lost, even if the broker ends right after: answers wait until all
// changes before them are written.
class Shared final : public broker::Service {
 public:
  Shared(std::shared_ptr<JobSystem> system, broker::Service& service)
      : system_(std::move(system)), service_(service), takesJobs_(service.name() == "job-ingest") {}
  [[nodiscard]] std::string name() const override { return service_.name(); }
  void handle(const broker::Request& request) override {
    const kvs::Journal* journal = system_->storage->journal();
    if (journal == nullptr) return service_.handle(request);
    if (journal->failing() && takesJobs_)
      return request.fail(ENOSPC, "jobs can't be stored at present (see flux dmesg)");
    service_.handle(
        request.through([request, weak = std::weak_ptr<JobSystem>(system_)](wire::Message answer) {
          forward(weak.lock().get(), request, std::move(answer));
        }));
  }
  void disconnect(const std::string& sender) override { service_.disconnect(sender); }

 private:
  static void forward(JobSystem* system, const broker::Request& request, wire::Message answer) {
    kvs::Journal* journal = system != nullptr ? system->storage->journal() : nullptr;
    if (journal == nullptr || !journal->waiting()) return request.forward(std::move(answer));
    journal->whenWritten([request, answer = std::move(answer)] { request.forward(answer); });
  }

  std::shared_ptr<JobSystem> system_;
  broker::Service& service_;
  bool takesJobs_;
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

base::Result<std::vector<std::unique_ptr<broker::Service>>> makeJobServices(
    broker::Host& host, const std::optional<formats::ResourceSet>& enclosing) {
  std::vector<std::unique_ptr<broker::Service>> out;
  out.push_back(std::make_unique<resource::ProbeService>());
  if (host.rank() != 0) return out;
  MC_TRY(manager::Policy(host.config()).check().prefixed("configuration"));
  MC_TRY_ASSIGN(auto storage, kvs::Storage::open(host));
  MC_TRY_ASSIGN(auto inventory, resource::Inventory::make(host, storage->store(), enclosing));
  const auto system = std::make_shared<JobSystem>(host, std::move(storage), std::move(inventory));
  for (broker::Service* service : std::initializer_list<broker::Service*>{
           &system->kvsService, &system->watchService, &system->contentService,
           &system->backingService, &system->resourceService, &system->schedService,
           &system->feasibilityService, &system->managerService, &system->ingestService,
           &system->infoService, &system->listService})
    out.push_back(std::make_unique<Shared>(system, *service));
  out.push_back(std::make_unique<ExecService>());
  return out;
}

}  // namespace mc::flux::services
