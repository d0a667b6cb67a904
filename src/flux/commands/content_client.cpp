#include "flux/commands/content_client.hpp"

#include <algorithm>
#include <cstring>

#include "flux/client/connect.hpp"
#include "flux/client/uri.hpp"

namespace mc::flux::commands {

namespace {

/// The kinds of hashes that brokers use (attribute content.hash), by their length in bytes.
struct HashKind {
  std::string_view name;
  size_t size;
};
constexpr HashKind kHashKinds[] = {{"sha1", 20}, {"sha256", 32}};
constexpr const char* kDigits = "0123456789abcdef";

base::Result<std::string> blobrefOf(std::string_view hash) {
  for (const HashKind& kind : kHashKinds) {
    if (hash.size() != kind.size) continue;
    std::string out = std::string(kind.name) + "-";
    for (const char c : hash) {
      const auto byte = static_cast<unsigned char>(c);
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
    return out;
  }
  return base::fail(EPROTO, "content service answered with an unknown kind of hash");
}

int digit(char c) {
  const char* at = c != '\0' ? std::strchr(kDigits, c) : nullptr;
  return at != nullptr ? static_cast<int>(at - kDigits) : -1;
}

base::Result<std::string> hashOf(std::string_view blobref) {
  const size_t dash = std::min(blobref.find('-'), blobref.size());
  std::string out;
  for (size_t i = dash + 1; i + 1 < blobref.size(); i += 2) {
    const int high = digit(blobref[i]);
    const int low = digit(blobref[i + 1]);
    if (high < 0 || low < 0) break;
    out += static_cast<char>(high << 4 | low);
  }
  for (const HashKind& kind : kHashKinds)
    if (blobref.substr(0, dash) == kind.name && out.size() == kind.size &&
        blobref.size() == dash + 1 + 2 * kind.size)
      return out;
  return base::fail(EINVAL, "bad blobref '" + std::string(blobref) + "'");
}

}  // namespace

base::Result<std::unique_ptr<ContentClient>> ContentClient::open() {
  std::unique_ptr<ContentClient> out(new ContentClient());
  out->loop_ = base::makeLoop();
  MC_TRY_ASSIGN(base::Fd socket,
                client::connectTo(*out->loop_, client::brokerUri(), client::connectRetries()));
  out->stream_ = std::make_unique<wire::Stream>(
      *out->loop_, std::move(socket),
      wire::Stream::Handlers{
          [self = out.get()](wire::Message message) { self->onMessage(message); },
          [self = out.get()](const base::Error& error) {
            self->answer_ = base::pass(error);
            self->loop_->stop();
          }});
  return out;
}

void ContentClient::onMessage(const wire::Message& message) {
  if (message.type != wire::Type::Response || message.matchtag() != matchtag_) return;
  const int errnum = static_cast<int>(message.errnum());
  if (errnum == 0) {
    answer_ = message.payload;
  } else {
    answer_ = base::fail(errnum, std::strerror(errnum));
  }
  loop_->stop();
}

base::Result<std::string> ContentClient::call(const char* topic, std::string_view payload) {
  answer_.reset();
  wire::Message message = wire::makeRequest(topic, wire::kNodeidAny, ++matchtag_);
  message.payload = payload;
  message.set(wire::kPayload);
  stream_->send(message);
  while (!answer_) loop_->run();
  return std::move(*answer_);
}

base::Result<std::string> ContentClient::store(std::string_view blob) {
  MC_TRY_ASSIGN(const std::string hash, call("content.store", blob));
  return blobrefOf(hash);
}

base::Result<std::string> ContentClient::load(std::string_view blobref) {
  MC_TRY_ASSIGN(const std::string hash, hashOf(blobref));
  return call("content.load", hash).prefixed(std::string(blobref));
}

}  // namespace mc::flux::commands
