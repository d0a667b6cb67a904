#pragma once
// Keeps the primary namespace of the KVS over the end of the process.
//
// Each change is a record (record.hpp). The records of a turn of the loop are written together, in
// one transaction; under load the turns are joined so that writing takes a quarter of the time at
// most. From time to time the whole tree is written as blobs (tree_blobs.hpp) instead, with the
// checkpoint "kvs-primary" (RFC 11) that names its root, and the journal starts anew. That is done
// after so many records that the tree's directories, which grow with the number of jobs, do not
// cost more than a part of what the records did.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "flux/services/content/blobs.hpp"
#include "flux/services/kvs/record.hpp"
#include "flux/services/kvs/recorder.hpp"
#include "flux/services/kvs/store.hpp"
#include "flux/services/kvs/tree_blobs.hpp"

namespace mc::flux::services::kvs {

constexpr std::string_view kCheckpoint = "kvs-primary";

class Journal final : public Recorder {
 public:
  /// Is told, once each, of an error in writing and of its end (an empty text).
  using OnError = std::function<void(const std::string& text)>;

  /// All outlive the journal; `tree` has a backing store.
  Journal(base::Loop& loop, Store& store, TreeBlobs& tree, OnError onError);
  /// Records nothing any more.
  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Gives the store the content that it had, and records its changes from then on.
  base::Status open();
  /// Writes everything, with a checkpoint, so that the next start is quick.
  base::Status close();

  /// Calls back, in the order of the calls, once all changes so far are written: now if they are.
  void whenWritten(std::function<void()> callback);
  /// Whether a change, or a callback, is waiting.
  [[nodiscard]] bool waiting() const { return scheduled_; }
  /// Something is to be written at the end of the turn.
  void schedule();
  /// Writes now.
  base::Status flush();
  /// The same with a checkpoint of the whole tree.
  base::Status checkpoint();
  base::Status setCheckpoint(std::string_view key, std::string_view value);
  /// Whether writing fails at present (ENOSPC ...): changes are in memory only.
  [[nodiscard]] bool failing() const { return failing_; }

  void put(const std::string& key, Node& node) override;
  void append(const std::string& key, std::string_view bytes) override;
  void unlink(const std::string& key) override;
  void mountChanged(const std::string& key) override;
  void seal(const std::string& key, bool now) override;

 private:
  void record(RecordKind kind, std::string_view key, std::string_view data);
  base::Status replay(std::string_view records);
  base::Status apply(const Record& record);
  base::Status openCheckpoint();
  bool sealOne(const std::string& key);
  void sealAll();
  base::Status write(bool withCheckpoint);
  base::Status transact(const std::function<base::Status()>& changes);
  [[nodiscard]] std::string checkpointValue(const content::Hash& root) const;
  void onTurn();
  void answer();

  base::Loop& loop_;
  Store& store_;
  TreeBlobs& tree_;
  content::Backing& backing_;
  OnError onError_;
  std::string pending_;             // records that are not written yet
  std::vector<std::string> seals_;  // keys
  bool sealsTried_ = false;         // a second time
  size_t sealedCount_ = 0;          // since memory was given back to the system
  std::vector<std::function<void()>> callbacks_;
  size_t journalBytes_ = 0;  // since the last checkpoint
  size_t treeBytes_ = 0;     // of the last checkpoint
  bool scheduled_ = false;
  bool failing_ = false;
  std::chrono::steady_clock::time_point writtenAt_{};
  std::chrono::nanoseconds pause_{0};
  base::Watch timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for posted callbacks
};

}  // namespace mc::flux::services::kvs
