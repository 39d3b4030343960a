#include "ml/text_model.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ml/split.h"
#include "ml/tokens.h"

namespace cip::ml {
namespace {

constexpr std::size_t kMinOfEachKind = 20;
constexpr std::size_t kNumPairs = 10;
constexpr int kMaxSteps = 500;
constexpr double kMaxGradient = 1e-6;  // Per text.

using Vector = std::vector<double>;

// The words of a text that the model knows: place and value.
using SparseText = std::vector<std::pair<std::size_t, double>>;

bool is_liked(double rating) { return rating >= 4; }
bool is_clear(double rating) { return rating >= 4 || rating <= 2; }

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// ln(1 + exp(x)) without overflow.
double log1p_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

struct Slope {
  double loss = 0;
  Vector gradient;
};

// The two-loop recursion of L-BFGS: the direction in which to go.
class Curvature {
 public:
  void add(Vector step, Vector change) {
    const double product = dot(step, change);
    if (product <= 1e-12) return;  // Not convex there, to the digits of a double.
    pairs_.push_back({std::move(step), std::move(change), 1 / product});
    if (pairs_.size() > kNumPairs) pairs_.pop_front();
  }

  [[nodiscard]] Vector direction(const Vector& gradient) const {
    Vector going = gradient;
    Vector shares(pairs_.size());
    for (std::size_t at = pairs_.size(); at-- > 0;) {
      shares[at] = pairs_[at].scale * dot(pairs_[at].step, going);
      add_scaled(going, pairs_[at].change, -shares[at]);
    }
    if (!pairs_.empty()) {
      const Pair& last = pairs_.back();
      const double size = 1 / (last.scale * dot(last.change, last.change));
      for (double& part : going) part *= size;
    }
    for (std::size_t at = 0; at < pairs_.size(); ++at) {
      const double share = pairs_[at].scale * dot(pairs_[at].change, going);
      add_scaled(going, pairs_[at].step, shares[at] - share);
    }
    for (double& part : going) part = -part;
    return going;
  }

 private:
  struct Pair {
    Vector step;
    Vector change;
    double scale;
  };
  static void add_scaled(Vector& to, const Vector& what, double scale) {
    for (std::size_t at = 0; at < to.size(); ++at) to[at] += scale * what[at];
  }
  std::deque<Pair> pairs_;
};

// Where a step ends, and the slope there.
struct Landing {
  Vector at;
  Slope slope;
};

// Goes from `at`, where the slope is `here`, in a direction that falls; halves the step until the
// loss falls by enough (Armijo). nullopt when the digits of a double are used up.
template <class SlopeAt>
std::optional<Landing> step_from(const Vector& at, const Slope& here, const Vector& going,
                                 SlopeAt slope_at, double size) {
  const double fall = dot(here.gradient, going);
  Landing next{Vector(at.size()), {}};
  for (int half = 0; half < 50; ++half, size /= 2) {
    for (std::size_t part = 0; part < at.size(); ++part) {
      next.at[part] = at[part] + size * going[part];
    }
    next.slope = slope_at(next.at);
    if (next.slope.loss <= here.loss + 1e-4 * size * fall) return next;
  }
  return std::nullopt;
}

Vector difference(const Vector& a, const Vector& b) {
  Vector result(a.size());
  for (std::size_t at = 0; at < a.size(); ++at) result[at] = a[at] - b[at];
  return result;
}

double steepest_of(const Vector& gradient) {
  double steepest = 0;
  for (const double part : gradient) steepest = std::max(steepest, std::abs(part));
  return steepest;
}

// Goes downhill from `at` until it is flat.
template <class SlopeAt>
void minimise(SlopeAt slope_at, Vector& at, double tolerance) {
  Curvature curvature;
  Slope here = slope_at(at);
  for (int step = 0; step < kMaxSteps && steepest_of(here.gradient) > tolerance; ++step) {
    const Vector going = curvature.direction(here.gradient);
    const double size = step == 0 ? 1 / std::max(1.0, std::sqrt(dot(going, going))) : 1;
    auto next = step_from(at, here, going, slope_at, size);
    if (!next) return;
    curvature.add(difference(next->at, at), difference(next->slope.gradient, here.gradient));
    at = std::move(next->at);
    here = std::move(next->slope);
  }
}

}  // namespace

// Builds a model step by step.
class TextTraining {
 public:
  explicit TextTraining(const std::vector<RatedText>& texts) {
    for (const RatedText& each : texts) {
      if (!is_clear(each.rating)) continue;
      words_.push_back(tokens_of(each.text));
      targets_.push_back(is_liked(each.rating) ? 1 : 0);
    }
  }

