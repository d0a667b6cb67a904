#include "fakes/fake_docker.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "local/docker/json.hpp"

namespace mc::fakes {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using Protocol = asio::local::stream_protocol;
using HttpRequest = http::request<http::string_body>;
using boost::system::error_code;
using local::docker::textOf;

namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string withoutVersion(std::string path) {
  if (path.starts_with("/v1.")) path.erase(0, path.find('/', 1));
  return path;
}

FakeCall parseCall(const HttpRequest& request) {
  FakeCall call;
  call.method = std::string(request.method_string());
  std::string_view target(request.target().data(), request.target().size());
  const size_t mark = target.find('?');
  call.path = withoutVersion(unescaped(target.substr(0, mark)));
  std::string_view query = mark == target.npos ? "" : target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    const size_t equals = part.find('=');
    call.query[unescaped(part.substr(0, equals))] = unescaped(part.substr(equals + 1));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
  }
  call.body = request.body();
  error_code error;
  const json::value body = json::parse(call.body, error);
  if (!error && body.is_object()) call.json = body.get_object();
  return call;
}

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3), '=');
  constexpr const char* kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < text.size(); i += 3) {
    unsigned word = 0;
    for (size_t k = 0; k < 3; ++k) {
      word = word << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      if (i + k <= text.size()) out[i / 3 * 4 + k] = kDigits[word >> (18 - 6 * k) & 63];
    }
  }
  return out;
}

std::string frame(int stream, const std::string& text) {
  const auto size = static_cast<uint32_t>(text.size());
  std::string bytes{static_cast<char>(stream), 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
  return bytes + text;
}

/// Whether an event passes the filter "container", if there is one.
bool isAbout(const json::object& event, const FakeCall& call) {
  const json::object filters = json::parse(call.query.at("filters")).as_object();
  const auto& wanted = local::docker::arrayOf(filters, "container");
  return wanted.empty() || wanted[0] == event.at("Actor").as_object().at("ID");
}

bool isTrue(const FakeCall& call, const std::string& name) {
  const auto found = call.query.find(name);
  return found != call.query.end() && found->second == "1";
}

}  // namespace

/// What has to do with sockets and threads; the state itself is the model's.
class FakeDocker::Server {
 public:
  Server() : acceptor_(context_) {
    std::string pattern = std::filesystem::temp_directory_path() / "fake-docker-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    const Protocol::endpoint endpoint(directory_ + "/docker.sock");
    acceptor_.open(endpoint.protocol());
    acceptor_.bind(endpoint);
    acceptor_.listen();
    accepting_ = std::thread([this] { accept(); });
  }

