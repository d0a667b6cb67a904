#pragma once
// The fields of Kubernetes' own kinds as tables for api/table_reader.hpp: names, types, limits, and
// whether one machine carries a field out. Internal to this room.
//
// Source: Kubernetes API v1.34, core/v1, apps/v1 and networking.k8s.io/v1.
// Thread-safety: constants.

#include "api/fields.hpp"
#include "core/drafts.hpp"

namespace mc::core {

/// Reads a nested object into a member that is a Given<>, and notes that it was there.
template <class Object, auto Member>
constexpr api::Binding intoGiven() {
  return {
      .set = [](void* object,
                const base::YamlNode&) { (static_cast<Object*>(object)->*Member).given = true; },
      .enter = api::into<Object, Member>().enter};
}

/// Why a field is kept and has no effect here.
inline constexpr std::string_view kOneMachine = "there is one machine, and no scheduler";
inline constexpr std::string_view kServerFills = "filled in by the Kubernetes API server";

extern const api::Table kMetadataFields;
extern const api::Table kSecurityFields;     ///< a container's
extern const api::Table kPodSecurityFields;  ///< a pod's
extern const api::Table kProbeFields;
extern const api::Table kContainerFields;
extern const api::Table kVolumeFields;
extern const api::Table kPodSpecFields;

/// The whole object of a kind.
const api::Table& tableOf(Kind kind);

}  // namespace mc::core
