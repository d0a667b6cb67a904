#pragma once
// Names that stand for what the test says.
//
//   FakeResolver resolver(loop);
//   resolver.set("lead", {address});   // other names are not known

#include <map>

#include "entry/resolver.hpp"

namespace mc::fakes {

class FakeResolver final : public entry::Resolver {
 public:
  explicit FakeResolver(base::Loop& loop) : loop_(loop) {}

  void set(const std::string& host, std::vector<entry::Address> addresses) {
    hosts_[host] = std::move(addresses);
  }
  /// Called before each answer is given.
  std::function<void()> onAsk = [] {};
  /// How often a name was asked for.
  [[nodiscard]] int asked(const std::string& host) { return asked_[host]; }

  base::Watch resolve(const std::string& host, uint16_t, Callback callback) override {
    ++asked_[host];
    onAsk();
    return loop_.after(std::chrono::nanoseconds(0), [this, host, f = std::move(callback)] {
      if (hosts_.count(host) == 0) return f(base::fail(ENOENT, host + ": name not known"));
      f(hosts_[host]);
    });
  }

 private:
  base::Loop& loop_;
  std::map<std::string, std::vector<entry::Address>> hosts_;
  std::map<std::string, int> asked_;
};

}  // namespace mc::fakes