  ~Server() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      for (Protocol::socket& socket : sockets_) ::shutdown(socket.native_handle(), SHUT_RDWR);
    }
    changed_.notify_all();
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : threads_) thread.join();
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] std::string host() const { return "unix://" + directory_ + "/docker.sock"; }

  void with(const std::function<void(FakeDockerModel&)>& work) {
    {
      const std::lock_guard lock(mutex_);
      work(model_);
    }
    changed_.notify_all();
  }

  void await(const std::function<bool(FakeDockerModel&)>& condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return condition(model_); });
  }

  template <class Work>
  auto locked(const Work& work) {
    const std::lock_guard lock(mutex_);
    return work();
  }

  std::vector<std::string> requests;
  size_t cutIn = 0;  ///< requests until the cut; 0: none
  bool cutCarriedOut = false;
  bool isCut = false;
  std::string apiVersion = "1.41";
  std::map<std::string, std::vector<std::string>> pulls;
  std::function<void(FakeDockerModel&)> onChange;

 private:
  void accept() {
    while (true) {
      error_code error;
      Protocol::socket socket = acceptor_.accept(error);
      const std::lock_guard lock(mutex_);
      if (error || ending_) return;
      sockets_.push_back(std::move(socket));
      threads_.emplace_back([this, &own = sockets_.back()] {
        serve(own);
        ::shutdown(own.native_handle(), SHUT_RDWR);
      });
    }
  }

  void serve(Protocol::socket& socket) {
    boost::beast::flat_buffer buffer;
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(boost::none);
      error_code error;
      http::read(socket, buffer, parser, error);
      if (error || !handle(socket, parser.get())) return;
    }
  }

  /// Whether the connection goes on.
  bool handle(Protocol::socket& socket, const HttpRequest& request) {
    const FakeCall call = parseCall(request);
    const Fate fate = note(call, request);
    if (fate == Fate::Unheard) return false;
    const bool dropped = fate == Fate::AnswerLost;
    if (call.path == "/events") return !dropped && sendEvents(socket, call);
    if (call.path.ends_with("/logs")) return !dropped && sendLogs(socket, call);
    if (call.path == "/images/create" && call.query.contains("fromImage")) {
      return sendPull(socket, call, dropped);
    }
    if (call.path.ends_with("/wait")) awaitEnd(call);
    if (call.path.ends_with("/start") && call.path.starts_with("/exec")) {
      return hijack(socket, call);
    }
    const FakeAnswer answer = carryOut(call);
    return !dropped && send(socket, request, answer);
  }

  enum class Fate { Answered, AnswerLost, Unheard };

  /// Writes a request down.
  Fate note(const FakeCall& call, const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    if (isCut) return Fate::Unheard;
    requests.push_back(call.method + " " + withoutVersion(std::string(request.target())));
    if (cutIn == 0 || --cutIn > 0) return Fate::Answered;
    isCut = true;
    changed_.notify_all();
    return cutCarriedOut ? Fate::AnswerLost : Fate::Unheard;
  }

  FakeAnswer carryOut(const FakeCall& call) {
    FakeAnswer answer;
    {
      const std::lock_guard lock(mutex_);
      answer = call.path == "/_ping" ? FakeAnswer{200, "OK", {}} : model_.answer(call);
      if (onChange && call.method != "GET") onChange(model_);
    }
    changed_.notify_all();
    return answer;
  }

  bool send(Protocol::socket& socket, const HttpRequest& request, const FakeAnswer& answer) {
    http::response<http::string_body> response;
    response.result(static_cast<unsigned>(answer.status));
    response.set("Api-Version", locked([this] { return apiVersion; }));
    response.set(http::field::content_type, "application/json");
    if (!answer.statHeader.empty()) {
      response.set("X-Docker-Container-Path-Stat", base64(answer.statHeader));
    }
    if (request.method() != http::verb::head) response.body() = answer.body;
    response.prepare_payload();
    error_code error;
    http::write(socket, response, error);
    return !error;
  }

  static bool sendHead(Protocol::socket& socket) {
    http::response<http::empty_body> response;
    response.result(200);
    response.set(http::field::content_type, "application/json");
    response.chunked(true);
    http::response_serializer<http::empty_body> serializer(response);
    error_code error;
    http::write_header(socket, serializer, error);
    return !error;
  }

  static bool sendChunk(Protocol::socket& socket, const std::string& text) {
    error_code error;
    asio::write(socket, http::make_chunk(asio::buffer(text)), error);
    return !error;
  }

  static bool sendEnd(Protocol::socket& socket) {
    error_code error;
    asio::write(socket, http::make_chunk_last(), error);
    return !error;
  }

  /// Sends pieces from `next`, which waits for them under the lock and gives nothing at the end.
  template <class Next>
  bool stream(Protocol::socket& socket, const Next& next) {
    if (!sendHead(socket)) return false;
    while (true) {
      std::optional<std::string> piece;
      {
        std::unique_lock lock(mutex_);
        piece = next(lock);
        if (ending_ || isCut) return false;
      }
      if (!piece) return sendEnd(socket);
      if (!sendChunk(socket, *piece)) return false;
    }
  }

  bool sendEvents(Protocol::socket& socket, const FakeCall& call) {
    const auto until = call.query.find("until");
    const double end = until == call.query.end() ? 0 : std::stod(until->second);
    size_t sent = 0;
    return stream(socket, [&](std::unique_lock<std::mutex>& lock) -> std::optional<std::string> {
      const auto more = [&] { return ending_ || isCut || sent < model_.events.size(); };
      if (end > 0 && !more()) return std::nullopt;
      changed_.wait(lock, more);
      if (ending_ || isCut) return std::nullopt;
      const json::object& event = model_.events[sent++];
      const double time = static_cast<double>(event.at("timeNano").as_int64()) / 1e9;
      const bool wanted = (end == 0 || time <= end) && isAbout(event, call);
      return wanted ? json::serialize(event) + "\n" : "\n";
    });
  }

  bool sendLogs(Protocol::socket& socket, const FakeCall& call) {
    const std::string id = call.path.substr(12, call.path.size() - 17);
    const bool follow = isTrue(call, "follow");
    const bool stamps = isTrue(call, "timestamps");
    size_t sent = locked([&] { return model_.firstMessage(id, call); });
    return stream(socket, [&](std::unique_lock<std::mutex>& lock) -> std::optional<std::string> {
      const auto settled = [&] {
        const FakeContainer* container = model_.find(id);
        return ending_ || isCut || container == nullptr || sent < container->output.size() ||
               !container->running();
      };
      if (follow) changed_.wait(lock, settled);
      const FakeContainer* container = model_.find(id);
      if (container == nullptr || sent >= container->output.size()) return std::nullopt;
      const bool last = sent + 1 == container->output.size() && !container->running();
      if (follow && last && model_.lastWordsAreLate) return std::nullopt;
      const std::string stamp = stamps ? container->stampOf(sent) + " " : "";
      const auto& [stream, text] = container->output[sent++];
      return frame(stream, stamp + text);
    });
  }

  bool sendPull(Protocol::socket& socket, const FakeCall& call, bool dropped) {
    const std::string image = call.query.at("fromImage");
    const auto lines = locked([&] { return pulls[image]; });
    const bool good = !lines.empty() && lines.back().find("\"error\"") == std::string::npos;
    if (good) with([&](FakeDockerModel& model) { model.images[image]; });
    if (dropped) return false;
    if (!sendHead(socket)) return false;
    for (const std::string& line : lines) {
      if (!sendChunk(socket, line + "\r\n")) return false;
    }
    return sendEnd(socket);
  }

  void awaitEnd(const FakeCall& call) {
    const std::string id = call.path.substr(12, call.path.size() - 17);
    await([&](FakeDockerModel& model) {
      const FakeContainer* container = model.find(id);
      return ending_ || isCut || container == nullptr || !container->running();
    });
  }

  /// Runs an "exec": writes its argv, then gives back what it reads in upper frames, until end of
  /// input.
  bool hijack(Protocol::socket& socket, const FakeCall& call) {
    const std::string id = call.path.substr(6, call.path.size() - 12);
    json::object spec = locked([&] { return model_.execs[id].spec; });
    std::string words;
    for (const auto& word : spec["Cmd"].as_array()) words += std::string(word.as_string()) + " ";
    const bool tty = spec["Tty"].as_bool();
    std::string out = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    out += tty ? words : frame(1, words) + frame(2, "warning\n");
    error_code error;
    asio::write(socket, asio::buffer(out), error);
    while (spec["AttachStdin"].as_bool() && !error) {
      std::string input(4096, '\0');
      input.resize(socket.read_some(asio::buffer(input), error));
      if (!input.empty()) asio::write(socket, asio::buffer(tty ? input : frame(1, input)), error);
    }
    return false;
  }

  asio::io_context context_;
  Protocol::acceptor acceptor_;
  std::string directory_;
  std::mutex mutex_;
  std::condition_variable changed_;
  FakeDockerModel model_;
  bool ending_ = false;
  std::list<Protocol::socket> sockets_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

