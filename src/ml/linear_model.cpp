#include "ml/linear_model.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ml/saved_fields.h"

namespace cip::ml {

LinearModel::LinearModel(std::string learner, Design design, std::vector<double> coefficients,
                         double intercept, std::size_t num_features)
    : learner_(std::move(learner)),
      design_(std::move(design)),
      coefficients_(std::move(coefficients)),
      intercept_(intercept),
      num_features_(num_features) {
  CIP_EXPECTS(coefficients_.size() == design_.num_columns());
}

std::vector<double> LinearModel::scores(const Matrix& rows) const {
  CIP_EXPECTS(rows.num_columns() == num_features_);
  std::vector<double> scores(rows.num_rows());
  // Row by row through explain(), so that a score and its explanation are the same sum.
  for (std::size_t row = 0; row < rows.num_rows(); ++row)
    scores[row] = explain(rows.row(row)).score;
  return scores;
}

Explanation LinearModel::explain(std::span<const double> row) const {
  CIP_EXPECTS(row.size() == num_features_);
  std::vector<double> designed(design_.num_columns());
  design_.transform_row(row, designed);
  // The columns are centred, so the intercept is the score of a row of means.
  Explanation explanation{intercept_, std::vector<double>(num_features_, 0.0), intercept_};
  for (std::size_t at = 0; at < designed.size(); ++at) {
    explanation.contributions[design_.feature_of(at)] += coefficients_[at] * designed[at];
  }
  for (const double contribution : explanation.contributions) explanation.score += contribution;
  return explanation;
}

std::vector<double> LinearModel::importance() const {
  std::vector<double> shares(num_features_, 0.0);
  for (std::size_t at = 0; at < coefficients_.size(); ++at) {
    shares[design_.feature_of(at)] += std::abs(coefficients_[at]);
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum > 0) {
    for (double& share : shares) share /= sum;
  }
  return shares;
}

Json LinearModel::parameters() const {
  return JsonObject{{"design", design_.to_json()},
                    {"coefficients", boost::json::value_from(coefficients_)},
                    {"intercept", intercept_}};
}

Result<std::shared_ptr<const FittedModel>> LinearModel::restore(std::string learner,
                                                                const Json& parameters,
                                                                std::size_t num_features) {
  SavedProblem problem;
  const SavedFields fields(parameters, problem);
  std::vector<double> coefficients = fields.numbers("coefficients");
  const double intercept = fields.number("intercept");
  const Json& saved_design = fields.member("design");
  CIP_TRY(problem.outcome());
  CIP_TRY_ASSIGN(Design design, Design::from_json(saved_design, num_features));
  if (coefficients.size() != design.num_columns()) {
    return fail(Errc::InvalidArgument, fmt::format("'coefficients' should be {} numbers, found {}",
                                                   design.num_columns(), coefficients.size()));
  }
  return std::shared_ptr<const FittedModel>(std::make_shared<LinearModel>(
      std::move(learner), std::move(design), std::move(coefficients), intercept, num_features));
}

}  // namespace cip::ml
