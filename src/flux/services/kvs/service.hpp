#pragma once
// The kvs service: commit, lookup and namespaces for clients.
//
// The instance owner may use every namespace, a guest its own.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <map>
#include <memory>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/kvs/journal.hpp"
#include "flux/services/kvs/store.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services::kvs {

class KvsService final : public broker::Service {
 public:
  /// All outlive the service. Without `tree` references to blobs are refused, without `journal`
  /// nothing is kept.
  explicit KvsService(Store& store, TreeBlobs* tree = nullptr, Journal* journal = nullptr);

  [[nodiscard]] std::string name() const override { return "kvs"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

 private:
  using Payload = boost::json::object;
  base::Result<Namespace*> namespaceOf(const broker::Request& request, const Payload& payload);
  base::Status commit(const broker::Request& request, const Payload& payload);
  base::Result<boost::json::object> find(Namespace& ns, const Payload& payload);
  base::Result<boost::json::object> findIn(Namespace& ns, const Payload& payload);
  base::Status lookup(const broker::Request& request, const Payload& payload);
  base::Status lookupPlus(const broker::Request& request, const Payload& payload);
  base::Status getRoot(const broker::Request& request, const Payload& payload);
  base::Status waitVersion(const broker::Request& request, const Payload& payload);
  base::Status createNamespace(const broker::Request& request, const Payload& payload);
  base::Status removeNamespace(const broker::Request& request, const Payload& payload);
  base::Status listNamespaces(const broker::Request& request);

  struct Waiting {
    std::string sender;
    base::Watch watch;
  };

  Store& store_;
  TreeBlobs* tree_;
  Journal* journal_;
  Methods methods_;
  uint64_t nextWaiting_ = 0;
  std::map<uint64_t, Waiting> waiting_;  // for a version
};

}  // namespace mc::flux::services::kvs
