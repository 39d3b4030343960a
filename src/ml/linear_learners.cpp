#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "ml/learner.h"
#include "ml/linear_model.h"

namespace cip::ml {
namespace {

using Rows =
    Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Vector = Eigen::VectorXd;

Eigen::Index index(std::size_t size) { return static_cast<Eigen::Index>(size); }

Rows as_rows(const Matrix& matrix) {
  return {matrix.values().data(), index(matrix.num_rows()), index(matrix.num_columns())};
}

Result<void> check_rows(const TrainingData& data) {
  CIP_EXPECTS(data.rows.num_rows() == data.targets.size());
  if (data.rows.num_rows() > 0 && data.rows.num_columns() > 0) return {};
  return fail(Errc::Undefined, "a linear model needs at least one row and one feature");
}

std::shared_ptr<const FittedModel> model_of(std::string_view learner, Design design,
                                            const Vector& coefficients, double intercept,
                                            const TrainingData& data) {
  return std::make_shared<LinearModel>(
      std::string(learner), std::move(design),
      std::vector<double>(coefficients.begin(), coefficients.end()), intercept,
      data.features.size());
}

class RidgeLearner final : public Learner {
 public:
  explicit RidgeLearner(double alpha) : alpha_(alpha) { CIP_EXPECTS(alpha > 0); }

  [[nodiscard]] std::string_view name() const noexcept override { return "ridge"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "Ridge regression"; }

  [[nodiscard]] Result<std::shared_ptr<const FittedModel>> fit(
      const TrainingData& data) const override {
    CIP_TRY(check_rows(data));
    Design design = Design::fit(data.features, data.rows);
    const Matrix designed = design.transform(data.rows);
    const Rows x = as_rows(designed);
    const Eigen::Map<const Vector> y(data.targets.data(), index(data.targets.size()));
    const double mean = y.mean();

    // The columns are centred, so the unpenalised intercept is the mean of the target.
    Eigen::MatrixXd normal = x.transpose() * x;
    normal.diagonal().array() += alpha_;
    const Vector coefficients = normal.ldlt().solve(x.transpose() * (y.array() - mean).matrix());
    if (!coefficients.allFinite() || !std::isfinite(mean)) {
      return fail(Errc::Undefined, "ridge regression overflows, the values are too large");
    }
    return model_of(name(), std::move(design), coefficients, mean, data);
  }

 private:
  double alpha_;
};

// Half the squared coefficients plus C times the log-loss; the intercept comes last and is free.
class PenalisedLogLoss {
 public:
  PenalisedLogLoss(const Rows& x, const Eigen::Map<const Vector>& y, double c)
      : x_(x), y_(y), c_(c) {}

  [[nodiscard]] double at(const Vector& weights) const {
    const Vector scores = scores_of(weights);
    // log(1 + e^s) - y s, written so that a large score does not overflow.
    const double loss = (scores.array().max(0) + (-scores.array().abs()).exp().log1p() -
                         y_.array() * scores.array())
                            .sum();
    return c_ * loss + coefficients(weights).squaredNorm() / 2;
  }

  struct Slope {
    Vector gradient;
    Eigen::MatrixXd curvature;
  };

  [[nodiscard]] Slope slope_at(const Vector& weights) const {
    const Vector scores = scores_of(weights);
    const Vector probability = 1 / (1 + (-scores.array()).exp());
    const Vector error = c_ * (probability - y_);
    const Vector weight = c_ * (probability.array() * (1 - probability.array())).matrix();
    const Eigen::Index p = x_.cols();

    Slope slope{Vector(p + 1), Eigen::MatrixXd(p + 1, p + 1)};
    slope.gradient.head(p) = x_.transpose() * error + coefficients(weights);
    slope.gradient(p) = error.sum();
    const Eigen::MatrixXd weighted = weight.asDiagonal() * x_;
    slope.curvature.topLeftCorner(p, p) = x_.transpose() * weighted;
    slope.curvature.topLeftCorner(p, p).diagonal().array() += 1;
    slope.curvature.col(p).head(p) = weighted.colwise().sum();
    slope.curvature.row(p).head(p) = slope.curvature.col(p).head(p).transpose();
    slope.curvature(p, p) = weight.sum();
    return slope;
  }

 private:
  [[nodiscard]] Vector coefficients(const Vector& weights) const { return weights.head(x_.cols()); }
  [[nodiscard]] Vector scores_of(const Vector& weights) const {
    return ((x_ * coefficients(weights)).array() + weights(x_.cols())).matrix();
  }

  Rows x_;
  Eigen::Map<const Vector> y_;
  double c_;
};

// Newton's method. A step that does not lower the loss is halved until it does; when no step does,
// the digits of a double are used up, and the gradient decides whether that is the optimum.
Result<Vector> minimise(const PenalisedLogLoss& loss, Vector weights, double tolerance) {
  constexpr int max_steps = 100;
  constexpr int max_halvings = 40;
  double value = loss.at(weights);
  for (int step = 0; step < max_steps; ++step) {
    const PenalisedLogLoss::Slope slope = loss.slope_at(weights);
    const double steepness = slope.gradient.lpNorm<Eigen::Infinity>();
    if (steepness < tolerance) return weights;
    Vector direction = slope.curvature.ldlt().solve(slope.gradient);
    if (!direction.allFinite()) break;
    int halvings = 0;
    double next = loss.at(weights - direction);
    while (!(next < value) && halvings++ < max_halvings) {
      direction /= 2;
      next = loss.at(weights - direction);
    }
    if (!(next < value)) {
      if (steepness < 1e3 * tolerance) return weights;
      break;
    }
    weights -= direction;
    value = next;
  }
  return fail(Errc::Undefined, "logistic regression does not converge on these data");
}

class LogisticLearner final : public Learner {
 public:
  explicit LogisticLearner(double c) : c_(c) { CIP_EXPECTS(c > 0); }

  [[nodiscard]] std::string_view name() const noexcept override { return "logistic_regression"; }
  [[nodiscard]] std::string_view label() const noexcept override { return "Logistic regression"; }

  [[nodiscard]] Result<std::shared_ptr<const FittedModel>> fit(
      const TrainingData& data) const override {
    CIP_TRY(check_rows(data));
    const Eigen::Map<const Vector> y(data.targets.data(), index(data.targets.size()));
    const double base_rate = y.mean();
    if (!(base_rate > 0 && base_rate < 1)) {
      return fail(Errc::Undefined, "logistic regression needs both classes, found one");
    }
    Design design = Design::fit(data.features, data.rows);
    const Matrix designed = design.transform(data.rows);
    Vector weights = Vector::Zero(index(designed.num_columns()) + 1);
    weights(weights.size() - 1) = std::log(base_rate / (1 - base_rate));

    const double tolerance = 1e-9 * c_ * static_cast<double>(data.targets.size());
    CIP_TRY_ASSIGN(weights, minimise(PenalisedLogLoss(as_rows(designed), y, c_), std::move(weights),
                                     tolerance));
    return model_of(name(), std::move(design), weights.head(weights.size() - 1),
                    weights(weights.size() - 1), data);
  }

 private:
  double c_;
};

}  // namespace

std::unique_ptr<Learner> ridge_learner(double alpha) {
  return std::make_unique<RidgeLearner>(alpha);
}

std::unique_ptr<Learner> logistic_learner(double c) { return std::make_unique<LogisticLearner>(c); }

}  // namespace cip::ml
