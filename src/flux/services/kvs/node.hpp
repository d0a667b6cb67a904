#pragma once
// The tree of a KVS namespace: directories, values and symbolic links.
//
// Built for many small trees that are written once and then kept: a directory is a sorted vector, a
// node without watchers has no room for them, and appending to a value is amortized O(bytes
// appended). A directory may be kept elsewhere until somebody looks into it, and again after that.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/loop.hpp"
#include "base/signal.hpp"
#include "flux/services/content/blob.hpp"

namespace mc::flux::services::kvs {

class Directory;
class Node;

/// The bytes of a value that are kept elsewhere, or made from something else, until they are read.
class Text {
 public:
  virtual ~Text() = default;
  [[nodiscard]] virtual std::string read() const = 0;
};

/// A directory that is kept elsewhere.
class StoredDirectory {
 public:
  explicit StoredDirectory(const content::Hash& hash) : hash_(hash) {}
  virtual ~StoredDirectory() = default;
  /// Fetches it for `node`. Nothing if it is lost, which was logged then.
  [[nodiscard]] virtual std::optional<Directory> load(Node& node) const = 0;
  [[nodiscard]] const content::Hash& hash() const { return hash_; }

 private:
  content::Hash hash_;
};

/// Names a key, in another namespace or (empty) in that of the link.
struct Symlink {
  std::string ns;
  std::string target;
};

class Directory {
 public:
  struct Entry {
    std::string_view name;  ///< the node's
    std::unique_ptr<Node> node;
  };

  [[nodiscard]] Node* find(std::string_view name) const;
  /// Puts `node` in place, instead of one of that name, and returns it.
  Node& set(std::string_view name, std::unique_ptr<Node> node);
  /// The node taken out; null if there was none.
  std::unique_ptr<Node> take(std::string_view name);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  friend class Node;
  std::vector<Entry> entries_;  // sorted by name
  Node* owner_ = nullptr;
  std::shared_ptr<const StoredDirectory> stored_;  // what this is a copy of; null: of nothing
};

/// How a value has changed.
enum class Change { Appended, Replaced, Removed };

class Node {
 public:
  using Content =
      std::variant<std::string, std::shared_ptr<const Text>, Directory,
                   std::unique_ptr<const Symlink>, std::shared_ptr<const StoredDirectory>>;

  explicit Node(Content content);
  /// Tells the watchers that the value is gone.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Null if this is no directory, or one that is lost. Fetches a directory that is elsewhere.
  [[nodiscard]] Directory* directory();
  [[nodiscard]] const Directory* directory() const { return const_cast<Node*>(this)->directory(); }
  /// The same without fetching.
  [[nodiscard]] bool isDirectory() const { return content_.index() == 2 || content_.index() == 4; }
  [[nodiscard]] const Symlink* symlink() const;
  [[nodiscard]] bool isValue() const { return content_.index() < 2; }

  /// The bytes of a value; empty for other nodes.
  [[nodiscard]] std::string read() const;
  /// The same without a copy where the value is kept here; `scratch` holds it otherwise.
  [[nodiscard]] std::string_view view(std::string& scratch) const;

  /// Only for values.
  void append(std::string_view bytes);
  void replace(Content content);
  /// Gives unused room back in a value, or in all values below, that are not appended to any more.
  void shrink();

  /// Where it hangs: names from the root of its tree on, joined by '.'.
  [[nodiscard]] std::string path() const;
  /// What a directory is a copy of, or is to be fetched from; null if it has changed since.
  [[nodiscard]] std::shared_ptr<const StoredDirectory> stored() const;
  /// A directory is kept in `stored` as well now.
  void setStored(std::shared_ptr<const StoredDirectory> stored);
  /// Nobody will keep pointers into this directory any more.
  void markSealed() { sealed_ = true; }
  [[nodiscard]] bool isSealed() const { return sealed_; }
  /// Forgets a directory that is kept elsewhere, unless somebody watches something in it.
  bool unload();
  /// What a link here stands for has changed, though the link itself has not.
  void noteChange() { touch(parent_); }
  /// Whether somebody watches it or something below it.
  [[nodiscard]] bool watched() const;

  /// Calls back for each change, also when the node goes away.
  [[nodiscard]] base::Watch watch(std::function<void(Change)> callback) {
    return watchers_.connect(std::move(callback));
  }

 private:
  friend class Directory;
  void adopt();
  static void touch(Node* directory);

  Content content_;
  base::Signal<Change> watchers_;
  std::string name_;
  Node* parent_ = nullptr;
  bool sealed_ = false;
};

}  // namespace mc::flux::services::kvs
