#include "flux/services/job-exec/guest.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::exec {

namespace {

void shrink(kvs::Node& node) {
  node.shrink();
  if (const kvs::Directory* directory = node.directory())
    for (const auto& entry : directory->entries()) shrink(*entry.node);
}

}  // namespace

Guest::Guest(kvs::Store& store, const base::Clock& clock, formats::JobId id, uint32_t userid)
    : store_(store), clock_(clock), id_(id), namespace_(formats::jobNamespace(id)) {
  // Job ids are unique, so that this is new.
  (void)store_.create(namespace_, userid);
  auto link = std::make_unique<kvs::Symlink>(kvs::Symlink{namespace_, "."});
  (void)store_.primary().put(manager::jobKey(id, "guest"),
                             std::unique_ptr<const kvs::Symlink>(std::move(link)));
}

void Guest::log(std::string_view event, const boost::json::object& context) {
  if (kvs::Namespace* ns = store_.find(namespace_))
    (void)ns->append("exec.eventlog", formats::formatEvent(clock_.wall(), event, context));
}

void Guest::close() {
  if (!std::exchange(open_, false)) return;
  auto tree = store_.remove(namespace_);
  if (!tree) return;
  shrink(**tree);
  (void)store_.primary().graft(manager::jobKey(id_, "guest"), std::move(*tree));
}

}  // namespace mc::flux::services::exec
