#include "ml/boosted_trees.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::ml {
namespace {

// The library is spoken to through its C API. Its error text may hold paths and stack frames, so it
// goes nowhere; every call says in our own words what did not work.

struct FreeBooster {
  void operator()(void* handle) const noexcept { XGBoosterFree(handle); }
};
struct FreeData {
  void operator()(void* handle) const noexcept { XGDMatrixFree(handle); }
};
using Booster = std::unique_ptr<void, FreeBooster>;
using Data = std::unique_ptr<void, FreeData>;

constexpr std::string_view kName = "xgboost";

// The library computes in single precision and refuses infinity, which a large double would become.
float narrowed(double value) {
  constexpr auto limit = static_cast<double>(std::numeric_limits<float>::max());
  return static_cast<float>(std::clamp(value, -limit, limit));  // NaN stays NaN: missing.
}

// One thread, also for reading the rows in: the library's threads wait for each other by spinning,
// which on a busy machine takes many times what the work does.
Data data_of(std::span<const double> values, std::size_t num_rows) {
  CIP_EXPECTS(num_rows > 0);
  std::vector<float> cells(values.size());
  std::ranges::transform(values, cells.begin(), narrowed);
  const std::string array = fmt::format(
      R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
      reinterpret_cast<std::uintptr_t>(cells.data()), num_rows, cells.size() / num_rows);
  DMatrixHandle handle = nullptr;
  const int code =
      XGDMatrixCreateFromDense(array.c_str(), R"({"missing": NaN, "nthread": 1})", &handle);
  Data data(handle);
  CIP_EXPECTS(code == 0);
  return data;
}

Result<void> set_options(void* booster,
                         std::span<const std::pair<std::string, std::string>> options) {
  for (const auto& [name, value] : options) {
    if (XGBoosterSetParam(booster, name.c_str(), value.c_str()) != 0) {
      return fail(Errc::InvalidArgument, fmt::format("boosted trees refuse {} = {}", name, value));
    }
  }
  return {};
}

class BoostedTrees final : public FittedModel {
 public:
  BoostedTrees(Booster booster, std::size_t num_features)
      : booster_(std::move(booster)), num_features_(num_features) {}

  [[nodiscard]] std::string_view learner() const noexcept override { return kName; }

  [[nodiscard]] std::vector<double> scores(const Matrix& rows) const override {
    CIP_EXPECTS(rows.num_columns() == num_features_);
    if (rows.num_rows() == 0) return {};
    return predicted(data_of(rows.values(), rows.num_rows()), Output::Margin);
  }

  [[nodiscard]] Explanation explain(std::span<const double> row) const override {
    CIP_EXPECTS(row.size() == num_features_);
    const Data data = data_of(row, 1);
    Explanation explanation{0, predicted(data, Output::Contributions),
                            predicted(data, Output::Margin).front()};
    // The last one is the bias, the mean score. It is taken as what the others leave, so that the
    // rounding of single precision does not show in the sum.
    explanation.contributions.pop_back();
    explanation.base = explanation.score - std::accumulate(explanation.contributions.begin(),
                                                           explanation.contributions.end(), 0.0);
    return explanation;
  }

  /// Shares of the total gain: how much the splits by a feature lowered the loss.
  [[nodiscard]] std::vector<double> importance() const override {
    const std::scoped_lock lock(mutex_);
    bst_ulong num_found = 0;
    bst_ulong num_dimensions = 0;
    const char** names = nullptr;
    const bst_ulong* shape = nullptr;
    const float* gains = nullptr;
    const int code = XGBoosterFeatureScore(booster_.get(), R"({"importance_type": "total_gain"})",
                                           &num_found, &names, &num_dimensions, &shape, &gains);
    CIP_EXPECTS(code == 0);

    std::vector<double> shares(num_features_, 0.0);
    double sum = 0;
    for (std::size_t at = 0; at < num_found; ++at) {
      const auto feature = parse_int(std::string_view(names[at]).substr(1));  // "f12"
      CIP_EXPECTS(feature && *feature >= 0 && static_cast<std::size_t>(*feature) < num_features_);
      shares[static_cast<std::size_t>(*feature)] = static_cast<double>(gains[at]);
      sum += static_cast<double>(gains[at]);
    }
    if (sum > 0) {
      for (double& share : shares) share /= sum;
    }
    return shares;
  }

  [[nodiscard]] Json parameters() const override { return JsonObject{}; }

  [[nodiscard]] std::string artefact() const override {
    const std::scoped_lock lock(mutex_);
    bst_ulong size = 0;
    const char* bytes = nullptr;
    const int code =
        XGBoosterSaveModelToBuffer(booster_.get(), R"({"format": "ubj"})", &size, &bytes);
    CIP_EXPECTS(code == 0);
    return {bytes, size};
  }

 private:
  enum class Output { Margin = 1, Contributions = 2 };  // The numbers of the C API.

