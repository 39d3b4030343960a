// cli/print.h: results of use cases as text for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace cip::cli {

/// A list of objects as aligned columns: the members named, in that order, numbers to the right. An
/// empty list gives "(none)".
[[nodiscard]] std::string table_text(const JsonArray& rows,
                                     const std::vector<std::string>& members);

[[nodiscard]] std::string inspection_text(const Json& found);
[[nodiscard]] std::string load_text(const Json& report);
[[nodiscard]] std::string training_text(const Json& outcome);
[[nodiscard]] std::string text_training_text(const Json& outcome);
[[nodiscard]] std::string text_words_text(const Json& words);
[[nodiscard]] std::string text_search_text(const Json& found);
[[nodiscard]] std::string prediction_text(const Json& prediction);
[[nodiscard]] std::string runs_text(const Json& runs);
[[nodiscard]] std::string undo_text(const Json& undone);
[[nodiscard]] std::string rejects_text(const Json& rejects);
[[nodiscard]] std::string replay_text(const Json& outcome);
[[nodiscard]] std::string quality_text(const Json& quality);
[[nodiscard]] std::string change_text(const Json& change);
[[nodiscard]] std::string acceptance_text(const Json& acceptance);
[[nodiscard]] std::string profile_text(const Json& profile);
[[nodiscard]] std::string analysis_text(std::string_view name, const Json& analysis);
[[nodiscard]] std::string report_text(const Json& report);

}  // namespace cip::cli
