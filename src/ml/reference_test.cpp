// The learners and metrics against scikit-learn.
// tests/reference/ml_reference.py made the values.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "ml/evaluation.h"
#include "ml/k_means.h"
#include "ml/learner.h"
#include "ml/linear_model.h"

namespace cip::ml {
namespace {

const Json& reference() {
  static const Json loaded = [] {
    const auto path =
        std::filesystem::path(CIP_SOURCE_ROOT) / "tests" / "reference" / "ml_reference.json";
    return parse_json(read_file(path).value()).value();
  }();
  return loaded;
}

double number(const Json& value) { return value.to_number<double>(); }

std::vector<double> numbers(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list.as_array()) values.push_back(number(value));
  return values;
}

Matrix matrix(const Json& rows) {
  const auto& list = rows.as_array();
  Matrix values(list.size(), list[0].as_array().size());
  for (std::size_t row = 0; row < list.size(); ++row) {
    std::ranges::copy(numbers(list[row]), values.row(row).begin());
  }
  return values;
}

std::vector<Feature> number_features(std::size_t count) {
  std::vector<Feature> features;
  features.reserve(count);
  for (std::size_t at = 0; at < count; ++at) {
    features.push_back({{"x" + std::to_string(at), "X", "number"}, {}});
  }
  return features;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& wanted,
                 double tolerance) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t at = 0; at < found.size(); ++at) {
    EXPECT_NEAR(found[at], wanted[at], tolerance) << "at " << at;
  }
}

TEST(Ridge, HasTheCoefficientsOfScikitLearn) {
  const Json& known = reference().at("linear");
  const Matrix x = matrix(known.at("x"));
  const std::vector<double> y = numbers(known.at("y"));
  const auto features = number_features(x.num_columns());
  const auto model = ridge_learner(1.0)->fit({features, x, y, Goal::Regression, 42}).value();
  const auto& linear = dynamic_cast<const LinearModel&>(*model);
  expect_near(linear.coefficients(), numbers(known.at("ridge").at("coefficients")), 1e-11);
  EXPECT_NEAR(linear.intercept(), number(known.at("ridge").at("intercept")), 1e-11);
  expect_near(model->scores(x), numbers(known.at("ridge").at("predictions")), 1e-11);
}

TEST(LogisticRegression, HasTheCoefficientsOfScikitLearn) {
  const Json& known = reference().at("linear");
  const Matrix x = matrix(known.at("x"));
  const std::vector<double> label = numbers(known.at("label"));
  const auto features = number_features(x.num_columns());
  const auto model =
      logistic_learner(1.0)->fit({features, x, label, Goal::Classification, 42}).value();
  const auto& linear = dynamic_cast<const LinearModel&>(*model);
  // scikit-learn's L-BFGS stops a little short of the optimum.
  expect_near(linear.coefficients(), numbers(known.at("logistic").at("coefficients")), 1e-5);
  EXPECT_NEAR(linear.intercept(), number(known.at("logistic").at("intercept")), 1e-5);
  expect_near(model->scores(x), numbers(known.at("logistic").at("log_odds")), 1e-5);
}

TEST(ClassificationMetrics, AreThoseOfScikitLearn) {
  const Json& known = reference().at("classification");
  const std::vector<double> actual = numbers(known.at("actual"));
  const std::vector<double> predicted = numbers(known.at("predicted"));
  for (const Metric& metric :
       classification_metrics(actual, predicted, number(known.at("cut_off")))) {
    if (metric.name == "calibration_error") continue;  // Not among scikit-learn's.
    EXPECT_NEAR(metric.value, number(known.at(metric.name)), 1e-14) << metric.name;
  }
}

TEST(RegressionMetrics, AreThoseOfScikitLearn) {
  const Json& known = reference().at("regression");
  for (const Metric& metric :
       regression_metrics(numbers(known.at("actual")), numbers(known.at("predicted")))) {
    EXPECT_NEAR(metric.value, number(known.at(metric.name)), 1e-11) << metric.name;
  }
}

// The published silhouettes of Iris, K = 2 and 3, are in the documentation of
// several libraries.

TEST(KMeans, HasThePublishedSilhouettesOfIris) {
  const Matrix rows = matrix(reference().at("iris").at("rows"));
  ASSERT_EQ(rows.num_rows(), 150U);
  const Clustering two = k_means(rows, {.num_clusters = 2}).value();
  const Clustering three = k_means(rows, {.num_clusters = 3}).value();
  const std::vector<std::vector<std::uint32_t>> both = {two.cluster_of, three.cluster_of};
  const std::vector<double> silhouettes = mean_silhouettes(rows, both).value();
  EXPECT_NEAR(silhouettes[0], 0.681046169211746, 1e-10);
  EXPECT_NEAR(silhouettes[1], 0.5528190123564091, 1e-10);
}

TEST(KMeans, FindsTheInertiaThatFiftyStartsOfScikitLearnFind) {
  const Matrix rows = matrix(reference().at("iris").at("rows"));
  for (const Json& known : reference().at("iris").at("k_means").as_array()) {
    const auto k = static_cast<std::size_t>(number(known.at("k")));
    const Clustering found = k_means(rows, {.num_clusters = k, .num_starts = 50}).value();
    EXPECT_NEAR(found.inertia, number(known.at("inertia")), 1e-9) << "k = " << k;
    const std::span<const std::vector<std::uint32_t>> only(&found.cluster_of, 1);
    const auto silhouette = mean_silhouettes(rows, only).value();
    EXPECT_NEAR(silhouette[0], number(known.at("silhouette")), 1e-10) << "k = " << k;
  }
}

}  // namespace
}  // namespace cip::ml
