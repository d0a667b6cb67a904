#pragma once
// The content service (RFC 10): blobs by their hash, and the checkpoint of the KVS (RFC 11).
//
// On rank 0 it holds all content; requests from other ranks come up to it. `content-backing`, the
// service of a backing store, answers the same requests.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/kvs/journal.hpp"

namespace mc::flux::services::content {

class ContentService final : public broker::Service {
 public:
  /// `blobs` and `store` outlive the service; `journal` as well, or null without a backing store.
  ContentService(std::string name, Blobs& blobs, kvs::Journal* journal)
      : name_(std::move(name)), blobs_(blobs), journal_(journal) {}

  [[nodiscard]] std::string name() const override { return name_; }
  void handle(const broker::Request& request) override;

 private:
  base::Status answer(const broker::Request& request);
  base::Status load(const broker::Request& request) const;
  base::Status store(const broker::Request& request);
  base::Status validate(const broker::Request& request) const;
  base::Status checkpointGet(const broker::Request& request) const;
  base::Status checkpointPut(const broker::Request& request);
  base::Status flush(const broker::Request& request);

  std::string name_;
  Blobs& blobs_;
  kvs::Journal* journal_;
};

}  // namespace mc::flux::services::content
