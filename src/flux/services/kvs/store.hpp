#pragma once
// The KVS: named trees ("namespaces") of values, in memory on rank 0.
//
// It is the one place where data of jobs lives (RFC 16): job-manager, job-exec and job-info work on
// it directly, clients through the kvs service. What is kept over a restart is therefore decided
// here and nowhere else: the primary namespace is, with the namespaces of running jobs in it; all
// changes go to the Recorder (journal.hpp), if there is one.
//
// Keys are names joined by '.'; dots at the ends and repeated dots do not count, "." is the root.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.hpp"
#include "flux/services/kvs/node.hpp"
#include "flux/services/kvs/recorder.hpp"

namespace mc::flux::services::kvs {

constexpr std::string_view kPrimary = "primary";

/// The names in a key; views into it.
std::vector<std::string_view> splitKey(std::string_view key);
/// The key without needless dots.
std::string normalizeKey(std::string_view key);

/// Who waits for keys that do not exist yet, by namespace and key. The namespace may come later,
/// too.
class Creations {
 public:
  using Callback = std::function<void(Node&)>;
  [[nodiscard]] base::Watch wait(std::string_view ns, std::string_view key, Callback callback);
  void created(std::string_view ns, std::string_view key, Node& node);
  /// Keys that somebody waits for.
  [[nodiscard]] size_t size() const { return table_->size(); }

 private:
  struct Waiting;
  using Table = std::unordered_map<std::string, base::Signal<Node&>>;
  std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

class Namespace {
 public:
  Namespace(std::string name, uint32_t owner, std::shared_ptr<Creations> creations);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The user who may read and write it, beside the instance owner.
  [[nodiscard]] uint32_t owner() const { return owner_; }
  /// Whether this is a stored tree that nobody will change.
  [[nodiscard]] bool isSnapshot() const { return name_.empty(); }
  /// Grows with each change.
  [[nodiscard]] uint64_t sequence() const { return sequence_; }
  [[nodiscard]] Node& root() { return *root_; }

  /// The node of a key, links not followed; null if there is none.
  [[nodiscard]] Node* find(std::string_view key);

  /// Writes a value, directory or link, making the directories above it; a value in the way is
  /// replaced by a directory. EINVAL for the root and where the way leads through a link.
  base::Result<Node*> put(std::string_view key, Node::Content content);
  /// Appends to a value, which is made if there is none. Also EISDIR if the key is a directory.
  base::Result<Node*> append(std::string_view key, std::string_view bytes);
  /// The same for a value of this namespace that the caller has at hand.
  void append(Node& value, std::string_view bytes);
  /// Removes a key with all below it; a missing one is no error, as in Flux.
  base::Status unlink(std::string_view key);
  /// The same, and directories above that are empty then go with it.
  void prune(std::string_view key);
  /// Puts a whole tree in place.
  base::Status graft(std::string_view key, std::unique_ptr<Node> tree);
  /// Nothing below `key` changes often any more, and nobody keeps pointers into it: it need not
  /// stay in memory. `now`: it goes at once, because nobody has a pointer just for the moment
  /// either.
  void seal(std::string_view key, bool now = false);
  /// The whole tree, leaving an empty one: the namespace is about to be removed.
  std::unique_ptr<Node> close();
  [[nodiscard]] bool closed() const { return closed_; }

  /// Starts with a stored tree, as it was after `sequence` changes.
  void restore(std::unique_ptr<Node> root, uint64_t sequence);
  /// Tells `recorder` of all changes from now on, with `prefix` before the keys. Null: nobody.
  void record(Recorder* recorder, std::string prefix = {});
  /// Where in the primary namespace this one is kept; empty: nowhere, or it is the primary one.
  [[nodiscard]] const std::string& prefix() const { return prefix_; }

  /// Calls back after each change.
  [[nodiscard]] base::Watch onChange(std::function<void()> callback) {
    return changes_.connect(std::move(callback));
  }

 private:
  base::Result<Directory*> parentOf(const std::vector<std::string_view>& names);
  void changed();
  [[nodiscard]] std::string recorded(std::string_view key) const;

  std::string name_;
  uint32_t owner_;
  std::shared_ptr<Creations> creations_;
  uint64_t sequence_ = 0;
  bool closed_ = false;
  std::unique_ptr<Node> root_;
  base::Signal<> changes_;
  Recorder* recorder_ = nullptr;
  std::string prefix_;
};

class Store {
 public:
  /// The primary namespace belongs to `owner`.
  explicit Store(uint32_t owner);

  [[nodiscard]] Namespace& primary() { return *primary_; }
  /// Null if there is none of that name.
  [[nodiscard]] Namespace* find(std::string_view name);
  /// EEXIST, or EINVAL for an empty name.
  base::Result<Namespace*> create(std::string_view name, uint32_t owner);
  /// Removes a namespace and returns its tree. ENOTSUP for the primary one and for unknown ones.
  base::Result<std::unique_ptr<Node>> remove(std::string_view name);
  [[nodiscard]] std::vector<Namespace*> namespaces();

  /// Creates a namespace whose content belongs to `key` of the primary one: a link leads there.
  base::Result<Namespace*> mount(std::string_view name, uint32_t owner, std::string_view key);
  /// Ends it; its content takes the link's place.
  void unmount(std::string_view name);
  /// Tells `recorder` of all changes in the primary namespace and those mounted there.
  void record(Recorder* recorder);
  [[nodiscard]] Recorder* recorder() const { return recorder_; }

  /// The node of a key, links followed (the last one only if `followLast`). ENOENT, ENOTDIR; ELOOP
  /// after 10 links; ENOTSUP if a link leads to a namespace that is gone.
  base::Result<Node*> resolve(Namespace& ns, std::string_view key, bool followLast = true);

  /// Calls back once the value `key` of the namespace `ns` comes into being.
  [[nodiscard]] base::Watch onCreate(std::string_view ns, std::string_view key,
                                     Creations::Callback callback) {
    return creations_->wait(ns, key, std::move(callback));
  }

 private:
  std::shared_ptr<Creations> creations_ = std::make_shared<Creations>();
  std::map<std::string, std::unique_ptr<Namespace>, std::less<>> namespaces_;
  Namespace* primary_;
  Recorder* recorder_ = nullptr;
};

}  // namespace mc::flux::services::kvs
