#include "flux/services/kvs/node.hpp"

#include <algorithm>

namespace mc::flux::services::kvs {

namespace {

template <class Entries>
auto lowerBound(Entries& entries, std::string_view name) {
  // Job ids grow, so that new names mostly belong at the end.
  if (!entries.empty() && entries.back().name < name) return entries.end();
  return std::lower_bound(entries.begin(), entries.end(), name,
                          [](const auto& entry, std::string_view key) { return entry.name < key; });
}

}  // namespace

Node* Directory::find(std::string_view name) const {
  const auto at = lowerBound(entries_, name);
  return at != entries_.end() && at->name == name ? at->node.get() : nullptr;
}

Node& Directory::set(std::string_view name, std::unique_ptr<Node> node) {
  Node::touch(owner_);
  node->name_ = name;
  node->parent_ = owner_;
  auto at = lowerBound(entries_, name);
  if (at == entries_.end() || at->name != name) at = entries_.insert(at, Entry{});
  at->name = node->name_;
  at->node.swap(node);  // the old one goes when its place is taken
  return *at->node;
}

std::unique_ptr<Node> Directory::take(std::string_view name) {
  const auto at = lowerBound(entries_, name);
  if (at == entries_.end() || at->name != name) return nullptr;
  Node::touch(owner_);
  std::unique_ptr<Node> node = std::move(at->node);
  entries_.erase(at);
  node->parent_ = nullptr;
  return node;
}

Node::Node(Content content) : content_(std::move(content)) {
  adopt();
}

Node::~Node() {
  watchers_.emit(Change::Removed);
}

// Makes a directory in `content_` ours.
void Node::adopt() {
  auto* directory = std::get_if<Directory>(&content_);
  if (directory == nullptr) return;
  directory->owner_ = this;
  for (auto& [name, node] : directory->entries_) node->parent_ = this;
}

Directory* Node::directory() {
  if (const auto* stored = std::get_if<std::shared_ptr<const StoredDirectory>>(&content_)) {
    const std::shared_ptr<const StoredDirectory> source = *stored;
    auto loaded = source->load(*this);
    if (!loaded) return nullptr;
    loaded->stored_ = source;
    content_ = std::move(*loaded);
    adopt();
  }
  return std::get_if<Directory>(&content_);
}

// A directory has changed. Above one that differs from its copy all do.
void Node::touch(Node* directory) {
  for (; directory != nullptr; directory = directory->parent_) {
    auto* changed = std::get_if<Directory>(&directory->content_);
    if (changed == nullptr || !changed->stored_) return;
    changed->stored_.reset();
  }
}

const Symlink* Node::symlink() const {
  const auto* link = std::get_if<std::unique_ptr<const Symlink>>(&content_);
  return link ? link->get() : nullptr;
}

std::string Node::read() const {
  if (const auto* bytes = std::get_if<std::string>(&content_)) return *bytes;
  const auto* text = std::get_if<std::shared_ptr<const Text>>(&content_);
  return text ? (*text)->read() : std::string();
}

std::string_view Node::view(std::string& scratch) const {
  if (const auto* bytes = std::get_if<std::string>(&content_)) return *bytes;
  return scratch = read();
}

void Node::append(std::string_view bytes) {
  if (!std::holds_alternative<std::string>(content_)) content_ = read();
  std::get<std::string>(content_) += bytes;
  touch(parent_);
  watchers_.emit(Change::Appended);
}

void Node::replace(Content content) {
  content_ = std::move(content);
  touch(parent_);
  watchers_.emit(Change::Replaced);
}

void Node::shrink() {
  if (auto* bytes = std::get_if<std::string>(&content_)) bytes->shrink_to_fit();
  if (auto* directory = std::get_if<Directory>(&content_))
    for (auto& [name, node] : directory->entries_) node->shrink();
}

std::string Node::path() const {
  if (parent_ == nullptr) return {};
  std::string above = parent_->path();
  if (!above.empty()) above += '.';
  return above += name_;
}

std::shared_ptr<const StoredDirectory> Node::stored() const {
  if (const auto* stored = std::get_if<std::shared_ptr<const StoredDirectory>>(&content_))
    return *stored;
  const auto* directory = std::get_if<Directory>(&content_);
  return directory ? directory->stored_ : nullptr;
}

void Node::setStored(std::shared_ptr<const StoredDirectory> stored) {
  if (auto* directory = std::get_if<Directory>(&content_))
    directory->stored_ = std::move(stored);
  else if (isDirectory())
    content_ = std::move(stored);
}

bool Node::watched() const {
  if (!watchers_.empty()) return true;
  const auto* directory = std::get_if<Directory>(&content_);
  if (directory == nullptr) return false;
  return std::any_of(directory->entries_.begin(), directory->entries_.end(),
                     [](const auto& entry) { return entry.node->watched(); });
}

bool Node::unload() {
  auto source = stored();
  if (!source || watched()) return false;
  content_ = std::move(source);
  return true;
}

}  // namespace mc::flux::services::kvs
