#include "flux/services/kvs/journal.hpp"

#include <malloc.h>

#include <algorithm>

#include "flux/formats/json.hpp"
#include "flux/services/kvs/tree_object.hpp"

namespace mc::flux::services::kvs {

namespace {

namespace json = boost::json;
using content::Hash;

constexpr size_t kMinJournal = size_t{16} << 20;    // bytes before a checkpoint is worth it
constexpr size_t kTreeShare = 4;                    // records may be this often the tree's size
constexpr size_t kMaxPending = size_t{4} << 20;     // bytes that are written without further delay
constexpr int kWriteShare = 4;                      // writing takes at most one part in so many
constexpr std::chrono::milliseconds kMaxPause{20};  // longest delay of an answer by that
constexpr size_t kTrimAfter = 1000;                 // trees that left memory in small pieces
constexpr std::chrono::seconds kRetry{1};           // where there was no room, say

}  // namespace

Journal::Journal(base::Loop& loop, Store& store, TreeBlobs& tree, OnError onError)
    : loop_(loop),
      store_(store),
      tree_(tree),
      backing_(*tree.blobs().backing()),
      onError_(std::move(onError)) {
  tree_.onFetch([this] { schedule(); });
}

Journal::~Journal() {
  tree_.onFetch({});
  if (store_.recorder() == this) store_.record(nullptr);
}

// Opening.

base::Status Journal::open() {
  MC_TRY(openCheckpoint());
  MC_TRY(backing_.readJournal([this](std::string_view records) { return replay(records); }));
  store_.record(this);
  return {};
}

base::Status Journal::openCheckpoint() {
  const auto text = backing_.checkpoint(kCheckpoint);
  if (!text && text.error().errnum == ENOENT) return {};
  if (!text) return base::pass(text.error());
  const auto bad = [](const std::string& why) {
    return base::fail(EIO, "checkpoint " + std::string(kCheckpoint) + ": " + why);
  };
  const auto value = formats::parseJsonObject(*text);
  const auto* ref = value ? formats::findString(*value, "rootref") : nullptr;
  const auto root = ref ? content::parseBlobref(*ref) : std::nullopt;
  if (!root) return bad("no root reference in it");
  auto node = tree_.refer(*root);
  if (node->directory() == nullptr) return bad("the root directory is lost");
  const auto* sequence = formats::find(*value, "sequence");
  const int64_t number = sequence ? formats::toInteger(*sequence).value_or(0) : 0;
  store_.primary().restore(std::move(node), static_cast<uint64_t>(std::max<int64_t>(number, 0)));
  return {};
}

base::Status Journal::replay(std::string_view records) {
  journalBytes_ += records.size();
  while (!records.empty()) {
    MC_TRY_ASSIGN(const Record record, takeRecord(records));
    MC_TRY(apply(record).prefixed("journal: " + std::string(record.key)));
  }
  return {};
}

base::Status Journal::apply(const Record& record) {
  Namespace& primary = store_.primary();
  switch (record.kind) {
    case RecordKind::Value:
      MC_TRY(primary.put(record.key, std::string(record.data)));
      return {};
    case RecordKind::Append:
      MC_TRY(primary.append(record.key, record.data));
      return {};
    case RecordKind::Unlink:
      return primary.unlink(record.key);
    case RecordKind::Tree: {
      MC_TRY_ASSIGN(const json::value object, formats::parseJson(record.data));
      MC_TRY_ASSIGN(std::unique_ptr<Node> tree, fromTreeObject(object, &tree_));
      return primary.graft(record.key, std::move(tree));
    }
    case RecordKind::Directory: {
      const auto hash = content::hashFromBytes(record.data);
      if (!hash) return base::fail(EIO, "the journal is damaged");
      return primary.graft(record.key, tree_.refer(*hash, true));
    }
  }
  return base::fail(EIO, "the journal is damaged");
}

// Recording.

void Journal::record(RecordKind kind, std::string_view key, std::string_view data) {
  appendRecord({kind, key, data}, pending_);
  schedule();
}

void Journal::put(const std::string& key, Node& node) {
  if (node.isValue()) {
    std::string scratch;
    return record(RecordKind::Value, key, node.view(scratch));
  }
  std::string object;
  tree_.encodeWhole(node, object);
  record(RecordKind::Tree, key, object);
}

void Journal::append(const std::string& key, std::string_view bytes) {
  record(RecordKind::Append, key, bytes);
}

void Journal::unlink(const std::string& key) {
  record(RecordKind::Unlink, key, {});
}

void Journal::mountChanged(const std::string& key) {
  // Without a checkpoint since the job's start its directory is to be written anyway.
  if (Node* link = store_.primary().find(key)) link->noteChange();
}

void Journal::seal(const std::string& key, bool now) {
  if (!now || !sealOne(key)) seals_.push_back(key);
  sealsTried_ = false;
  schedule();
}

// False if it has to wait, because it is watched.
bool Journal::sealOne(const std::string& key) {
  Node* node = store_.primary().find(key);
  if (node == nullptr || !node->isDirectory()) return true;
  const auto before = node->stored();
  if (!tree_.seal(*node)) return false;
  const Hash& hash = node->stored()->hash();
  if (!before || before->hash() != hash)
    appendRecord({RecordKind::Directory, key, content::bytesOf(hash)}, pending_);
  return true;
}

void Journal::sealAll() {
  sealedCount_ += std::erase_if(seals_, [this](const std::string& key) { return sealOne(key); });
  if (sealedCount_ < kTrimAfter) return;
  sealedCount_ = 0;
  ::malloc_trim(0);
}

// Writing.

void Journal::schedule() {
  if (std::exchange(scheduled_, true)) return;
  const auto now = loop_.clock().steady();
  if (now < writtenAt_ + pause_ && pending_.size() < kMaxPending) {
    timer_ = loop_.after(writtenAt_ + pause_ - now, [this] { onTurn(); });
    return;
  }
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.lock()) onTurn();
  });
}

