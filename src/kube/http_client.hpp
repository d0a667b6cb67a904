#pragma once
// The Client that talks to a real API server.
//
// Thread-safety: as Client.

#include <memory>
#include <string>

#include "kube/client.hpp"
#include "kube/session.hpp"

namespace mc::kube {

class HttpClient final : public Client {
 public:
  /// `session` must outlive the client. `fieldManager` is for writes that name none.
  HttpClient(Session& session, std::string fieldManager);

  Result<Object> get(const Resource& resource, const ObjectKey& key, const GetOptions& options,
                     const CallOptions& call) override;
  Result<ListInfo> list(const Resource& resource, const ListOptions& options,
                        const ItemHandler& onItem, const CallOptions& call) override;
  Status watch(const Resource& resource, const WatchOptions& options, const EventHandler& onEvent,
               const CallOptions& call) override;
  Result<Object> create(const Resource& resource, const Object& object, const WriteOptions& options,
                        const CallOptions& call) override;
  Result<Object> update(const Resource& resource, const Object& object, const WriteOptions& options,
                        const CallOptions& call) override;
  Result<Object> patch(const Resource& resource, const ObjectKey& key, PatchType type,
                       const boost::json::value& patch, const WriteOptions& options,
                       const CallOptions& call) override;
  Result<Object> apply(const Resource& resource, const Object& object, const ApplyOptions& options,
                       const CallOptions& call) override;
  Result<Object> remove(const Resource& resource, const ObjectKey& key,
                        const DeleteOptions& options, const CallOptions& call) override;
  Result<boost::json::value> getRaw(const std::string& path, const CallOptions& call) override;

 private:
  Session& session_;
  std::string fieldManager_;
};

}  // namespace mc::kube
