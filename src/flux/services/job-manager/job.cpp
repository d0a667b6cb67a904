#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::manager {

std::string jobKey(JobId id, std::string_view name) {
  std::string key = formats::formatJobId(id, formats::JobIdForm::Kvs);
  if (!name.empty()) key.append(1, '.').append(name);
  return key;
}

}  // namespace mc::flux::services::manager