  Result<TextModel> train() {
    const auto num_liked = static_cast<std::size_t>(std::ranges::count(targets_, 1.0));
    if (std::min(num_liked, targets_.size() - num_liked) < kMinOfEachKind) {
      return fail(
          Errc::Undefined,
          fmt::format("mood is learnt from at least {} texts with 4 or 5 stars and {} with 1 "
                      "or 2; there are {} and {}",
                      kMinOfEachKind, kMinOfEachKind, num_liked, targets_.size() - num_liked));
    }
    CIP_TRY(choose_words());
    fit_weights();
    return std::move(made_);
  }

  static SparseText sparse(const TextModel& model, const std::vector<std::string>& words) {
    SparseText values;
    for (const std::string& word : words) {
      const auto place = model.places_.find(word);
      if (place != model.places_.end()) values.emplace_back(place->second, 1);
    }
    std::ranges::sort(values);
    SparseText counted;
    for (const auto& [place, one] : values) {
      if (counted.empty() || counted.back().first != place) counted.emplace_back(place, 0);
      counted.back().second += one;
    }
    double squares = 0;
    for (auto& [place, value] : counted) {
      value *= model.idf_[place];
      squares += value * value;
    }
    for (auto& [place, value] : counted) value /= std::sqrt(squares);
    return counted;
  }

 private:
  Result<void> choose_words() {
    std::unordered_map<std::string, std::size_t> counts;
    for (const auto& text : words_) {
      for (const std::string& word : std::unordered_set<std::string>(text.begin(), text.end())) {
        ++counts[word];
      }
    }
    std::vector<std::pair<std::size_t, std::string>> chosen;
    for (const auto& [word, count] : counts) {
      if (count >= TextModel::kMinTexts) chosen.emplace_back(count, word);
    }
    if (chosen.empty()) return fail(Errc::Undefined, "no word is in two of the rated texts");
    std::ranges::sort(chosen, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    chosen.resize(std::min(chosen.size(), TextModel::kMaxWords));
    const auto num_texts = static_cast<double>(words_.size());
    for (const auto& [count, word] : chosen) {
      made_.places_.emplace(word, made_.idf_.size());
      made_.idf_.push_back(std::log((1 + num_texts) / (1 + static_cast<double>(count))) + 1);
    }
    return {};
  }

  void fit_weights() {
    std::vector<SparseText> rows;
    rows.reserve(words_.size());
    for (const auto& text : words_) rows.push_back(sparse(made_, text));
    const std::size_t num_words = made_.idf_.size();
    const auto slope_at = [&](const Vector& weights) {
      Slope slope{0, weights};
      slope.gradient[num_words] = 0;
      for (std::size_t at = 0; at < num_words; ++at) slope.loss += weights[at] * weights[at] / 2;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        double score = weights[num_words];
        for (const auto& [place, value] : rows[row]) score += weights[place] * value;
        slope.loss += log1p_exp(score) - targets_[row] * score;
        const double error = sigmoid(score) - targets_[row];
        for (const auto& [place, value] : rows[row]) slope.gradient[place] += error * value;
        slope.gradient[num_words] += error;
      }
      return slope;
    };
    Vector weights(num_words + 1, 0);
    const double liked = std::accumulate(targets_.begin(), targets_.end(), 0.0);
    weights[num_words] = std::log(liked / (static_cast<double>(rows.size()) - liked));
    minimise(slope_at, weights, kMaxGradient * static_cast<double>(rows.size()));
    made_.intercept_ = weights.back();
    weights.pop_back();
    made_.weights_ = std::move(weights);
  }