  [[nodiscard]] std::vector<double> predicted(const Data& data, Output output) const {
    const std::string config =
        fmt::format(R"({{"type": {}, "training": false, "iteration_begin": 0, "iteration_end": 0,)"
                    R"( "strict_shape": false}})",
                    static_cast<int>(output));
    const std::scoped_lock lock(mutex_);  // The library hands out a buffer of its own.
    const bst_ulong* shape = nullptr;
    bst_ulong num_dimensions = 0;
    const float* values = nullptr;
    const int code = XGBoosterPredictFromDMatrix(booster_.get(), data.get(), config.c_str(), &shape,
                                                 &num_dimensions, &values);
    CIP_EXPECTS(code == 0);
    const bst_ulong num_values =
        std::accumulate(shape, shape + num_dimensions, bst_ulong{1}, std::multiplies<>{});
    return {values, values + num_values};
  }

  mutable std::mutex mutex_;
  Booster booster_;
  std::size_t num_features_;
};

class BoostedTreesLearner final : public Learner {
 public:
  explicit BoostedTreesLearner(BoostedTreesOptions options) : options_(options) {}

  [[nodiscard]] std::string_view name() const noexcept override { return kName; }
  [[nodiscard]] std::string_view label() const noexcept override { return "XGBoost"; }

  [[nodiscard]] Result<std::shared_ptr<const FittedModel>> fit(
      const TrainingData& data) const override {
    CIP_EXPECTS(data.rows.num_rows() == data.targets.size());
    if (data.targets.empty() || data.rows.num_columns() == 0) {
      return fail(Errc::Undefined, "boosted trees need at least one row and one feature");
    }
    const double mean = std::accumulate(data.targets.begin(), data.targets.end(), 0.0) /
                        static_cast<double>(data.targets.size());
    if (data.goal == Goal::Classification && !(mean > 0 && mean < 1)) {
      return fail(Errc::Undefined, "boosted trees need both classes, found one");
    }

    const Data matrix = data_of(data.rows.values(), data.rows.num_rows());
    std::vector<float> labels(data.targets.size());
    std::ranges::transform(data.targets, labels.begin(), narrowed);
    BoosterHandle handle = nullptr;
    const DMatrixHandle matrices[] = {matrix.get()};  // NOLINT(*-c-arrays): what the C API takes.
    bool is_done = XGDMatrixSetFloatInfo(matrix.get(), "label", labels.data(), labels.size()) == 0;
    is_done = is_done && XGBoosterCreate(matrices, 1, &handle) == 0;
    Booster booster(handle);
    if (is_done) CIP_TRY(set_options(booster.get(), options_for(data, mean)));
    for (int tree = 0; is_done && tree < options_.num_trees; ++tree) {
      is_done = XGBoosterUpdateOneIter(booster.get(), tree, matrix.get()) == 0;
    }
    if (!is_done)
      return fail(Errc::Undefined, "boosted trees could not be learned from these data");
    return std::shared_ptr<const FittedModel>(
        std::make_shared<BoostedTrees>(std::move(booster), data.features.size()));
  }

 private:
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> options_for(
      const TrainingData& data, double mean) const {
    const bool is_classification = data.goal == Goal::Classification;
    return {{"verbosity", "0"},
            {"objective", is_classification ? "binary:logistic" : "reg:squarederror"},
            {"base_score", number_text(mean)},
            {"tree_method", "hist"},
            {"max_depth", fmt::to_string(options_.max_depth)},
            {"eta", number_text(options_.learning_rate)},
            {"seed", fmt::to_string(data.seed % std::numeric_limits<std::int32_t>::max())},
            {"nthread", "1"}};
  }

  BoostedTreesOptions options_;
};

}  // namespace

std::unique_ptr<Learner> boosted_trees_learner(BoostedTreesOptions options) {
  return std::make_unique<BoostedTreesLearner>(options);
}

Result<std::shared_ptr<const FittedModel>> restore_boosted_trees(std::string_view artefact,
                                                                 std::size_t num_features) {
  const auto refused = [] {
    return fail(Errc::InvalidArgument, "the artefact should hold boosted trees, found other bytes");
  };
  if (artefact.empty()) return refused();
  BoosterHandle handle = nullptr;
  const int created = XGBoosterCreate(nullptr, 0, &handle);
  Booster booster(handle);
  CIP_EXPECTS(created == 0);
  if (XGBoosterLoadModelFromBuffer(booster.get(), artefact.data(), artefact.size()) != 0) {
    return refused();
  }
  const std::pair<std::string, std::string> options[] = {{"nthread", "1"},  // NOLINT(*-c-arrays)
                                                         {"verbosity", "0"}};
  CIP_TRY(set_options(booster.get(), options));
  bst_ulong num_found = 0;
  if (XGBoosterGetNumFeature(booster.get(), &num_found) != 0) return refused();
  if (num_found != num_features) {
    return fail(Errc::InvalidArgument,
                fmt::format("the trees should use {} features, found {}", num_features, num_found));
  }
  return std::shared_ptr<const FittedModel>(
      std::make_shared<BoostedTrees>(std::move(booster), num_features));
}

}  // namespace cip::ml
