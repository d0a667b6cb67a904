#include "flux/services/kvs/storage.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "flux/formats/eventlog.hpp"
#include "flux/services/content/sqlite_backing.hpp"
#include "flux/services/kvs/archive.hpp"
#include "flux/version.hpp"

namespace mc::flux::services::kvs {

namespace {

// The path of the database; empty: nothing is to be kept.
std::string databasePath(const broker::Host& host) {
  if (const auto path = host.attribute("content.backing-path"); path && !path->empty())
    return *path;
  if (const auto module = host.attribute("content.backing-module"); module && *module == "none")
    return {};
  const auto statedir = host.attribute("statedir");
  const auto rundir = host.attribute("rundir");
  // What the broker has chosen itself goes with it.
  if (!statedir || statedir->empty() || (rundir && *statedir == *rundir + "/state")) return {};
  return *statedir + "/content.sqlite";
}

// Where automatic dumps are.
std::string dumpDirectory(const broker::Host& host) {
  return host.attribute("statedir").value_or(".") + "/dump";
}

std::string timeName(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d_%H%M%S.tgz", &local);
  return text;
}

}  // namespace

Storage::Storage(broker::Host& host, std::unique_ptr<content::Backing> backing)
    : host_(host),
      blobs_(std::move(backing)),
      tree_(
          blobs_,
          [this](const Symlink& link) -> Node* {
            Namespace* ns = link.ns.empty() ? nullptr : store_.find(link.ns);
            return ns != nullptr && !ns->prefix().empty() ? &ns->root() : nullptr;
          },
          [this](const std::string& text) { report(text); }),
      store_(host.owner()) {}

base::Result<std::unique_ptr<Storage>> Storage::open(broker::Host& host) {
  host.setAttribute("content.hash", "sha1");
  const std::string path = databasePath(host);
  std::unique_ptr<content::Backing> backing;
  if (!path.empty()) {
    MC_TRY_ASSIGN(backing, content::openSqlite(path).prefixed("cannot use the content database"));
  }
  std::unique_ptr<Storage> storage(new Storage(host, std::move(backing)));
  if (path.empty()) {
    MC_TRY(storage->restore());
    return storage;
  }
  host.setAttribute("content.backing-module", "content-sqlite");
  Journal& journal = storage->journal_.emplace(
      host.loop(), storage->store_, storage->tree_, [raw = storage.get()](const std::string& text) {
        raw->report(text.empty() ? "the content database can be written to again" : text);
      });
  if (const auto opened = journal.open(); !opened) {
    storage->journal_.reset();
    return base::pass(opened.error().prefixed(path));
  }
  MC_TRY(storage->restore());
  return storage;
}

base::Status Storage::restore() {
  const auto wanted = host_.attribute("content.restore");
  if (!wanted || wanted->empty()) return {};
  std::string path = *wanted;
  const bool automatic = path == "auto";
  if (automatic) {
    path = dumpDirectory(host_) + "/RESTORE";
    if (::access(path.c_str(), F_OK) != 0) return {};
  }
  // A lead that is started again with the same options has its jobs already.
  const Directory* root = store_.primary().root().directory();
  if (root != nullptr && !root->entries().empty()) {
    host_.log(broker::Severity::Info, "content",
              "content.restore: the KVS is not empty, " + path + " is not restored");
    return {};
  }
  MC_TRY(restoreTree(store_.primary(), path).prefixed("content.restore: " + path));
  restored_ = true;
  host_.log(broker::Severity::Info, "content", "restored from " + path);
  return {};
}

void Storage::dump() {
  const auto wanted = host_.attribute("content.dump");
  if (!wanted || wanted->empty()) return;
  const double now = host_.loop().clock().wall();
  std::string path = *wanted;
  if (path == "auto") {
    const std::string directory = dumpDirectory(host_);
    ::mkdir(directory.c_str(), 0700);
    const std::string name = timeName(now);
    path = directory + '/' + name;
    ::unlink((directory + "/RESTORE").c_str());
    if (::symlink(name.c_str(), (directory + "/RESTORE").c_str()) != 0)
      report(directory + "/RESTORE: " + std::strerror(errno));
  }
  if (const auto dumped = dumpTree(store_.primary().root(), path, now); !dumped)
    report("content.dump: " + path + ": " + dumped.error().message);
}

Storage::~Storage() {
  close();
}

// flux-core's startlog reads these events.
void Storage::noteLife(std::string_view event) {
  boost::json::object context;
  if (event == "start") context["core-version"] = kFluxVersion;
  // Can't fail: nobody else writes below "admin".
  (void)store_.primary().append("admin.eventlog",
                                formats::formatEvent(host_.loop().clock().wall(), event, context));
}

void Storage::noteStart() {
  const Node* log = store_.primary().find("admin.eventlog");
  const auto events = formats::parseEventlog(log ? log->read() : std::string());
  if (!restored_ && events && !events->empty() && events->back().name == "start")
    host_.log(broker::Severity::Warning, "content",
              "Flux was not shut down properly. Data may have been lost.");
  noteLife("start");
}

void Storage::close() {
  if (std::exchange(closed_, true)) return;
  noteLife("finish");
  dump();
  if (!journal_) return;
  // onError has been told if it failed; what was answered was written before.
  (void)journal_->close();
  journal_.reset();
}

void Storage::report(const std::string& text) {
  host_.log(broker::Severity::Error, "content", text);
}

}  // namespace mc::flux::services::kvs
