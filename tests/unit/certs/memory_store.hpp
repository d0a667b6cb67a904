#pragma once
// A Store in memory that a test may break.

#include <map>
#include <vector>

#include "certs/secret.hpp"

namespace mc::certs {

class MemoryStore final : public Store {
 public:
  base::Result<std::optional<Secret>> find(const std::string& name) override {
    const auto found = secrets.find(name);
    if (found == secrets.end()) return std::nullopt;
    return found->second;
  }
  base::Status create(const Secret& secret) override {
    if (secrets.contains(secret.name)) return base::fail(EEXIST, secret.name + " already exists");
    return write("create ", secret);
  }
  base::Status replace(const Secret& secret) override {
    if (!secrets.contains(secret.name)) return base::fail(ENOENT, secret.name + " not found");
    return write("replace ", secret);
  }

  std::map<std::string, Secret> secrets;
  std::vector<std::string> writes;
  size_t failAfter = 1000;  ///< writes that succeed

 private:
  base::Status write(const char* verb, const Secret& secret) {
    if (writes.size() >= failAfter) return base::fail(EIO, "the process was ended");
    writes.push_back(verb + secret.name);
    secrets[secret.name] = secret;
    return {};
  }
};

}  // namespace mc::certs
