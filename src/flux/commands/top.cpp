// flux top: a dynamic view of an instance and its running jobs.

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "flux/commands/commands.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/job_recursion.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/terminal_screen.hpp"
#include "flux/commands/top_view.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-top";
/// The times on display go on; what has changed is seen by then.
constexpr std::chrono::seconds kInterval{1};

constexpr Option kOptions[] = {
    {0, "color", Takes::OptionalValue, "WHEN",
     "Colorize output when supported; WHEN can be 'always' (default if omitted), 'never', or "
     "'auto' (default)."},
    {'q', "queue", Takes::Value, "NAME", "Limit status and jobs to specific queue."},
    {0, "test-exit", Takes::Nothing, "", nullptr},  // leaves after the first picture
};

/// One instance on display, above those from which it was reached.
struct Level {
  Session session;
  std::string path;
  size_t selected = 0;
  TopState state = {};
};

class Top {
 public:
  Top(base::Loop& loop, TerminalScreen& screen, const Parsed& parsed)
      : loop_(loop), screen_(screen), testExit_(parsed.has("test-exit")) {
    const std::string when = parsed.has("color") ? parsed.valueOr("color", "always") : "auto";
    look_.color = when != "never";
    look_.queue = parsed.valueOr("queue", "");
  }

  base::Status push(Session session, const std::string& path) {
    levels_.push_back({std::move(session), path});
    const auto read = refresh();
    if (!read) levels_.pop_back();
    return read;
  }

  int run() {
    input_ = loop_.readable(STDIN_FILENO, [this] { onInput(); });
    for (const int signum : {SIGINT, SIGTERM, SIGHUP})
      signals_.push_back(loop_.signal(signum, [this] { stop(); }));
    signals_.push_back(loop_.signal(SIGWINCH, [this] { draw(); }));
    draw();
    if (testExit_) return 0;
    tick();
    while (!stopped_) loop_.run();
    return status_;
  }

  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  Level& level() { return levels_.back(); }

  void stop() {
    stopped_ = true;
    loop_.stop();
  }

  void tick() {
    timer_ = loop_.after(kInterval, [this] {
      update();
      if (!stopped_) tick();
    });
  }

  base::Status refresh() {
    MC_TRY_ASSIGN(level().state, readTopState(level().session, level().path, look_.queue));
    const size_t jobs = level().state.jobs.size();
    level().selected = std::min(level().selected, jobs == 0 ? 0 : jobs - 1);
    return {};
  }

  /// An instance that has ended is left.
  void update() {
    if (const auto read = refresh(); !read) {
      complaint_ = read.error().message;
      return leave(1);
    }
    draw();
  }

  void draw() {
    const auto size = screen_.size();
    look_.rows = size.rows;
    look_.columns = size.columns;
    look_.selected = level().selected;
    screen_.show(drawTop(level().state, look_));
  }

  void onInput() {
    for (const KeyPress& press : screen_.keys())
      if (!stopped_) onKey(press);
    if (screen_.over()) stop();
  }

  void onKey(const KeyPress& press) {
    const char c = press.key == Key::Character ? press.character : '\0';
    if (press.key == Key::Down || c == 'j') return move(1);
    if (press.key == Key::Up || c == 'k') return move(-1);
    if (press.key == Key::Right || c == 'l') return turnQueue(1);
    if (press.key == Key::Left || c == 'h') return turnQueue(-1);
    if (press.key == Key::Enter) return open();
    if (press.key == Key::Redraw) return draw();
    if (c == 'q') return leave(0);
    if (c != 'd') return;
    look_.details = !look_.details;
    draw();
  }

  void move(int by) {
    const auto last = static_cast<int64_t>(level().state.jobs.size()) - 1;
    const auto wanted = static_cast<int64_t>(level().selected) + by;
    level().selected =
        static_cast<size_t>(std::clamp<int64_t>(wanted, 0, std::max<int64_t>(last, 0)));
    draw();
  }

  /// All jobs, then those of each queue, and again all.
  void turnQueue(int by) {
    std::vector<std::string> names{""};
    const auto stats = level().session->call("job-list.job-stats");
    const auto* queues = stats ? formats::findArray(*stats, "queues") : nullptr;
    if (queues != nullptr)
      for (const auto& queue : *queues)
        if (const auto* object = queue.if_object())
          names.emplace_back(formats::getString(*object, "name").value_or(""));
    const auto at = std::find(names.begin(), names.end(), look_.queue) - names.begin();
    const auto count = static_cast<int64_t>(names.size());
    look_.queue = names[static_cast<size_t>((at + by + count) % count)];
    update();
  }

  void open() {
    const Level& here = level();
    if (here.selected >= here.state.jobs.size()) return;
    const auto& job = here.state.jobs[here.selected].get_object();
    const auto uri = instanceUri(job, false);
    auto session = uri ? openInstance(*uri) : std::nullopt;
    const auto id = formats::getUnsigned(job, "id");
    if (!session || !id) return;
    const std::string path = (here.path.empty() ? "" : here.path + "/") + jobIdText(*id);
    (void)push(std::move(*session), path).has_value();  // nothing happens if it can't be opened
    draw();
  }

  void leave(int status) {
    levels_.pop_back();
    if (!levels_.empty()) return update();
    status_ = status;
    stop();
  }

  base::Loop& loop_;
  TerminalScreen& screen_;
  bool testExit_;
  TopLook look_;
  std::vector<Level> levels_;
  base::Watch input_;
  base::Watch timer_;
  std::vector<base::Watch> signals_;
  bool stopped_ = false;
  int status_ = 0;
  std::string complaint_;
};

base::Result<Session> openTarget(const Parsed& parsed) {
  if (parsed.rest.empty()) return Session::open();
  const auto uri = resolveUri(parsed.rest[0]);
  if (!uri)
    return base::fail(uri.error().errnum,
                      "failed to resolve target " + parsed.rest[0] + ": " + uri.error().message);
  auto session = openInstance(*uri);
  if (!session) return base::fail(ENOENT, "flux_open " + *uri + " failed");
  return std::move(*session);
}

}  // namespace

int topMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux-top [OPTIONS] [TARGET]",
                        .description = "Display running Flux jobs",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (::isatty(STDIN_FILENO) != 1) return failAs(kProgram, "stdin is not a terminal");
  auto session = openTarget(parsed);
  if (!session)
    return failAs(kProgram,
                  parsed.rest.empty() ? openFailure(session.error()) : session.error().message);
  std::string complaint;
  int status = 0;
  {
    const auto screen = TerminalScreen::open(STDIN_FILENO, STDOUT_FILENO);
    if (!screen) return failAs(kProgram, screen.error().message);
    const auto loop = base::makeLoop();
    Top top(*loop, **screen, parsed);
    const auto opened = top.push(std::move(*session), "");
    status = opened ? top.run() : 1;
    complaint = opened ? top.complaint() : opened.error().message;
  }
  if (status != 0) failAs(kProgram, complaint);
  return status;
}

}  // namespace mc::flux::commands
