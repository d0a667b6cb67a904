// The client's own machinery on a server: informers.
#include <condition_variable>
#include <map>
#include <mutex>

#include "kube/informer.hpp"
#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

/// What an informer tells, as the sizes of Widgets by name.
class Mirror {
 public:
  void take(const Change& change) {
    const std::lock_guard lock(mutex_);
    if (change.after)
      sizes_[std::string(nameOf(*change.after))] =
          findNumber(*change.after, {"spec", "size"}).value_or(-1);
    else
      sizes_.erase(std::string(nameOf(*change.before)));
    changed_.notify_all();
  }
  bool await(const std::map<std::string, int64_t>& wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return sizes_ == wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int64_t> sizes_;
};

class Informers : public ApiSuite {
 protected:
  std::unique_ptr<Informer> start(Mirror& mirror, ReflectorOptions options = {}) {
    options.ns = ns_;
    auto informer = std::make_unique<Informer>(client(), backend().timer(), kWidgets,
                                               InformerOptions{.reflector = options});
    informer->addHandler([&mirror](const Change& change) { mirror.take(change); });
    informer->start();
    EXPECT_TRUE(informer->waitForSync({}));
    return informer;
  }
};

TEST_F(Informers, FollowChanges) {
  create(kWidgets, widget("a", 1));
  Mirror mirror;
  const auto informer = start(mirror);
  EXPECT_TRUE(mirror.await({{"a", 1}}));
  create(kWidgets, widget("b", 2));
  merge(kWidgets, "a", {{"spec", Object{{"size", 3}}}});
  EXPECT_TRUE(mirror.await({{"a", 3}, {"b", 2}}));
  remove(kWidgets, "a");
  EXPECT_TRUE(mirror.await({{"b", 2}}));
}

TEST_F(Informers, SurviveBrokenWatches) {
  create(kWidgets, widget("a", 1));
  Mirror mirror;
  const auto informer = start(mirror);
  backend().disturbWatches();
  remove(kWidgets, "a");
  create(kWidgets, widget("b", 2));
  EXPECT_TRUE(mirror.await({{"b", 2}}));
}

TEST_F(Informers, SurviveForgottenHistory) {
  create(kWidgets, widget("a", 1));
  Mirror mirror;
  const auto informer = start(mirror);
  remove(kWidgets, "a");
  create(kWidgets, widget("b", 2));
  backend().forgetHistory();
  backend().disturbWatches();
  create(kWidgets, widget("c", 3));
  EXPECT_TRUE(mirror.await({{"b", 2}, {"c", 3}}));
}

TEST_F(Informers, PagesOfOne) {
  for (const auto* name : {"a", "b", "c"}) create(kWidgets, widget(name, 1));
  Mirror mirror;
  const auto informer = start(mirror, {.pageSize = 1});
  EXPECT_TRUE(mirror.await({{"a", 1}, {"b", 1}, {"c", 1}}));
}

}  // namespace
}  // namespace mc::kube
