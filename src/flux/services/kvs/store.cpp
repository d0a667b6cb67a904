#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::kvs {

namespace {

constexpr int kMaxLinks = 10;

std::string joinNames(const std::vector<std::string_view>& names, size_t from = 0) {
  std::string out;
  for (size_t i = from; i < names.size(); ++i) {
    if (!out.empty()) out += '.';
    out += names[i];
  }
  return out;
}

std::string waitingKey(std::string_view ns, std::string_view key) {
  return std::string(ns) + '\n' + normalizeKey(key);
}

}  // namespace

std::vector<std::string_view> splitKey(std::string_view key) {
  std::vector<std::string_view> names;
  while (!key.empty()) {
    const size_t dot = key.find('.');
    if (dot != 0) names.push_back(key.substr(0, dot));
    key.remove_prefix(dot == std::string_view::npos ? key.size() : dot + 1);
  }
  return names;
}

std::string normalizeKey(std::string_view key) {
  return joinNames(splitKey(key));
}

// Leaves the table's entry behind when the last one who waits for its key has left.
struct Creations::Waiting final : base::Registration {
  ~Waiting() override {
    connection.reset();
    const auto owner = table.lock();
    if (!owner) return;
    const auto at = owner->find(key);
    if (at != owner->end() && at->second.empty()) owner->erase(at);
  }
  std::weak_ptr<Table> table;
  std::string key;
  base::Watch connection;
};

base::Watch Creations::wait(std::string_view ns, std::string_view key, Callback callback) {
  auto waiting = std::make_unique<Waiting>();
  waiting->table = table_;
  waiting->key = waitingKey(ns, key);
  waiting->connection = (*table_)[waiting->key].connect(std::move(callback));
  return waiting;
}

void Creations::created(std::string_view ns, std::string_view key, Node& node) {
  if (table_->empty()) return;
  const std::string waitedFor = waitingKey(ns, key);
  const auto at = table_->find(waitedFor);
  if (at == table_->end()) return;
  const base::Signal<Node&> signal = at->second;  // callbacks may erase the entry
  signal.emit(node);
  if (signal.empty()) table_->erase(waitedFor);
}

Namespace::Namespace(std::string name, uint32_t owner, std::shared_ptr<Creations> creations)
    : name_(std::move(name)),
      owner_(owner),
      creations_(std::move(creations)),
      root_(std::make_unique<Node>(Directory())) {}

Node* Namespace::find(std::string_view key) {
  Node* node = root_.get();
  for (const std::string_view name : splitKey(key)) {
    const Directory* directory = node->directory();
    node = directory ? directory->find(name) : nullptr;
    if (node == nullptr) return nullptr;
  }
  return node;
}

base::Result<Directory*> Namespace::parentOf(const std::vector<std::string_view>& names) {
  if (names.empty()) return base::fail(EINVAL, "the root of a namespace can't be written to");
  Directory* directory = root_->directory();
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    Node* next = directory->find(names[i]);
    if (next != nullptr && next->symlink() != nullptr)
      return base::fail(EINVAL, "can't write through the link '" + std::string(names[i]) + "'");
    if (next == nullptr || next->directory() == nullptr)
      next = &directory->set(names[i], std::make_unique<Node>(Directory()));
    directory = next->directory();
  }
  return directory;
}

std::string Namespace::recorded(std::string_view key) const {
  if (prefix_.empty()) return std::string(key);
  return std::string(prefix_).append(1, '.').append(key);
}

void Namespace::restore(std::unique_ptr<Node> root, uint64_t sequence) {
  root_ = std::move(root);
  sequence_ = sequence;
}

void Namespace::record(Recorder* recorder, std::string prefix) {
  recorder_ = recorder;
  prefix_ = std::move(prefix);
}

void Namespace::changed() {
  ++sequence_;
  if (recorder_ != nullptr && !prefix_.empty()) recorder_->mountChanged(prefix_);
  changes_.emit();
}

base::Result<Node*> Namespace::put(std::string_view key, Node::Content content) {
  const auto names = splitKey(key);
  MC_TRY_ASSIGN(Directory * directory, parentOf(names));
  Node* node = directory->find(names.back());
  const bool isNew = node == nullptr || !node->isValue() || content.index() >= 2;
  if (isNew)
    node = &directory->set(names.back(), std::make_unique<Node>(std::move(content)));
  else
    node->replace(std::move(content));
  if (recorder_ != nullptr) recorder_->put(recorded(key), *node);
  changed();
  if (isNew && node->isValue()) creations_->created(name_, key, *node);
  return node;
}

base::Result<Node*> Namespace::append(std::string_view key, std::string_view bytes) {
  const auto names = splitKey(key);
  MC_TRY_ASSIGN(Directory * directory, parentOf(names));
  Node* node = directory->find(names.back());
  if (node == nullptr) return put(key, std::string(bytes));
  if (node->directory() != nullptr)
    return base::fail(EISDIR, "can't append to the directory '" + std::string(key) + "'");
  if (node->symlink() != nullptr)
    return base::fail(EINVAL, "can't append to the link '" + std::string(key) + "'");
  append(*node, bytes);
  return node;
}

void Namespace::append(Node& value, std::string_view bytes) {
  value.append(bytes);
  if (recorder_ != nullptr) recorder_->append(recorded(value.path()), bytes);
  changed();
}

