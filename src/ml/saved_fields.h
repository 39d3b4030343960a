// ml/saved_fields.h: a saved document read back, member by member, without trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace cip::ml {

/// Keeps the first thing that was wrong. Whoever restores something reads all of it, and asks once
/// at the end whether it was all there.
class SavedProblem {
 public:
  void note(std::string message) {
    if (!first_) first_ = std::move(message);
  }
  [[nodiscard]] Result<void> outcome() const {
    if (first_) return fail(Errc::InvalidArgument, *first_);
    return {};
  }

 private:
  std::optional<std::string> first_;
};

/// The members of one JSON object. A member that is not there, or of another type, is noted and
/// read as zero, "" or empty. Refers to the document and the problem it was made with.
class SavedFields {
 public:
  SavedFields(const Json& object, SavedProblem& problem);

  [[nodiscard]] bool has(std::string_view name) const;  // There, and not null.
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] double number_or_nan(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
  [[nodiscard]] std::vector<std::uint64_t> counts(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] const Json& member(std::string_view name) const;
  [[nodiscard]] SavedFields object(std::string_view name) const;

  /// The objects of a list.
  [[nodiscard]] std::vector<SavedFields> objects(std::string_view name) const;

  void note(std::string_view name, std::string_view wanted) const;

 private:
  [[nodiscard]] const JsonArray& list(std::string_view name) const;

  const JsonObject* object_;
  SavedProblem* problem_;
};

}  // namespace cip::ml
