// ml/text_model.h: how well people liked what they wrote about, learnt from the stars they gave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "ml/evaluation.h"

namespace cip::ml {

struct RatedText {
  std::string text;
  double rating = 0;  // Stars, 1 to 5.
};

/// A weight of one word, and the share of texts that hold it.
struct WordWeight {
  std::string word;
  double weight;  // In log-odds, for a text that consists of this word.
};

/// The chance that the writer of a text gave 4 or 5 stars rather than 1 or 2.
///
/// Method:   Words of tokens_of() that at least kMinTexts training texts hold, the kMaxWords most
///           frequent of them; term frequency times smoothed inverse document frequency,
///           ln((1 + n) / (1 + df)) + 1, each text scaled to length 1: what scikit-learn's
///           TfidfVectorizer gives. Then logistic regression with an L2 penalty: half the squared
///           weights plus C = 1 times the log-loss; the intercept is not penalised. Minimised by
///           L-BFGS (10 pairs, Armijo's rule) until the gradient is below 1e-6 per text: no random
///           numbers, the same weights each time.
/// Source:   G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval" (1988);
///           J. Nocedal, "Updating quasi-Newton matrices with limited storage" (1980).
class TextModel {
 public:
  static constexpr std::size_t kMinTexts = 2;
  static constexpr std::size_t kMaxWords = 20'000;

  /// Learns from texts with 1, 2, 4 or 5 stars; the others are left out.
  ///
  /// Errors:  Undefined  fewer than 20 such texts of either kind, or no word is in two of them
  static Result<TextModel> fit(const std::vector<RatedText>& texts);

  /// 0 to 1; the base rate of the training texts for a text without a known word.
  [[nodiscard]] double score(std::string_view text) const;

  /// The words that move a score most, up (positive) or down, at most `count`.
  [[nodiscard]] std::vector<WordWeight> strongest(bool is_positive, std::size_t count) const;

  [[nodiscard]] std::size_t num_words() const noexcept { return weights_.size(); }

  [[nodiscard]] Json to_json() const;

  /// Errors:  InvalidArgument  not what to_json() made
  static Result<TextModel> from_json(const Json& json);

 private:
  friend class TextTraining;

  std::unordered_map<std::string, std::size_t> places_;  // By word.
  std::vector<double> idf_;
  std::vector<double> weights_;
  double intercept_ = 0;
};

/// What texts that the model has not seen say about it.
struct TextEvaluation {
  std::size_t num_train = 0;
  std::size_t num_test = 0;
  Metrics metrics;               // As classification_metrics(), at 0.5.
  double baseline_accuracy = 0;  // Of always naming the more frequent kind.
};

/// Sets a fifth of the texts aside, in the same proportion of kinds, learns from the others, and
/// judges what it learnt by those. Errors as TextModel::fit().
Result<TextEvaluation> evaluate_text_model(const std::vector<RatedText>& texts, std::uint64_t seed);

}  // namespace cip::ml
