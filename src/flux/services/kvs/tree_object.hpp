#pragma once
// Tree objects: the JSON form of KVS nodes on the wire (RFC 11).
//
// Values go as `val` (base64), never as `valref`. A `dirref` in a listing is a name of the
// directory at one version of its namespace; a true one, that content.load knows, is made where it
// is asked for, because it means to write the directory with all below it.
//
// Thread-safety: pure functions, apart from reading the node.

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "base/status.hpp"
#include "flux/services/kvs/store.hpp"
#include "flux/services/kvs/tree_blobs.hpp"

namespace mc::flux::services::kvs {

/// The `val` object of some bytes.
boost::json::object valueObject(std::string_view bytes);

/// The object of a node; a directory comes with its entries, directories in it as `dirref`, or with
/// all that is in them if they are part of a stored directory's blob.
boost::json::object toTreeObject(const Node& node, const Namespace& ns, std::string_view key);

/// The true `dirref` of a directory, which is stored for that; the object of another node.
boost::json::object toReference(Node& node, const Namespace& ns, std::string_view key,
                                TreeBlobs& blobs);

/// The reverse. EPROTO for anything that RFC 11 does not allow; ENOTSUP for references to blobs if
/// `blobs` is null.
base::Result<std::unique_ptr<Node>> fromTreeObject(const boost::json::value& object,
                                                   TreeBlobs* blobs = nullptr);

/// "sha1-..." that names the namespace's (or one directory's) present version.
std::string versionRef(const Namespace& ns, std::string_view key = {});

/// One change of a commit.
struct Operation {
  std::string key;
  bool append = false;
  std::unique_ptr<Node> node;  ///< null: unlink

  /// Reads {"key","flags","dirent"}; EPROTO.
  static base::Result<Operation> parse(const boost::json::value& value, TreeBlobs* blobs = nullptr);
};

/// Applies all operations or, if one can't be, none.
base::Status commit(Namespace& ns, std::vector<Operation> operations);

}  // namespace mc::flux::services::kvs
