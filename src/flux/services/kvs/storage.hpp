#pragma once
// The KVS with what keeps it: chosen by the broker's attributes, opened, and closed in good order.
//
// With an attribute `statedir` that the user has set (or `content.backing-path`) the primary
// namespace is kept in an SQLite database there; otherwise it ends with the broker.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <optional>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/content/blobs.hpp"
#include "flux/services/kvs/journal.hpp"
#include "flux/services/kvs/store.hpp"
#include "flux/services/kvs/tree_blobs.hpp"

namespace mc::flux::services::kvs {

class Storage {
 public:
  /// `host` outlives it. Fails, with the path of the database, where that can't be used.
  static base::Result<std::unique_ptr<Storage>> open(broker::Host& host);
  /// Writes what is not written yet.
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] content::Blobs& blobs() { return blobs_; }
  [[nodiscard]] TreeBlobs& tree() { return tree_; }
  /// Null if nothing is kept.
  [[nodiscard]] Journal* journal() { return journal_ ? &*journal_ : nullptr; }
  /// Takes over the archive that the attribute content.restore names, if the KVS is still empty.
  base::Status restore();
  /// Notes the start in admin.eventlog, after looking whether the last life ended in good order.
  void noteStart();
  /// Writes everything; later changes, those of the end of the services, are not kept.
  void close();

 private:
  Storage(broker::Host& host, std::unique_ptr<content::Backing> backing);
  void report(const std::string& text);
  void noteLife(std::string_view event);
  void dump();

  broker::Host& host_;
  content::Blobs blobs_;
  TreeBlobs tree_;
  Store store_;
  std::optional<Journal> journal_;
  bool closed_ = false;
  bool restored_ = false;  // from an archive
};

}  // namespace mc::flux::services::kvs
