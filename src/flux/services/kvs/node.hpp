#pragma once
// The tree of a KVS namespace: directories, values and symbolic links.
//
// Built for many small trees that are written once and then kept: a directory is a sorted vector, a
// node without watchers has no room for them, and appending to a value is amortized O(bytes
// appended).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/loop.hpp"
#include "base/signal.hpp"

namespace mc::flux::services::kvs {

class Node;

/// The bytes of a value that are kept elsewhere, or made from something else, until they are read.
class Text {
 public:
  virtual ~Text() = default;
  [[nodiscard]] virtual std::string read() const = 0;
};

/// Names a key, in another namespace or (empty) in that of the link.
struct Symlink {
  std::string ns;
  std::string target;
};

class Directory {
 public:
  struct Entry {
    std::string name;
    std::unique_ptr<Node> node;
  };

  [[nodiscard]] Node* find(std::string_view name) const;
  /// Puts `node` in place, instead of one of that name, and returns it.
  Node& set(std::string_view name, std::unique_ptr<Node> node);
  /// The node taken out; null if there was none.
  std::unique_ptr<Node> take(std::string_view name);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  // sorted by name
};

/// How a value has changed.
enum class Change { Appended, Replaced, Removed };

class Node {
 public:
  using Content = std::variant<std::string, std::shared_ptr<const Text>, Directory,
                               std::unique_ptr<const Symlink>>;

  explicit Node(Content content) : content_(std::move(content)) {}
  /// Tells the watchers that the value is gone.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] Directory* directory() { return std::get_if<Directory>(&content_); }
  [[nodiscard]] const Directory* directory() const { return std::get_if<Directory>(&content_); }
  [[nodiscard]] const Symlink* symlink() const;
  [[nodiscard]] bool isValue() const { return content_.index() < 2; }

  /// The bytes of a value; empty for other nodes.
  [[nodiscard]] std::string read() const;
  /// The same without a copy where the value is kept here; `scratch` holds it otherwise.
  [[nodiscard]] std::string_view view(std::string& scratch) const;

  /// Only for values.
  void append(std::string_view bytes);
  void replace(Content content);
  /// Gives unused room back, for a value that is not appended to any more.
  void shrink();

  /// Calls back for each change, also when the node goes away.
  [[nodiscard]] base::Watch watch(std::function<void(Change)> callback) {
    return watchers_.connect(std::move(callback));
  }

 private:
  Content content_;
  base::Signal<Change> watchers_;
};

}  // namespace mc::flux::services::kvs
