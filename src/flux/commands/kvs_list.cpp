// flux kvs ls, dir: what is in directories.

#include <algorithm>
#include <cctype>

#include "flux/commands/kvs_command.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kLsOptions[] = {
    kKvsNamespace,
    {'R', "recursive", Takes::Nothing, "", "List directory recursively"},
    {'d', "directory", Takes::Nothing, "", "List directory instead of contents"},
    {'w', "width", Takes::Value, "COLS", "Set output width to COLS.  0 means no limit"},
    {'1', "1", Takes::Nothing, "", "Force one entry per line"},
    {'F', "classify", Takes::Nothing, "", "Append indicator (one of .@) to entries"},
};
constexpr Option kDirOptions[] = {
    kKvsNamespace,
    {'R', "recursive", Takes::Nothing, "", "Recursively display keys under subdirectories"},
    {'d', "directory", Takes::Nothing, "", "List directory entries and not values"},
    {'w', "width", Takes::Value, "COLS", "Set output width to COLS.  0 means no limit"},
    kKvsAt,
};

// Names in columns that are as wide as the longest and four more, `width` in all (0: no limit).
void printColumns(const std::vector<std::string>& names, size_t longest, size_t width) {
  const size_t column = longest + 4;
  std::string text;
  size_t at = 0;
  size_t last = 0;
  for (const std::string& name : names) {
    if (width != 0 && at > 0 && at + column > width) {
      text += '\n';
      at = 0;
    } else if (at > 0) {
      text.append(column - std::min(column, last), ' ');
    }
    text += name;
    last = name.size();
    at += column;
  }
  if (!names.empty()) text += '\n';
  print(text);
}

void printColumns(const std::vector<std::string>& names, size_t width) {
  size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  printColumns(names, longest, width);
}

class Listing {
 public:
  Listing(Session& session, const Parsed& parsed)
      : session_(session),
        place_{kvsNamespace(parsed.value("namespace")), std::nullopt},
        recursive_(parsed.has("recursive")),
        itself_(parsed.has("directory")),
        classify_(parsed.has("classify")),
        width_(parsed.has("1") ? 1 : kvsWidth(parsed)) {}

  // The exit status.
  int run(const Args& keys) {
    for (const std::string& key : keys)
      if (const auto sorted = sort(key); !sorted) {
        complain(key + ": " + std::strerror(sorted.error().errnum));
        failed_ = true;
      }
    std::sort(singles_.begin(), singles_.end());
    std::sort(directories_.begin(), directories_.end());
    printColumns(singles_, width_);
    const bool labels = recursive_ || singles_.size() + directories_.size() > 1;
    bool space = !singles_.empty();
    for (const std::string& key : directories_) {
      if (const auto listed = list(key, labels, space); !listed)
        return kvsFail(key + ": " + std::strerror(listed.error().errnum));
      space = true;
    }
    return failed_ ? 1 : 0;
  }

 private:
  // Whether a key is listed itself, or what is in it.
  base::Status sort(std::string key) {
    const bool mustBeDirectory = key.size() > 1 && key.back() == '.';
    while (key.size() > 1 && key.back() == '.') key.pop_back();
    MC_TRY_ASSIGN(const json::object object, kvsLookup(session_, place_, key, kKvsTreeObject));
    const bool link = kvsType(object) == "symlink";
    if (kvsIsDirectory(object)) {
      if (itself_)
        singles_.push_back(key + (classify_ ? "." : ""));
      else
        directories_.push_back(key);
      return {};
    }
    if (mustBeDirectory) return base::fail(ENOTDIR, "");
    const bool follow = link && !classify_ && !itself_;
    if (follow && kvsLookup(session_, place_, key, kKvsReadDirectory))
      directories_.push_back(key);
    else
      singles_.push_back(key + (link && classify_ ? "@" : ""));
    return {};
  }

  base::Status list(const std::string& key, bool label, bool space) {
    MC_TRY_ASSIGN(const json::object directory,
                  kvsLookup(session_, place_, key, kKvsReadDirectory));
    if (label) print((space ? "\n" : "") + key + ":\n");
    std::vector<std::string> names;
    size_t longest = 0;
    const auto entries = kvsEntries(directory);
    for (const auto& [name, object] : entries) {
      longest = std::max(longest, name.size());
      const char* mark = kvsIsDirectory(object) ? "." : kvsType(object) == "symlink" ? "@" : "";
      names.push_back(name + (classify_ ? mark : ""));
    }
    printColumns(names, longest, width_);
    if (!recursive_) return {};
    for (const auto& [name, object] : entries)
      if (kvsIsDirectory(object)) MC_TRY(list(kvsJoin(key, name), label, true));
    return {};
  }