base::Status Namespace::unlink(std::string_view key) {
  const auto names = splitKey(key);
  if (names.empty()) return base::fail(EINVAL, "the root of a namespace can't be removed");
  Node* parent = find(joinNames({names.begin(), names.end() - 1}));
  Directory* directory = parent ? parent->directory() : nullptr;
  if (directory == nullptr) return {};
  const auto gone = directory->take(names.back());
  if (!gone) return {};
  if (recorder_ != nullptr) recorder_->unlink(recorded(key));
  changed();
  return {};
}

void Namespace::prune(std::string_view key) {
  auto names = splitKey(key);
  while (unlink(joinNames(names)) && names.size() > 1) {
    names.pop_back();
    const Node* parent = find(joinNames(names));
    const Directory* directory = parent ? parent->directory() : nullptr;
    if (directory == nullptr || !directory->entries().empty()) return;
  }
}

base::Status Namespace::graft(std::string_view key, std::unique_ptr<Node> tree) {
  const auto names = splitKey(key);
  MC_TRY_ASSIGN(Directory * directory, parentOf(names));
  Node& node = directory->set(names.back(), std::move(tree));
  if (recorder_ != nullptr) recorder_->put(recorded(key), node);
  changed();
  return {};
}

void Namespace::seal(std::string_view key, bool now) {
  if (recorder_ != nullptr) return recorder_->seal(recorded(key), now);
  Node* node = find(key);
  if (node == nullptr) return;
  node->shrink();
  node->markSealed();
}

std::unique_ptr<Node> Namespace::close() {
  closed_ = true;
  changed();
  return std::exchange(root_, std::make_unique<Node>(Directory()));
}

Store::Store(uint32_t owner) {
  auto primary = std::make_unique<Namespace>(std::string(kPrimary), owner, creations_);
  primary_ = primary.get();
  namespaces_.emplace(kPrimary, std::move(primary));
}

Namespace* Store::find(std::string_view name) {
  const auto at = namespaces_.find(name);
  return at == namespaces_.end() ? nullptr : at->second.get();
}

base::Result<Namespace*> Store::create(std::string_view name, uint32_t owner) {
  if (name.empty()) return base::fail(EINVAL, "a KVS namespace needs a name");
  const auto [at, isNew] = namespaces_.try_emplace(std::string(name));
  if (!isNew) return base::fail(EEXIST, "KVS namespace '" + std::string(name) + "' exists already");
  at->second = std::make_unique<Namespace>(std::string(name), owner, creations_);
  return at->second.get();
}

base::Result<std::unique_ptr<Node>> Store::remove(std::string_view name) {
  const auto at = namespaces_.find(name);
  if (at == namespaces_.end() || at->second.get() == primary_)
    return base::fail(ENOTSUP, "no KVS namespace '" + std::string(name) + "' that can be removed");
  std::unique_ptr<Node> tree = at->second->close();
  namespaces_.erase(at);
  return tree;
}

std::vector<Namespace*> Store::namespaces() {
  std::vector<Namespace*> out;
  out.reserve(namespaces_.size());
  for (const auto& [name, ns] : namespaces_) out.push_back(ns.get());
  return out;
}

base::Result<Namespace*> Store::mount(std::string_view name, uint32_t owner, std::string_view key) {
  MC_TRY_ASSIGN(Namespace * ns, create(name, owner));
  // The link is not recorded: instead of it there is what it leads to.
  primary_->record(nullptr);
  auto link = std::make_unique<Symlink>(Symlink{std::string(name), "."});
  const auto linked = primary_->put(key, std::unique_ptr<const Symlink>(std::move(link)));
  primary_->record(recorder_);
  if (!linked) {
    (void)remove(name);
    return base::pass(linked.error());
  }
  ns->record(recorder_, std::string(key));
  if (recorder_ != nullptr) recorder_->put(std::string(key), ns->root());
  return ns;
}

void Store::unmount(std::string_view name) {
  Namespace* ns = find(name);
  if (ns == nullptr || ns == primary_) return;
  const std::string key = ns->prefix();
  auto tree = remove(name);
  if (!tree || key.empty()) return;
  primary_->record(nullptr);
  (void)primary_->graft(key, std::move(*tree));
  primary_->record(recorder_);
}

void Store::record(Recorder* recorder) {
  recorder_ = recorder;
  for (auto& [name, ns] : namespaces_)
    if (ns.get() == primary_ || !ns->prefix().empty()) ns->record(recorder, ns->prefix());
}

base::Result<Node*> Store::resolve(Namespace& ns, std::string_view key, bool followLast) {
  Namespace* at = &ns;
  std::string path(key);
  for (int links = 0; links <= kMaxLinks; ++links) {
    const auto names = splitKey(path);
    Node* node = &at->root();
    size_t i = 0;
    for (; i < names.size() && node->symlink() == nullptr; ++i) {
      const Directory* directory = node->directory();
      if (directory == nullptr) return base::fail(ENOTDIR, "part of the key is no directory");
      node = directory->find(names[i]);
      if (node == nullptr) return base::fail(ENOENT, "no such key");
    }
    const Symlink* link = node->symlink();
    if (link == nullptr || (i == names.size() && !followLast)) return node;
    if (!link->ns.empty()) at = find(link->ns);
    if (at == nullptr) return base::fail(ENOTSUP, "a link leads to a namespace that is gone");
    path = link->target + '.' + joinNames(names, i);
  }
  return base::fail(ELOOP, "too many links");
}

}  // namespace mc::flux::services::kvs