FakeDocker::FakeDocker() : server_(std::make_unique<Server>()) {}
FakeDocker::~FakeDocker() = default;

std::string FakeDocker::host() const {
  return server_->host();
}

void FakeDocker::with(const std::function<void(FakeDockerModel&)>& work) {
  server_->with(work);
}

std::vector<std::string> FakeDocker::requests() const {
  return server_->locked([this] { return server_->requests; });
}

void FakeDocker::forgetRequests() {
  server_->locked([this] { server_->requests.clear(); });
}

void FakeDocker::cutAt(size_t number, bool carriedOut) {
  server_->locked([&] {
    server_->cutIn = number;
    server_->cutCarriedOut = carriedOut;
  });
}

void FakeDocker::mend() {
  server_->locked([this] {
    server_->isCut = false;
    server_->cutIn = 0;
  });
}

bool FakeDocker::cut() const {
  return server_->locked([this] { return server_->isCut; });
}

void FakeDocker::setApiVersion(const std::string& version) {
  server_->locked([&] { server_->apiVersion = version; });
}

void FakeDocker::setPull(const std::string& image, std::vector<std::string> lines) {
  server_->locked([&] { server_->pulls[image] = std::move(lines); });
}

void FakeDocker::exitContainer(const std::string& name, int exitCode) {
  with([&](FakeDockerModel& model) { model.end(*model.find(name), exitCode); });
}

void FakeDocker::write(const std::string& name, int stream, const std::string& text) {
  with([&](FakeDockerModel& model) { model.find(name)->output.emplace_back(stream, text); });
}

void FakeDocker::await(const std::function<bool(FakeDockerModel&)>& condition) {
  server_->await(condition);
}

void FakeDocker::onChange(std::function<void(FakeDockerModel&)> callback) {
  server_->locked([&] { server_->onChange = std::move(callback); });
}

}  // namespace mc::fakes
