#include "local/docker/images.hpp"

#include "local/docker/json.hpp"
#include "local/docker/lines.hpp"
#include "local/docker/reference.hpp"

namespace mc::local::docker {

namespace json = boost::json;

namespace {

struct Layer {
  uint64_t bytes = 0;
  uint64_t total = 0;
  bool done = false;
};

/// Adds up the progress lines of a pull: one layer each, told apart by "id".
class PullMeter {
 public:
  /// Whether anything has changed.
  bool take(const json::object& line) {
    const std::string status = textOf(line, "status");
    const std::string id = textOf(line, "id");
    // "Pulling from library/nginx" has the tag as id.
    if (id.empty() || status.starts_with("Pulling from")) return false;
    Layer& layer = layers_[id];
    const json::object& detail = objectOf(line, "progressDetail");
    if (status == "Downloading") {
      layer.bytes = static_cast<uint64_t>(numberOf(detail, "current"));
      layer.total = static_cast<uint64_t>(numberOf(detail, "total"));
    } else if (status == "Download complete" || status == "Pull complete") {
      layer.bytes = layer.total;
    }
    layer.done = layer.done || status == "Pull complete" || status == "Already exists";
    return true;
  }

  [[nodiscard]] PullState state() const {
    PullState sum;
    for (const auto& [id, layer] : layers_) {
      sum.bytes += layer.bytes;
      sum.total += layer.total;
      sum.layers += 1;
      sum.layersDone += layer.done ? 1 : 0;
    }
    return sum;
  }

 private:
  std::map<std::string, Layer> layers_;
};

/// A failure that the daemon reports in the middle of its progress lines.
base::Status checkLine(const json::object& line) {
  const std::string text = textOf(line, "error");
  if (text.empty()) return {};
  return base::fail(EIO, text);
}

}  // namespace

base::Result<std::optional<json::object>> inspectImage(Client& client, const std::string& image,
                                                       const std::stop_token& stop) {
  auto answer =
      asObject(client.call("GET", "/images/" + escapedImage(image) + "/json", {}, nullptr, stop));
  if (answer) return std::optional(std::move(*answer));
  if (answer.error().errnum == ENOENT) return std::optional<json::object>();
  return base::pass(std::move(answer.error()));
}

base::Status pullImage(Client& client, const std::string& image, const std::string& auth,
                       const std::function<void(const PullState&)>& told,
                       const std::stop_token& stop) {
  const ImageReference reference = parseReference(image);
  Request request;
  request.method = "POST";
  if (!auth.empty()) request.headers.emplace_back("X-Registry-Auth", auth);
  MC_TRY_ASSIGN(Response response,
                client.open(std::move(request), "/images/create",
                            {{"fromImage", reference.repository}, {"tag", reference.tag}}, stop));
  JsonLines lines(std::move(response));
  PullMeter meter;
  while (true) {
    MC_TRY_ASSIGN(const std::optional<json::object> line, lines.next());
    if (!line) return {};
    MC_TRY(checkLine(*line));
    if (meter.take(*line) && !lines.pending()) told(meter.state());
  }
}

base::Status importImage(Client& client, const std::string& repository, const std::string& tag,
                         const std::map<std::string, std::string>& labels, BodySource tar,
                         const std::stop_token& stop) {
  Request request;
  request.method = "POST";
  request.contentType = "application/x-tar";
  request.source = std::move(tar);
  // Podman takes no notice of a tag that stands apart.
  Query query{{"fromSrc", "-"}, {"repo", repository + ":" + tag}};
  for (const auto& [name, value] : labels) {
    query.emplace_back("changes", "LABEL " + name + "=" + value);
  }
  MC_TRY_ASSIGN(Response response, client.open(std::move(request), "/images/create", query, stop));
  JsonLines lines(std::move(response));
  while (true) {
    MC_TRY_ASSIGN(const std::optional<json::object> line, lines.next());
    if (!line) return {};
    MC_TRY(checkLine(*line));
  }
}

base::Result<json::array> listImages(Client& client, const std::string& label,
                                     const std::stop_token& stop) {
  return asArray(client.call("GET", "/images/json", {{"filters", filters({{"label", {label}}})}},
                             nullptr, stop));
}

base::Status removeImage(Client& client, const std::string& image, const std::stop_token& stop) {
  return done(client.call("DELETE", "/images/" + escapedImage(image), {}, nullptr, stop));
}

}  // namespace mc::local::docker
