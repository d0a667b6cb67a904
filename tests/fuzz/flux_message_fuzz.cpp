// Bytes of any content on a local socket or overlay connection: they give messages or an error, and
// what is a message survives being sent on.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "flux/wire/framing.hpp"

namespace {

void checkRoundTrip(const mc::flux::wire::Message& message) {
  const auto again = mc::flux::wire::decode(mc::flux::wire::encode(message));
  if (!again || again->topic != message.topic || again->payload != message.payload ||
      again->routes != message.routes || again->aux1 != message.aux1)
    std::abort();
}

void feed(std::string_view bytes, size_t piece) {
  mc::flux::wire::Decoder decoder;
  while (!bytes.empty()) {
    decoder.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (true) {
      const auto message = decoder.next();
      if (!message) return;
      if (!*message) break;
      checkRoundTrip(**message);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  feed(bytes, size + 1);
  feed(bytes, 3);
  if (const auto message = mc::flux::wire::decode(bytes)) checkRoundTrip(*message);
  return 0;
}
