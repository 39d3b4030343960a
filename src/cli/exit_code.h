// cli/exit_code.h: what a script can tell from how the program ended.
#pragma once

#include "base/result.h"

namespace cip::cli {

inline constexpr int kUsageExit = 64;  // The command line itself was wrong (as in sysexits.h).
inline constexpr int kBugExit = 70;    // The program broke one of its own rules.

/// 2 invalid argument, 3 not found, 4 conflict, 5 undefined, 6 unavailable, 7 limit exceeded,
/// 8 forbidden.
[[nodiscard]] int exit_code_of(Errc code) noexcept;

}  // namespace cip::cli
