// base/text.h: small things done to text. Text is UTF-8; only ASCII letters change case here.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cip {

/// Without the spaces, tabs and line ends at both ends; a view into `text`.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

[[nodiscard]] std::string lowered(std::string_view text);

/// The pieces between separators; "a,,b" has three. An empty text has one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

[[nodiscard]] std::string joined(std::span<const std::string> pieces, std::string_view separator);

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Those of `known` that a person may have meant by `name`, nearest first, at most three, by edit
/// distance (Levenshtein) up to a third of the length of `name` and at least two.
[[nodiscard]] std::vector<std::string> nearest_names(std::string_view name,
                                                     std::span<const std::string> known);

/// "unknown metric 'revenu', did you mean 'revenue'" - without a near name, it lists what is known.
[[nodiscard]] std::string unknown_name_message(std::string_view kind, std::string_view name,
                                               std::span<const std::string> known);

}  // namespace cip