void Journal::onTurn() {
  if (!scheduled_) return;
  (void)flush();  // onError_ has been told, and it is tried again with the next change
}

void Journal::whenWritten(std::function<void()> callback) {
  if (!scheduled_) return callback();
  callbacks_.push_back(std::move(callback));
}

base::Status Journal::flush() {
  timer_.reset();
  const auto start = loop_.clock().steady();
  sealAll();
  const bool full =
      journalBytes_ + pending_.size() > std::max(kMinJournal, kTreeShare * treeBytes_);
  const auto status = write(full);
  writtenAt_ = loop_.clock().steady();
  pause_ = std::min<std::chrono::nanoseconds>((kWriteShare - 1) * (writtenAt_ - start), kMaxPause);
  scheduled_ = false;
  if (!status) timer_ = loop_.after(kRetry, [this] { schedule(); });
  // Who watched has mostly gone by the next turn.
  if (!seals_.empty() && !std::exchange(sealsTried_, true)) schedule();
  if (tree_.crowded()) tree_.forgetOld(store_.primary().root());
  answer();
  return status;
}

base::Status Journal::checkpoint() {
  sealAll();
  return write(true);
}

base::Status Journal::close() {
  const auto status = journalBytes_ + pending_.size() > 0 ? checkpoint() : flush();
  scheduled_ = false;
  answer();
  return status;
}

void Journal::answer() {
  for (const auto& callback : std::exchange(callbacks_, {})) callback();
}

base::Status Journal::write(bool withCheckpoint) {
  if (pending_.empty() && !tree_.blobs().dirty() && !withCheckpoint) return {};
  const size_t before = tree_.writtenBytes();
  const auto status = transact([&]() -> base::Status {
    if (withCheckpoint) {
      const Hash root = tree_.write(store_.primary().root());
      MC_TRY(backing_.setCheckpoint(kCheckpoint, checkpointValue(root)));
      MC_TRY(backing_.clearJournal());
    } else if (!pending_.empty()) {
      MC_TRY(backing_.appendJournal(pending_));
    }
    return tree_.blobs().write();
  });
  if (!status) return status;
  tree_.blobs().written();
  journalBytes_ = withCheckpoint ? 0 : journalBytes_ + pending_.size();
  if (withCheckpoint) treeBytes_ = tree_.writtenBytes() - before;
  pending_.clear();
  return {};
}

base::Status Journal::transact(const std::function<base::Status()>& changes) {
  auto status = backing_.begin();
  if (status) status = changes();
  if (status) status = backing_.commit();
  if (!status) backing_.rollback();
  const bool failed = !status;
  if (failed != std::exchange(failing_, failed))
    onError_(failed ? status.error().message : std::string());
  return status;
}

base::Status Journal::setCheckpoint(std::string_view key, std::string_view value) {
  return transact([&] { return backing_.setCheckpoint(key, value); });
}

std::string Journal::checkpointValue(const Hash& root) const {
  return formats::toJson(json::object{{"version", 1},
                                      {"rootref", content::blobref(root)},
                                      {"sequence", store_.primary().sequence()},
                                      {"timestamp", loop_.clock().wall()}});
}

}  // namespace mc::flux::services::kvs
