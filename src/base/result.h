// base/result.h: a value, or the reason there is none.
//
// Every failure a caller can meet in normal life (bad input, a missing row, a dead server) is a
// value of this type. Members carry the names std::expected gives them, so that the type can
// become an alias of it one day without touching a call site.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/contract.h"

namespace cip {

/// What kind of failure it was. Coarse on purpose: each kind is one HTTP status and one exit code,
/// and the table that maps them (http/status.cpp, cli/exit_code.cpp) has no default branch.
enum class Errc {
  InvalidArgument,  // The request is wrong as it stands.
  NotFound,         // It names something that is not there.
  Conflict,         // It collides with what is already stored.
  Undefined,        // It is fine, but these data have no answer to it.
  Unavailable,      // A store or a file cannot be reached; the same request may work later.
  LimitExceeded,    // It is larger, deeper or longer than this platform takes on.
  Forbidden,        // Whoever asks may not.
};

/// A failure, told once to the program (code) and once to a person (message).
struct Error {
  Errc code;
  std::string message;  // Lower case, no full stop, the values that matter at the end.
};

/// An Error on its way out of a function: converts to any Result<T>, and to nothing else.
struct Failure {
  Error error;
};

[[nodiscard]] inline Failure fail(Errc code, std::string message) {
  return Failure{Error{code, std::move(message)}};
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Each of these expects the alternative it names; asking for the other one is a bug.
  [[nodiscard]] const T& value() const& {
    CIP_EXPECTS(has_value());
    return std::get<0>(state_);
  }
  [[nodiscard]] T&& value() && {
    CIP_EXPECTS(has_value());
    return std::get<0>(std::move(state_));
  }
  [[nodiscard]] const Error& error() const {
    CIP_EXPECTS(!has_value());
    return std::get<1>(state_);
  }

  const T& operator*() const& { return value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const Error& error() const {
    CIP_EXPECTS(!has_value());
    return std::get<1>(state_);
  }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace cip

// The only two control-flow macros in the code base. Both return early on a failure.
//
//   CIP_TRY(store.execute(migration));           // nothing to keep
//   CIP_TRY_ASSIGN(auto table, read_csv(path));  // keep the value

#define CIP_TRY(expression)                                     \
  do {                                                          \
    if (const auto& cip_outcome = (expression); !cip_outcome) { \
      return ::cip::Failure{cip_outcome.error()};               \
    }                                                           \
  } while (false)

#define CIP_TRY_ASSIGN(declaration, expression) \
  CIP_DETAIL_TRY_ASSIGN(CIP_DETAIL_JOIN(cip_outcome_, __LINE__), declaration, expression)

#define CIP_DETAIL_TRY_ASSIGN(outcome, declaration, expression) \
  auto outcome = (expression);                                  \
  if (!outcome) return ::cip::Failure{outcome.error()};         \
  declaration = std::move(outcome).value()

#define CIP_DETAIL_JOIN(left, right) CIP_DETAIL_JOIN_EXPANDED(left, right)
#define CIP_DETAIL_JOIN_EXPANDED(left, right) left##right
