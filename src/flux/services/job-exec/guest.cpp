#include "flux/services/job-exec/guest.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::exec {

Guest::Guest(kvs::Store& store, const base::Clock& clock, formats::JobId id, uint32_t userid)
    : store_(store), clock_(clock), id_(id), namespace_(formats::jobNamespace(id)) {
  // Job ids are unique, so that this is new.
  (void)store_.mount(namespace_, userid, manager::jobKey(id, "guest"));
}

void Guest::log(std::string_view event, const boost::json::object& context) {
  if (kvs::Namespace* ns = store_.find(namespace_))
    (void)ns->append("exec.eventlog", formats::formatEvent(clock_.wall(), event, context));
}

void Guest::close() {
  if (!std::exchange(open_, false)) return;
  store_.unmount(namespace_);
}

}  // namespace mc::flux::services::exec
