#pragma once
// What the server knows of a resource: its names, its versions and the habits of its objects.
//
// Thread-safety: immutable once it is in a TypeTable.

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/api_error.hpp"
#include "fakes/fake_apiserver/field_shape.hpp"

namespace mc::fakes {

/// What a hook may know of the request that made it run.
struct HookContext {
  double wall = 0;       ///< seconds since the epoch
  std::string freshUid;  ///< of an object that is being made
  /// A number no other call has got, e.g. for addresses.
  std::function<int()> nextNumber;
};

using ObjectHook = std::function<void(boost::json::object&, const HookContext&)>;
/// `before` is null at a create.
using Validation = std::function<std::vector<ApiCause>(const boost::json::object& now,
                                                       const boost::json::object* before)>;
/// Between a served version and the stored one; apiVersion is set by the server.
using Conversion = std::function<Outcome<boost::json::object>(boost::json::object)>;

struct ServedVersion {
  std::string group;
  std::string version;
  Conversion toStored = {};  ///< empty: nothing but the apiVersion differs
  Conversion fromStored = {};
  [[nodiscard]] std::string apiVersion() const {
    return group.empty() ? version : group + "/" + version;
  }
};

/// Where the scale subresource finds its numbers; dotted, from the object's top.
struct ScalePaths {
  std::string specReplicas;
  std::string statusReplicas;
  std::string selector;  ///< may be empty
};

struct ResourceType {
  std::string plural;
  std::string singular;
  std::string kind;
  std::vector<ServedVersion> versions;  ///< never empty
  size_t stored = 0;                    ///< which of `versions` is kept
  bool namespaced = true;
  std::vector<std::string> shortNames = {};

  bool status = false;                 ///< has the status subresource
  std::vector<ScalePaths> scale = {};  ///< at most one: the scale subresource
  bool generation = false;             ///< counts changes of the spec in metadata.generation
  bool custom = false;                 ///< defined by a CustomResourceDefinition
  bool createOnReplace = false;        ///< PUT of a missing object makes it
  bool answersDeleted = false;         ///< DELETE answers with the object instead of a Status
  bool orphansByDefault = false;       ///< DELETE without a policy leaves the dependents alone
  bool gracefulDeletion = false;       ///< stays while a node still runs it
  std::vector<std::string> selectableFields = {};  ///< besides metadata.name and .namespace

  /// Which lists and maps are merged; empty: the built-in table.
  ShapeOf shapes = {};
  /// Runs when an object is made, before `defaults`.
  ObjectHook prepareCreate = {};
  /// Runs at every write.
  ObjectHook defaults = {};
  Validation validate = {};
  /// Why a body can't even be read; empty if it can.
  std::function<std::string(const boost::json::object&)> decode = {};
  /// Removes fields that the schema doesn't know, and names them.
  std::function<std::vector<std::string>(boost::json::object&)> prune = {};

  [[nodiscard]] const ServedVersion& storedVersion() const { return versions[stored]; }
  [[nodiscard]] const std::string& group() const { return versions[stored].group; }
  /// The key in the store: "jobs.batch".
  [[nodiscard]] std::string id() const;
  [[nodiscard]] FieldShape shape(const FieldPath& path, bool isList) const;
  [[nodiscard]] const ServedVersion* findVersion(const std::string& group,
                                                 const std::string& version) const;
};

using TypePtr = std::shared_ptr<const ResourceType>;

}  // namespace mc::fakes