  Session& session_;
  KvsPlace place_;
  bool recursive_;
  bool itself_;
  bool classify_;
  size_t width_;
  std::vector<std::string> singles_;
  std::vector<std::string> directories_;
  bool failed_ = false;
};

// "KEY = VALUE", cut to the width, at the end of the first line, and before what can't be printed.
std::string valueLine(const std::string& key, const std::string& value, size_t width) {
  std::string line = key + " = " + value;
  if (width <= 3) return line + "\n";
  bool cut = line.size() > width - 3;
  if (cut) line.resize(width - 3);
  if (const size_t end = line.find('\n'); end != std::string::npos) {
    cut = cut || end + 1 < line.size();
    line.resize(end);
  }
  const auto bad =
      std::find_if(line.begin(), line.end(), [](unsigned char c) { return std::isprint(c) == 0; });
  if (bad != line.end()) {
    line.erase(bad, line.end());
    cut = true;
  }
  return line + (cut ? "...\n" : "\n");
}

class DirectoryDump {
 public:
  DirectoryDump(Session& session, KvsPlace place, const Parsed& parsed)
      : session_(session),
        place_(std::move(place)),
        recursive_(parsed.has("recursive")),
        namesOnly_(parsed.has("directory")),
        width_(kvsWidth(parsed)) {}

  base::Status dump(const std::string& key) {
    MC_TRY_ASSIGN(const json::object directory,
                  kvsLookup(session_, place_, key, kKvsReadDirectory));
    const auto entries = kvsEntries(directory);
    if (entries.empty() && depth_ > 0) print(key + ".\n");
    for (const auto& [name, object] : entries) MC_TRY(entry(kvsJoin(key, name), object));
    return {};
  }

 private:
  base::Status entry(const std::string& key, const json::object& object) {
    if (kvsType(object) == "symlink") {
      link(key, object);
      return {};
    }
    if (kvsIsDirectory(object)) {
      if (!recursive_) {
        print(key + ".\n");
        return {};
      }
      ++depth_;
      MC_TRY(dump(key));
      --depth_;
      return {};
    }
    if (namesOnly_) {
      print(key + "\n");
      return {};
    }
    MC_TRY_ASSIGN(const std::string value, kvsGet(session_, place_, key));
    print(valueLine(key, value, width_));
    return {};
  }

  static void link(const std::string& key, const json::object& object) {
    const auto* data = formats::findObject(object, "data");
    const auto* target = data ? formats::findString(*data, "target") : nullptr;
    const auto* ns = data ? formats::findString(*data, "namespace") : nullptr;
    print(key + " -> " + (ns ? std::string(*ns) + "::" : std::string()) +
          (target ? std::string(*target) : std::string()) + "\n");
  }

  Session& session_;
  KvsPlace place_;
  bool recursive_;
  bool namesOnly_;
  size_t width_;
  int depth_ = 0;
};

}  // namespace

int kvsLsMain(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs ls", "flux-kvs ls [-N ns] [-R] [-d] [-F] [-w COLS] [-1] [key...]",
                 "List directory", kLsOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = kvsSession();
  if (!session) return 1;
  return Listing(*session, parsed).run(parsed.rest.empty() ? Args{"."} : parsed.rest);
}

int kvsDirMain(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs dir", "flux-kvs dir [-N ns] [-R] [-d] [-w COLS] [-a treeobj] [key]",
                 "Display all keys under directory", kDirOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return kvsFail("dir: specify zero or one directory");
  auto place = kvsPlace(parsed);
  if (!place) return 1;
  auto session = kvsSession();
  if (!session) return 1;
  const std::string key = parsed.rest.empty() ? "." : parsed.rest[0];
  const auto dumped = DirectoryDump(*session, std::move(*place), parsed).dump(key);
  return dumped ? 0 : kvsFail(key + ": " + std::strerror(dumped.error().errnum));
}

}  // namespace mc::flux::commands