  std::vector<std::vector<std::string>> words_;
  std::vector<double> targets_;
  TextModel made_;
};

Result<TextModel> TextModel::fit(const std::vector<RatedText>& texts) {
  return TextTraining(texts).train();
}

double TextModel::score(std::string_view text) const {
  double score = intercept_;
  for (const auto& [place, value] : TextTraining::sparse(*this, tokens_of(text))) {
    score += weights_[place] * value;
  }
  return sigmoid(score);
}

std::vector<WordWeight> TextModel::strongest(bool is_positive, std::size_t count) const {
  std::vector<WordWeight> words;
  for (const auto& [word, place] : places_) {
    if ((weights_[place] > 0) == is_positive) words.push_back({word, weights_[place]});
  }
  std::ranges::sort(words, [](const WordWeight& a, const WordWeight& b) {
    const double left = std::abs(a.weight);
    const double right = std::abs(b.weight);
    return left != right ? left > right : a.word < b.word;
  });
  words.resize(std::min(count, words.size()));
  return words;
}

Json TextModel::to_json() const {
  JsonArray words(places_.size());
  for (const auto& [word, place] : places_) {
    words[place] = JsonArray{word, idf_[place], weights_[place]};
  }
  return JsonObject{{"kind", "tfidf_logistic"}, {"intercept", intercept_}, {"words", words}};
}

Result<TextModel> TextModel::from_json(const Json& json) {
  const auto refuse = [] { return fail(Errc::InvalidArgument, "this is no model of texts"); };
  const auto* const object = json.if_object();
  const auto* const words = object == nullptr ? nullptr : object->if_contains("words");
  const auto* const intercept = object == nullptr ? nullptr : object->if_contains("intercept");
  if (words == nullptr || intercept == nullptr || !words->is_array() || !intercept->is_number()) {
    return refuse();
  }
  TextModel model;
  model.intercept_ = intercept->to_number<double>();
  for (const Json& each : words->as_array()) {
    const auto* const parts = each.if_array();
    const bool is_word = parts != nullptr && parts->size() == 3 && parts->at(0).is_string() &&
                         parts->at(1).is_number() && parts->at(2).is_number();
    if (!is_word) return refuse();
    model.places_.emplace(std::string(parts->at(0).as_string()), model.idf_.size());
    model.idf_.push_back(parts->at(1).to_number<double>());
    model.weights_.push_back(parts->at(2).to_number<double>());
  }
  if (model.places_.size() != model.idf_.size()) return refuse();
  return model;
}

Result<TextEvaluation> evaluate_text_model(const std::vector<RatedText>& texts,
                                           std::uint64_t seed) {
  std::vector<const RatedText*> clear;
  std::vector<int> kinds;
  for (const RatedText& each : texts) {
    if (!is_clear(each.rating)) continue;
    clear.push_back(&each);
    kinds.push_back(is_liked(each.rating) ? 1 : 0);
  }
  const Split split = split_stratified(kinds, kTestShare, seed);
  std::vector<RatedText> train;
  for (const std::uint32_t at : split.train) train.push_back(*clear[at]);
  CIP_TRY_ASSIGN(const TextModel model, TextModel::fit(train));
  std::vector<double> actual;
  std::vector<double> predicted;
  for (const std::uint32_t at : split.test) {
    actual.push_back(kinds[at]);
    predicted.push_back(model.score(clear[at]->text));
  }
  const double liked =
      std::accumulate(actual.begin(), actual.end(), 0.0) / static_cast<double>(actual.size());
  return TextEvaluation{train.size(), actual.size(), classification_metrics(actual, predicted, 0.5),
                        std::max(liked, 1 - liked)};
}

}  // namespace cip::ml
