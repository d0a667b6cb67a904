#pragma once
// Cases that any Kubernetes API server must pass, driven through kube::Client. api_suite_fake.cpp
// runs them against tests/fakes/fake_apiserver, api_suite_cluster.cpp against the server of
// $KUBECONFIG. A case knows no difference between the two.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/client.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

/// The server under test.
class ApiBackend {
 public:
  virtual ~ApiBackend() = default;
  virtual Client& client() = 0;
  virtual Timer& timer() = 0;
  /// Makes revision 1 too old to watch from (in a cluster it always is).
  virtual void forgetHistory() = 0;
  /// Ends running watches if the server can be told to.
  virtual void disturbWatches() = 0;
};

/// Connects; ends the program with a message if it can't.
std::unique_ptr<ApiBackend> openBackend();

/// A custom resource with status, scale, defaults and a list that is a map.
inline const Resource kWidgets{"suite.minicluster.test", "v1", "widgets", "Widget", true};

/// A namespace of its own for each case.
class ApiSuite : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  static Client& client();
  static ApiBackend& backend();

  /// {"apiVersion":..., "kind":..., "metadata":{"name":..., "namespace":...}} with `more` merged in
  /// at the top.
  [[nodiscard]] Object object(const Resource& resource, const std::string& name,
                              const Object& more = {}) const;
  [[nodiscard]] Object configMap(const std::string& name, const Object& data = {{"a", "1"}}) const;
  [[nodiscard]] Object widget(const std::string& name, int size = 1) const;
  /// A Job whose pods no node of the cluster can take.
  [[nodiscard]] Object job(const std::string& name) const;

  // Calls that must succeed: a failure is the test's, the answer then empty.
  Object create(const Resource& resource, const Object& object);
  Object get(const Resource& resource, const std::string& name);
  Object update(const Resource& resource, const Object& object, const WriteOptions& options = {});
  Object merge(const Resource& resource, const std::string& name, const Object& patch,
               const WriteOptions& options = {});
  Object apply(const Resource& resource, const Object& object, const std::string& manager,
               const ApplyOptions& options = {});
  void remove(const Resource& resource, const std::string& name, const DeleteOptions& options = {});
  [[nodiscard]] bool exists(const Resource& resource, const std::string& name);
  [[nodiscard]] std::vector<Object> list(const Resource& resource, ListOptions options = {},
                                         ListInfo* info = nullptr);
  /// Names of what a list finds.
  [[nodiscard]] std::vector<std::string> names(const Resource& resource, ListOptions options = {});

  /// Waits until `condition` holds of the object (null: there is none); fails after a minute.
  void await(const Resource& resource, const std::string& name,
             const std::function<bool(const Object*)>& condition);
  void awaitGone(const Resource& resource, const std::string& name);
  /// An ownerReference to `owner`.
  [[nodiscard]] static Object reference(const Object& owner, bool block = true);

  std::string ns_;
};

[[nodiscard]] std::string text(const Object& object, std::initializer_list<std::string_view> path);
[[nodiscard]] std::string version(const Object& object);
/// The reason of a failed call, or Unknown if it succeeded.
template <class T>
[[nodiscard]] Reason reasonOf(const Result<T>& result) {
  return result ? Reason::Unknown : result.error().reason;
}
/// The fields that an error's causes name.
template <class T>
[[nodiscard]] std::vector<std::string> causeFields(const Result<T>& result) {
  std::vector<std::string> fields;
  if (!result)
    for (const auto& cause : result.error().causes) fields.push_back(cause.field);
  return fields;
}

/// What a manager owns by `operation`, as FieldsV1; empty if nothing.
[[nodiscard]] Object ownedFields(const Object& object, const std::string& manager,
                                 const std::string& operation = "Apply");

}  // namespace mc::kube
