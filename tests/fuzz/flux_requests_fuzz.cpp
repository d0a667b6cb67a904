// Feeds bytes to the readers of what brokers are told by clients and by each other: log lines,
// commands of rexec, constraints on jobs, hellos of other brokers, shapes of the tree. What one
// accepts must come back the same when it is written and read again.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "flux/broker/log_record.hpp"
#include "flux/formats/json.hpp"
#include "flux/overlay/peer.hpp"
#include "flux/overlay/topology.hpp"
#include "flux/services/rexec/command.hpp"

namespace {

using namespace mc::flux;

void require(bool holds) {
  if (!holds) std::abort();
}

void checkLog(std::string_view text) {
  const auto record = broker::decodeLog(text);
  if (!record) return;
  (void)broker::formatLog(*record);
  require(broker::decodeLog(broker::encodeLog(*record)).has_value());
}

void checkCommand(std::string_view text) {
  const auto object = formats::parseJsonObject(text);
  if (!object) return;
  const auto command = services::rexec::ExecCommand::parse(*object);
  if (!command) return;
  require(!command->argv.empty());
  (void)command->bufferSize("stdin");
  (void)command->lineBuffered("stdout");
}

void checkHello(std::string_view text) {
  auto message = wire::makeRequest(std::string(overlay::kHelloTopic), 0, 1);
  message.setText(text);
  const auto hello = overlay::parseHello(message);
  if (!hello) return;
  const auto again = overlay::parseHello(overlay::makeHello(*hello));
  require(again && again->rank == hello->rank && again->uuid == hello->uuid);
}

void checkTree(std::string_view text) {
  constexpr uint32_t kSize = 50;
  const auto tree = overlay::Topology::parse(text, kSize);
  if (!tree) return;
  require(tree->subtree(0).size() == kSize && tree->maxLevel() < kSize);
}

void checkParents(std::string_view bytes) {
  std::vector<uint32_t> parents(bytes.begin(), bytes.end());
  const auto tree = overlay::Topology::custom(std::move(parents));
  if (!tree || tree->size() > 100) return;
  for (uint32_t rank = 1; rank < tree->size(); ++rank)
    require(tree->childTowards(*tree->parent(rank), rank) == rank);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  checkLog(text);
  checkCommand(text);
  checkHello(text);
  checkTree(text);
  checkParents(text);
  return 0;
}
