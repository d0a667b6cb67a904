#include "entry/settings.hpp"

#include <array>
#include <boost/json.hpp>
#include <limits>
#include <set>

#include "base/json_write.hpp"

namespace mc::entry {
namespace {

namespace json = boost::json;

constexpr std::array<const char*, 4> kModes = {"submit", "launcher", "batch", "interactive"};

// The members of each struct, named once for the writer and the reader.

template <class T, class Visitor>
void members(T& hooks, Visitor& visit)
  requires std::is_same_v<std::remove_const_t<T>, Hooks>
{
  visit("init", hooks.init);
  visit("pre", hooks.pre);
  visit("brokerPre", hooks.brokerPre);
  visit("workerPre", hooks.workerPre);
  visit("post", hooks.post);
}

template <class T, class Visitor>
void members(T& paths, Visitor& visit)
  requires std::is_same_v<std::remove_const_t<T>, Paths>
{
  visit("configDirectory", paths.configDirectory);
  visit("curveCert", paths.curveCert);
  visit("resources", paths.resources);
  visit("runDirectory", paths.runDirectory);
  visit("stateDirectory", paths.stateDirectory);
  visit("script", paths.script);
  visit("viewFile", paths.viewFile);
}

template <class T, class Visitor>
void members(T& wait, Visitor& visit)
  requires std::is_same_v<std::remove_const_t<T>, WaitFor>
{
  visit("container", wait.container);
  visit("host", wait.host);
  visit("port", wait.port);
}

template <class T, class Visitor>
void members(T& s, Visitor& visit)
  requires std::is_same_v<std::remove_const_t<T>, Settings>
{
  visit("cluster", s.cluster);
  visit("addresses", s.addresses);
  visit("hosts", s.hosts);
  visit("port", s.port);
  visit("paths", s.paths);
  visit("searchPath", s.searchPath);
  visit("hooks", s.hooks);
  visit("mode", s.mode);
  visit("command", s.command);
  visit("script", s.script);
  visit("batchRaw", s.batchRaw);
  visit("batchLogs", s.batchLogs);
  visit("submitCommand", s.submitCommand);
  visit("submitOptions", s.submitOptions);
  visit("prefix", s.prefix);
  visit("brokerOptions", s.brokerOptions);
  visit("wrap", s.wrap);
  visit("brokerConfig", s.brokerConfig);
  visit("socket", s.socket);
  visit("quiet", s.quiet);
  visit("strict", s.strict);
  visit("debug", s.debug);
  visit("timed", s.timed);
  visit("asRoot", s.asRoot);
  visit("user", s.user);
  visit("uid", s.uid);
  visit("cores", s.cores);
  visit("userNames", s.userNames);
  visit("waitFor", s.waitFor);
  visit("waitSeconds", s.waitSeconds);
  visit("archivePath", s.archivePath);
  visit("completeWorkers", s.completeWorkers);
  visit("deadlineSeconds", s.deadlineSeconds);
  visit("graceSeconds", s.graceSeconds);
  visit("podsReplaced", s.podsReplaced);
}

class Writer {
 public:
  template <class T>
  static json::value write(const T& value) {
    if constexpr (std::is_same_v<T, Mode>) {
      return kModes[static_cast<size_t>(value)];
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return json::value(value);
    } else {
      Writer writer;
      members(value, writer);
      return std::move(writer.object_);
    }
  }
  template <class T>
  static json::value write(const std::vector<T>& values) {
    json::array array;
    for (const auto& value : values) array.push_back(write(value));
    return array;
  }
  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = write(value);
  }

 private:
  json::object object_;
};

/// Reads the members of an object, and remembers the first thing that is wrong.
class Reader {
 public:
  static base::Status readAll(const json::value& value, Settings& settings) {
    Reader reader;
    reader.read("settings", value, settings);
    if (!reader.error_.empty()) return base::fail(EINVAL, reader.error_);
    return {};
  }

  template <class T>
  void operator()(const char* name, T& value) {
    known_.insert(name);
    const std::string path = path_ + "." + name;
    const json::value* found = object_->if_contains(name);
    if (found == nullptr) return wrong(path + " is missing");
    Reader member;
    member.read(path, *found, value);
    wrong(member.error_);
  }

 private:
  void wrong(const std::string& error) {
    if (error_.empty()) error_ = error;
  }

  void read(const std::string& path, const json::value& from, std::string& to) {
    if (!from.is_string()) return wrong(path + " must be a string");
    to.assign(from.get_string().data(), from.get_string().size());
  }
  void read(const std::string& path, const json::value& from, bool& to) {
    if (!from.is_bool()) return wrong(path + " must be true or false");
    to = from.get_bool();
  }
  void read(const std::string& path, const json::value& from, Mode& to) {
    std::string text;
    read(path, from, text);
    for (size_t i = 0; i < kModes.size(); ++i)
      if (text == kModes[i]) return void(to = static_cast<Mode>(i));
    wrong(path + " must be one of submit, launcher, batch, interactive");
  }
  template <std::integral T>
  void read(const std::string& path, const json::value& from, T& to) {
    using Limits = std::numeric_limits<T>;
    if (!from.is_int64() || from.get_int64() < static_cast<int64_t>(Limits::min()) ||
        from.get_int64() > static_cast<int64_t>(Limits::max()))
      return wrong(path + " must be a whole number in its range");
    to = static_cast<T>(from.get_int64());
  }
  template <class T>
  void read(const std::string& path, const json::value& from, std::vector<T>& to) {
    if (!from.is_array()) return wrong(path + " must be a list");
    for (const auto& element : from.get_array()) {
      const std::string place = path + "[" + std::to_string(to.size()) + "]";
      read(place, element, to.emplace_back());
    }
  }
  template <class T>
  void read(const std::string& path, const json::value& from, T& to) {
    if (!from.is_object()) return wrong(path + " must be an object");
    Reader reader;
    reader.path_ = path;
    reader.object_ = &from.get_object();
    members(to, reader);
    for (const auto& [key, value] : from.get_object())
      if (reader.known_.count(std::string(key)) == 0)
        reader.wrong(path + "." + std::string(key) + " is not known");
    wrong(reader.error_);
  }

  std::string path_;
  const json::object* object_ = nullptr;
  std::set<std::string> known_;
  std::string error_;
};

constexpr size_t kMaxDepth = 16;

}  // namespace

std::string format(const Settings& settings) {
  return base::toIndentedJson(Writer::write(settings), 2);
}

base::Result<Settings> parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return base::fail(EINVAL, "settings are no JSON: " + error.message());
  Settings settings;
  MC_TRY(Reader::readAll(value, settings));
  return settings;
}

}  // namespace mc::entry
