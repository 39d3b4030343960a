// base/log.h: the log, one line an event, to standard error. What a person asked for goes to
// standard output instead; a log line never holds a value of a record or a secret.
#pragma once

#include <string_view>

namespace cip {

enum class LogLevel { Debug, Info, Warning, Error };

void log(LogLevel level, std::string_view message);

/// Below this level nothing is written. Info unless told otherwise.
void set_log_level(LogLevel level);

}  // namespace cip
