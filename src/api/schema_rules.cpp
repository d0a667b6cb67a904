// The rules of api/rules.hpp that the Common Expression Language can say within the API server's
// cost limits: those about numbers, booleans and one list. Names, volumes, ports and quantities are
// for the admission webhook.
//
// They are the second line: where the webhook answers, its words come first (docs/security.md).

#include <array>

#include "api/schema.hpp"

namespace mc::api {
namespace {

/// `kubectl scale` gets its answer from this rule: webhooks see a Scale there, no MiniCluster.
constexpr std::array<CelRule, 1> kDocumentRules = {{
    {"!has(oldSelf.status) || !has(oldSelf.status.maximumSize) || oldSelf.status.maximumSize < 1"
     " || self.spec.size <= oldSelf.status.maximumSize || self.spec.size <= oldSelf.spec.size",
     "can't grow beyond the number of hosts that Flux was configured for (status.maximumSize);"
     " create the MiniCluster with a maxSize",
     ".spec.size"},
}};

constexpr std::array<CelRule, 5> kSpecRules = {{
    {"!has(self.maxSize) || self.maxSize == 0 || !has(self.size) || self.maxSize >= self.size",
     "must be at least size (raise maxSize, or leave it out)", ".maxSize"},
    {"!has(self.minSize) || self.minSize <= (has(self.size) ? self.size : 1)",
     "must be at most size (lower minSize, or leave it out)", ".minSize", kAlpha2},
    {"self.containers.size() == 1 || self.containers.exists_one(c, has(c.runFlux) && c.runFlux)",
     "exactly one container runs Flux (set runFlux: true on the one that has the program)",
     ".containers"},
    {"self.containers.size() == 1 || self.containers.all(c, has(c.runFlux) && c.runFlux ||"
     " has(c.name) && has(c.image))",
     "a container beside Flux needs a name and an image (add `name:` and `image:`)", ".containers"},
    {"!has(self.services) || self.services.all(c, has(c.name) && has(c.image) &&"
     " !(has(c.runFlux) && c.runFlux))",
     "a service needs a name and an image, and can't run Flux", ".services"},
}};

constexpr std::array<CelRule, 2> kContainerRules = {{
    {"!(has(self.launcher) && self.launcher && has(self.batch) && self.batch)",
     "launcher and batch exclude each other (leave one of them out)", ".launcher"},
    {"!(has(self.batchRaw) && self.batchRaw) || has(self.batch) && self.batch",
     "has no effect without batch (set batch: true)", ".batchRaw"},
}};

}  // namespace

std::span<const CelRule> celRulesOf(const Table& table) {
  if (&table == &kDocumentTable) return kDocumentRules;
  if (&table == &kSpecTable) return kSpecRules;
  if (&table == &kContainerTable) return kContainerRules;
  return {};
}

}  // namespace mc::api
