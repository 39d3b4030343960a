#include "http/status.h"

#include "service/asking.h"

namespace cip::http {

unsigned int status_of(Errc code) noexcept {
  switch (code) {  // No default: a new kind of failure has to choose its status.
    case Errc::InvalidArgument:
      return 400;
    case Errc::NotFound:
      return 404;
    case Errc::Conflict:
      return 409;
    case Errc::Undefined:
      return 422;
    case Errc::Unavailable:
      return 503;
    case Errc::LimitExceeded:
      return 413;
    case Errc::Forbidden:
      return 403;
  }
  return 500;
}

Response refusal(const Error& error) {
  return {.status = status_of(error.code), .body = to_text(service::error_json(error))};
}

}  // namespace cip::http
