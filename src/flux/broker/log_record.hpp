#pragma once
// One log line and its form on the wire: RFC 5424 as flux-core writes it, with the broker's rank as
// HOSTNAME: "<134>1 2026-11-23T04:13:45.878146Z 0 broker - - - text".
//
// Thread-safety: values and pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::broker {

struct LogRecord {
  double time = 0;  ///< seconds since the Unix epoch
  Severity severity = Severity::Info;
  uint32_t rank = 0;
  std::string component;  ///< APP-NAME: who logs, e.g. "broker"
  std::string text;       ///< one line
};

/// "err", "info" ...
std::string_view toString(Severity severity);

std::string encodeLog(const LogRecord& record);
/// EPROTO if the text is no such record.
base::Result<LogRecord> decodeLog(std::string_view text);

/// "broker.err[0]: text"
std::string formatLog(const LogRecord& record);
/// "Nov 23 04:18:12.828027 UTC 2026 ", in local time.
std::string formatLogTime(double time);

}  // namespace mc::flux::broker
