#pragma once
// Takes a List answer apart while it comes in: each item by itself, so that a list of any length
// needs memory for one item. Internal to http_client.hpp.
//
// Thread-safety: one thread at a time.

#include <functional>
#include <string>
#include <string_view>

#include "kube/json.hpp"

namespace mc::kube {

class ListReader {
 public:
  explicit ListReader(std::function<void(Object)> onItem) : onItem_(std::move(onItem)) {}

  /// The next piece of the answer. BadResponse if an item is no object, or far too large.
  Status feed(std::string_view piece);

  /// At the answer's end: the list without its items.
  Result<Object> finish() const;

 private:
  Status take(char c);
  Status takeItem(char c);
  void takeOutside(char c);
  void takeInText(char c);
  Status item();
  std::string& target() { return inItem_ ? item_ : envelope_; }

  std::function<void(Object)> onItem_;
  std::string envelope_;
  std::string item_;
  std::string key_;      ///< the last text at depth 1
  int depth_ = 0;        ///< of objects and arrays in each other
  bool inText_ = false;  ///< between quotes
  bool escaped_ = false;
  bool afterColon_ = false;  ///< at depth 1: a value comes, not a key
  bool inItems_ = false;     ///< in the array of items
  bool inItem_ = false;      ///< in one of them
};

}  // namespace mc::kube
