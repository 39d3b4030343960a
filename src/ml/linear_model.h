// ml/linear_model.h: a weighted sum of designed columns, which ridge and logistic regression share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ml/design.h"
#include "ml/learner.h"

namespace cip::ml {

class LinearModel final : public FittedModel {
 public:
  /// One coefficient per column of the design; `num_features` is what the design was fitted on.
  LinearModel(std::string learner, Design design, std::vector<double> coefficients,
              double intercept, std::size_t num_features);

  [[nodiscard]] std::string_view learner() const noexcept override { return learner_; }
  [[nodiscard]] std::vector<double> scores(const Matrix& rows) const override;
  [[nodiscard]] Explanation explain(std::span<const double> row) const override;
  [[nodiscard]] std::vector<double> importance() const override;
  [[nodiscard]] Json parameters() const override;
  [[nodiscard]] std::string artefact() const override { return {}; }

  [[nodiscard]] const std::vector<double>& coefficients() const noexcept { return coefficients_; }
  [[nodiscard]] double intercept() const noexcept { return intercept_; }

  /// Errors:  InvalidArgument  not what parameters() made
  static Result<std::shared_ptr<const FittedModel>> restore(std::string learner,
                                                            const Json& parameters,
                                                            std::size_t num_features);

 private:
  std::string learner_;
  Design design_;
  std::vector<double> coefficients_;
  double intercept_;
  std::size_t num_features_;
};

}  // namespace cip::ml
