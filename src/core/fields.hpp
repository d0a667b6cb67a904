#pragma once
// The fields of Kubernetes' own kinds as tables for api/table_reader.hpp: names, types, limits, and
// whether one machine carries a field out. Internal to this room.
//
// Source: Kubernetes API v1.34, core/v1, apps/v1 and networking.k8s.io/v1.
// Thread-safety: constants.

#include <array>

#include "api/fields.hpp"
#include "core/drafts.hpp"
#include "core/formats.hpp"

namespace mc::core {

// The words of a table.
using api::bind;
using api::boolean;
using api::Field;
using api::integer;
using api::into;
using api::kMaxInt32;
using api::listOf;
using api::mapOf;
using api::Metadata;
using api::object;
using api::oneOf;
using api::onKubernetes;
using api::onlyThere;
using api::same;
using api::SecurityContext;
using api::Table;
using api::text;
using api::Type;

inline constexpr Type kTextItem = text();
inline constexpr Type kAnyItem = api::any();
inline constexpr std::array<std::string_view, 3> kProtocols = {"TCP", "UDP", "SCTP"};
/// Number or name of a port.
inline constexpr Type kPortRefType = {.kind = Type::Kind::Quantity, .format = &kPortRef};

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
