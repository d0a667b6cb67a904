#pragma once
// KVS trees as blobs (RFC 11): each directory is one `dir` object, whose entries hold small values
// themselves (`val`) and refer to large ones (`valref`) and to other directories (`dirref`).
//
// Only directories that have changed since they were last written are written again.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "flux/services/content/blobs.hpp"
#include "flux/services/kvs/node.hpp"

namespace mc::flux::services::kvs {

class TreeBlobs {
 public:
  /// Finds the tree that a link into another namespace stands for; null: it is just a link.
  using Mounts = std::function<Node*(const Symlink&)>;
  /// Is told of blobs that are lost or damaged.
  using OnError = std::function<void(const std::string& text)>;

  TreeBlobs(content::Blobs& blobs, Mounts mounts, OnError onError)
      : blobs_(blobs), mounts_(std::move(mounts)), onError_(std::move(onError)) {}
  TreeBlobs(const TreeBlobs&) = delete;
  TreeBlobs& operator=(const TreeBlobs&) = delete;

  [[nodiscard]] content::Blobs& blobs() { return blobs_; }

  /// Stores a directory with all below it.
  content::Hash write(Node& directory);
  /// The object of a node with all below it that is not stored already.
  void encodeWhole(Node& node, std::string& out) { encodeEntry(node, true, out); }
  /// The same as one blob, apart from large values, and from now on it is fetched when needed and
  /// forgotten again: for trees that nobody has pointers into. False if somebody watches it.
  bool seal(Node& directory);
  /// A directory that is all in blobs already.
  [[nodiscard]] std::unique_ptr<Node> refer(const content::Hash& hash, bool forgettable = false);
  /// A value that is in blobs, one behind the other.
  [[nodiscard]] std::unique_ptr<Node> referValue(std::vector<content::Hash> hashes);

  /// Bytes of the directories that were written so far.
  [[nodiscard]] size_t writtenBytes() const { return writtenBytes_; }

  /// Forgets again what was fetched, the oldest first, but for the last few. `root` is the tree it
  /// hangs in. Must not be called while somebody holds pointers to it.
  void forgetOld(Node& root);
  /// Whether there is much to forget.
  [[nodiscard]] bool crowded() const { return fetched_.size() > kMaxFetched; }
  /// Is called when there is.
  void onFetch(std::function<void()> callback) { onFetch_ = std::move(callback); }

 private:
  class Stored;
  class StoredText;
  static constexpr size_t kMaxFetched = 64;

  void encode(Node& directory, bool inlineDirectories, std::string& out);
  void encodeEntry(Node& node, bool inlineDirectories, std::string& out);
  void encodeValue(const Node& node, std::string& out);
  void noteFetched(std::string path);
  std::optional<Directory> read(const content::Hash& hash);

  content::Blobs& blobs_;
  Mounts mounts_;
  OnError onError_;
  std::function<void()> onFetch_;
  size_t writtenBytes_ = 0;
  std::deque<std::string> fetched_;  // paths of forgettable directories
};

}  // namespace mc::flux::services::kvs
