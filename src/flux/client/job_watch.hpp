#pragma once
// Watching the eventlogs of jobs as they grow (job-info.eventlog-watch).
//
// Thread-safety: none; lives on its handle's loop.

#include <functional>
#include <string>
#include <string_view>

#include "flux/client/handle.hpp"
#include "flux/formats/eventlog.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::client {

class JobWatch {
 public:
  struct Handlers {
    /// Each entry of the log in order; `line` is its text without newline.
    std::function<void(const formats::Event& event, std::string_view line)> event;
    /// The log is complete (ENODATA) or cannot be read (ENOENT: no such job or log).
    std::function<void(const base::Error&)> end;
  };

  /// `path`: "eventlog", "guest.exec.eventlog", "guest.output". With `waitCreate` a log that is not
  /// there yet is waited for. Handlers may destroy the watch.
  JobWatch(Handle& handle, formats::JobId id, std::string_view path, bool waitCreate,
           Handlers handlers);
  ~JobWatch();
  JobWatch(const JobWatch&) = delete;
  JobWatch& operator=(const JobWatch&) = delete;

 private:
  void onAnswer(const Answer& answer);

  Handle& handle_;
  Handlers handlers_;
  bool open_ = true;
  /// False once this object is gone: loops over entries look at their copy.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  uint32_t matchtag_ = 0;
  Watch rpc_;
};

}  // namespace mc::flux::client
