#pragma once
// Resources that the configuration names (flux-config-resource(5)).
//
// Thread-safety: pure functions, apart from reading the R file.

#include <boost/json.hpp>
#include <optional>

#include "base/status.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::services::resource {

/// The resources of `resource.config` or `resource.path`, with the data of `resource.scheduling`;
/// nothing if neither is there. Ranks follow
/// the hosts' places in `hosts` (the broker ranks), where R names hosts. EINVAL with the entry that
/// is bad, or the errno of reading the file.
base::Result<std::optional<formats::ResourceSet>> readConfiguredResources(
    const boost::json::object& config, const formats::Hostlist& hosts);

}  // namespace mc::flux::services::resource
