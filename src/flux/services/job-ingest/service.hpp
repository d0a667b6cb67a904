#pragma once
// The job-ingest service: takes a signed jobspec, checks it, and gives it an id.
//
// Everything that can be wrong with a submission is found here, so that it is refused before
// anything of it is kept. The cost of a job does not depend on how many there are.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/job-ingest/job_id_generator.hpp"
#include "flux/services/job-manager/dependencies.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/job-manager/update.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services::ingest {

class IngestService final : public broker::Service {
 public:
  /// `manager` and `dependencies` outlive the service.
  IngestService(manager::Manager& manager, const manager::Dependencies& dependencies,
                manager::Updates::Feasible feasible);

  [[nodiscard]] std::string name() const override { return "job-ingest"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }

  /// New ids are later than `id`.
  void startAfter(manager::JobId id) { ids_.startAfter(id); }

 private:
  base::Status submit(const broker::Request& request, const boost::json::object& payload);
  base::Result<manager::Submission> read(const broker::Request& request,
                                         const boost::json::object& payload) const;
  base::Status readJobspec(manager::Submission& submission) const;
  base::Status checkJobspec(const manager::Submission& submission) const;

  manager::Manager& manager_;
  const manager::Dependencies& dependencies_;
  manager::Updates::Feasible feasible_;
  JobIdGenerator ids_;
  Methods methods_;
};

}  // namespace mc::flux::services::ingest
