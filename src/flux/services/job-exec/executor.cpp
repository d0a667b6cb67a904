#include "flux/services/job-exec/executor.hpp"

#include <algorithm>
#include <csignal>

#include "flux/formats/duration.hpp"
#include "flux/formats/json.hpp"
#include "flux/services/job-exec/shell_execution.hpp"
#include "flux/services/job-exec/test_execution.hpp"

namespace mc::flux::services::exec {

namespace {

constexpr double kMaxKillInterval = 300;  // seconds

std::chrono::nanoseconds fromSeconds(double seconds) {
  constexpr double kYears = 100.0 * 365 * 24 * 3600;  // what nanoseconds can hold
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, kYears)));
}

}  // namespace

// One job from start to final release.
class Executor::Run final : public ExecutionEvents {
 public:
  Run(Executor& owner, const manager::Job& job)
      : owner_(owner),
        id_(job.id),
        guest_(owner.store_, owner.host_.loop().clock(), job.id, job.userid),
        killInterval_(owner.killTimeout_) {
    guest_.log("init");
    const auto* test = formats::findObject(job.active->exec, "test");
    if (test != nullptr)
      execution_ = std::make_unique<TestExecution>(owner.host_.loop(), job, *test, *this);
    else
      execution_ = std::make_unique<ShellExecution>(owner.host_, job, *this);
    limitTime(job.active->resources.expiration);
    guest_.log("starting");
    execution_->start();
  }

  void setExpiration(double expiration) {
    if (ending_) return;
    timer_.reset();
    limitTime(expiration);
  }

  void cancel(int signal) {
    ending_ = true;
    execution_->signal(signal);
    timer_ = owner_.host_.loop().after(fromSeconds(killInterval_), [this] { killAgain(); });
  }

  void onStarted() override {
    owner_.events_->onStart(id_);
    if (owner_.runs_.size() == 1) owner_.quiet_.now();  // that of starting it
  }

  void onShellExit(uint32_t rank, int status) override {
    guest_.log("shell-exit", {{"rank", rank}, {"wait_status", status}});
  }

  void onException(const manager::Exception& exception) override {
    // What goes wrong with a job that was told to end is no news.
    if (!ending_) owner_.events_->onException(id_, exception);
  }

  void onDone(int status) override {
    if (std::exchange(done_, true)) return;
    timer_.reset();
    guest_.log("complete", {{"status", status}});
    guest_.log("done");
    owner_.events_->onFinish(id_, status);
    guest_.close();
    owner_.events_->onRelease(id_, "all", true);
    owner_.ended(id_);
  }

 private:
  void limitTime(double expiration) {
    if (expiration <= 0) return;
    base::Loop& loop = owner_.host_.loop();
    timer_ = loop.after(fromSeconds(expiration - loop.clock().wall()), [this] {
      onException({.type = "timeout",
                   .severity = 0,
                   .note = "resource allocation expired",
                   .userid = owner_.host_.owner()});
    });
  }

  void killAgain() {
    if (killCount_ >= owner_.maxKillCount_) return giveUp();
    // The shells first get the chance to kill all that their tasks have started, which would be
    // left behind if they went themselves.
    owner_.kill(id_, SIGKILL);
    if (killCount_++ > 0) execution_->signal(SIGKILL);
    killInterval_ = std::min(2 * killInterval_, kMaxKillInterval);
    timer_ = owner_.host_.loop().after(fromSeconds(killInterval_), [this] { killAgain(); });
  }

  void giveUp() {
    const formats::Idset left = execution_->activeRanks();
    owner_.drainNodes_(left, "unkillable user processes for job " +
                                 formats::formatJobId(id_, formats::JobIdForm::F58));
    for (const uint32_t rank : left) onShellExit(rank, SIGKILL);
    onDone(SIGKILL);
  }

  Executor& owner_;
  formats::JobId id_;
  Guest guest_;
  std::unique_ptr<Execution> execution_;
  base::Watch timer_;  // of the time limit, then of the next kill
  double killInterval_;
  int64_t killCount_ = 0;
  bool ending_ = false;  // was told to end
  bool done_ = false;
};

Executor::Executor(broker::Host& host, kvs::Store& store, DrainNodes drainNodes)
    : host_(host),
      store_(store),
      drainNodes_(std::move(drainNodes)),
      quiet_(host.loop()),
      bury_(host.loop(), [this] {
        over_.clear();
        if (runs_.empty()) quiet_.now();
      }) {
  const auto* table = formats::findObject(host.config(), "exec");
  if (table == nullptr) return;
  if (const auto* text = formats::findString(*table, "kill-timeout"))
    if (const auto seconds = formats::parseDuration(*text)) killTimeout_ = *seconds;
  if (const auto count = formats::getInteger(*table, "max-kill-count")) maxKillCount_ = *count;
}

Executor::~Executor() = default;

void Executor::start(const manager::Job& job) {
  if (runs_.empty()) quiet_.now();  // that of taking the first job on: submission and scheduling
  runs_[job.id] = std::make_unique<Run>(*this, job);
}

void Executor::cancel(formats::JobId id, int signal) {
  if (const auto at = runs_.find(id); at != runs_.end()) at->second->cancel(signal);
}

void Executor::setExpiration(formats::JobId id, double expiration) {
  if (const auto at = runs_.find(id); at != runs_.end()) at->second->setExpiration(expiration);
}

// By event, so that each shell passes it to its own tasks, whatever signal it is.
void Executor::kill(formats::JobId id, int signal) {
  if (runs_.contains(id))
    host_.publish("shell-" + std::to_string(id) + ".kill", boost::json::object{{"signum", signal}});
}

void Executor::ended(formats::JobId id) {
  auto run = runs_.extract(id);
  if (!run.empty()) over_.push_back(std::move(run.mapped()));
  bury_.schedule();
}

}  // namespace mc::flux::services::exec
