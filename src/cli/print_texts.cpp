#include <string>

#include "base/json.h"
#include "base/text.h"
#include "cli/json_text.h"
#include "cli/print.h"

namespace cip::cli {
namespace {

std::string words_of(const JsonArray& words, std::string_view number) {
  std::string out;
  for (const Json& each : words) {
    out +=
        fmt::format("{}{} ({})", out.empty() ? "" : ", ", text(each, "word"), text(each, number));
  }
  return out;
}

}  // namespace

std::string text_training_text(const Json& outcome) {
  std::string out =
      fmt::format("{} texts, {} with stars: {} to learn from, {} to test on, {} words\n",
                  text(outcome, "texts"), text(outcome, "rated"), text(outcome, "train"),
                  text(outcome, "test"), text(outcome, "words"));
  for (const auto& metric : member(outcome, "metrics").as_object()) {
    out += fmt::format("  {} {}", std::string(metric.key()), cell_text(metric.value()));
  }
  out += fmt::format("\n  always naming the more frequent kind: accuracy {}\n",
                     text(outcome, "baseline_accuracy"));
  out += fmt::format("liked: {}\ndisliked: {}\n", words_of(list(outcome, "liked"), "weight"),
                     words_of(list(outcome, "disliked"), "weight"));
  return out + fmt::format("{} texts scored, {} scores changed\n", text(outcome, "scored"),
                           text(outcome, "changed"));
}

std::string text_words_text(const Json& words) {
  std::string out = fmt::format("{} texts, {} words, {} different\n{}", text(words, "texts"),
                                text(words, "words"), text(words, "different"),
                                table_text(list(words, "frequent"), {"word", "count", "texts"}));
  for (const Json& rating : list(words, "characteristic")) {
    out += fmt::format("{} stars ({} texts): {}\n", text(rating, "rating"), text(rating, "texts"),
                       words_of(list(rating, "words"), "z"));
  }
  return out;
}

std::string text_search_text(const Json& found) {
  std::string out = fmt::format("{} of {}\n", text(found, "shown"), text(found, "found"));
  return out +
         (list(found, "texts").empty()
              ? ""
              : table_text(list(found, "texts"), {"table", "key", "rating", "sentiment", "text"}));
}

}  // namespace cip::cli
