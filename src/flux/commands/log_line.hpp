#pragma once
// Log lines as brokers keep them (RFC 5424) and as `flux dmesg` shows them.
//
// Thread-safety: pure functions.

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace mc::flux::commands {

/// "<PRI>1 TIMESTAMP HOST APP PID - - MESSAGE", HOST being a broker rank.
std::string makeLogLine(int severity, double time, std::string_view host, std::string_view app,
                        pid_t pid, std::string_view message);

/// "TIMESTAMP APP.SEVERITY[RANK]: MESSAGE"; nothing for a text that is no log line.
std::optional<std::string> formatLogLine(std::string_view line);

/// 0 to 7 of "emerg" ... "debug".
std::optional<int> severityNumber(std::string_view name);

}  // namespace mc::flux::commands
