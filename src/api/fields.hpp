#pragma once
// The fields of a MiniCluster, one table per structure, as the one source of what a manifest may
// hold: names, versions, types, limits, defaults, meaning, and whether this version carries a field
// out.
//
// Parsing, type checks, suggestions for unknown fields and refusals come from these tables
// (api/table_reader.hpp); so does the CRD's OpenAPI schema: Kind and limits become type, minimum,
// enum and pattern, byDefault becomes default, doc becomes description.
//
// To change whether a field is carried out, change its `support` and nothing else.
//
// Thread-safety: constants.

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "api/binding.hpp"
#include "api/formats.hpp"

namespace mc::api {

/// Versions of the API as a set.
enum Versions : unsigned {};
inline constexpr Versions kAlpha1{1};
inline constexpr Versions kAlpha2{2};
inline constexpr Versions kBoth{3};

struct Table;

struct Type {
  enum class Kind {
    Any,  ///< taken as it is: what the API server keeps in an object
    Boolean,
    Integer,
    String,
    Quantity,  ///< a string or an integer (OpenAPI: x-kubernetes-int-or-string)
    List,
    Map,     ///< of names that the user chooses
    Object,  ///< of the fields of a table
  };
  Kind kind = Kind::Any;
  int64_t minimum = std::numeric_limits<int64_t>::min();
  int64_t maximum = std::numeric_limits<int64_t>::max();
  const Format* format = nullptr;                 ///< String
  std::span<const std::string_view> values = {};  ///< String: the only ones allowed
  const Type* items = nullptr;                    ///< List, Map
  const Format* keys = nullptr;                   ///< Map
  const Table* table = nullptr;                   ///< Object
};

constexpr Type any() {
  return {};
}
constexpr Type boolean() {
  return {.kind = Type::Kind::Boolean};
}
constexpr Type integer(int64_t minimum, int64_t maximum) {
  return {.kind = Type::Kind::Integer, .minimum = minimum, .maximum = maximum};
}
constexpr Type text(const Format& format = kText) {
  return {.kind = Type::Kind::String, .format = &format};
}
constexpr Type oneOf(std::span<const std::string_view> values) {
  return {.kind = Type::Kind::String, .format = &kText, .values = values};
}
constexpr Type quantity() {
  return {.kind = Type::Kind::Quantity, .format = &kQuantity};
}
constexpr Type listOf(const Type& items) {
  return {.kind = Type::Kind::List, .items = &items};
}
constexpr Type mapOf(const Format& keys, const Type& items) {
  return {.kind = Type::Kind::Map, .items = &items, .keys = &keys};
}
constexpr Type object(const Table& table) {
  return {.kind = Type::Kind::Object, .table = &table};
}

constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();

/// Whether a field does something, and where.
struct Support {
  enum class Stage {
    Everywhere,  ///< carried out by every engine
    Kubernetes,  ///< tells Kubernetes where and how to place pods: kept, nothing to do on one
                 ///< machine
    Nowhere,     ///< has no effect with any engine, and had none with the Go operator
    OnlyThere,   ///< carried out on Kubernetes; one machine refuses it as it does Later
    Later,       ///< refused unless it says nothing (false, 0, empty, the default)
  };
  Stage stage = Stage::Everywhere;
  /// Later: what will come. OnlyThere: what it asks for. Else: why it has no effect.
  std::string_view what = {};
  std::string_view cure = {};  ///< Later, OnlyThere: what to do without it
};

constexpr Support onKubernetes(std::string_view why) {
  return {Support::Stage::Kubernetes, why};
}
constexpr Support onlyThere(std::string_view what, std::string_view cure) {
  return {Support::Stage::OnlyThere, what, cure};
}
constexpr Support nowhere(std::string_view why) {
  return {Support::Stage::Nowhere, why};
}
constexpr Support later(std::string_view what, std::string_view cure) {
  return {Support::Stage::Later, what, cure};
}

struct Field {
  std::string_view name;
  Versions versions = kBoth;
  Type type;
  Binding binding = {};  ///< where it goes in the draft; may be empty for what is refused
  std::string_view byDefault = {};  ///< as YAML; empty: none
  bool required = false;
  bool secret = false;    ///< its value never appears in a message
  bool fluxOnly = false;  ///< of a container: makes sense where Flux runs, nowhere else
  Support support = {};
  std::string_view shape = {};    ///< how to write it, for those who wrote another type
  std::string_view instead = {};  ///< what to use in the version that lacks it
  std::string_view doc;
};

struct Table {
  std::string_view where;  ///< "spec.containers[]": for "it belongs to ..."
  std::span<const Field> fields;

  [[nodiscard]] const Field* find(std::string_view name, Versions version) const;
};

extern const Table kDocumentTable;  ///< a whole MiniCluster
extern const Table kMetadataTable;
extern const Table kSpecTable;
extern const Table kLoggingTable;
extern const Table kNetworkTable;
extern const Table kUserTable;
extern const Table kRestfulTable;
extern const Table kArchiveTable;
extern const Table kClusterVolumeTable;  ///< v1alpha1's spec.volumes
extern const Table kContainerTable;
extern const Table kCommandsTable;
extern const Table kLifeCycleTable;
extern const Table kResourcesTable;
extern const Table kFluxUserTable;
extern const Table kSecretKeyTable;
extern const Table kMountTable;     ///< v1alpha1's containers[].volumes
extern const Table kVolumeTable;    ///< v1alpha1's existingVolumes and v1alpha2's volumes
extern const Table kSecurityTable;  ///< a container's
extern const Table kPodSecurityTable;
extern const Table kFluxTable;
extern const Table kFluxContainerTable;
extern const Table kPodTable;
extern const Table kTolerationTable;

/// Every table that a user may mean when a field stands in the wrong place, likeliest first.
std::span<const Table* const> allTables();

}  // namespace mc::api
