#include "cli/exit_code.h"

namespace cip::cli {

int exit_code_of(Errc code) noexcept {
  switch (code) {  // No default: a new kind of failure has to choose its exit code.
    case Errc::InvalidArgument:
      return 2;
    case Errc::NotFound:
      return 3;
    case Errc::Conflict:
      return 4;
    case Errc::Undefined:
      return 5;
    case Errc::Unavailable:
      return 6;
    case Errc::LimitExceeded:
      return 7;
    case Errc::Forbidden:
      return 8;
  }
  return kBugExit;
}

}  // namespace cip::cli
