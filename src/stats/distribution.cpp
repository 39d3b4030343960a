#include "stats/distribution.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace cip::stats {
namespace {

constexpr double kTiny = 1e-300;
constexpr double kDigits = std::numeric_limits<double>::epsilon();
constexpr int kMostTerms = 100'000;

// Not std::lgamma(), which writes a global that threads would share.
double log_gamma(double x) noexcept {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double away_from_zero(double x) noexcept { return std::abs(x) < kTiny ? kTiny : x; }

// One step of Lentz's method for b0 + a1 / (b1 + a2 / (b2 + ...)).
struct Fraction {
  double value;
  double c;
  double d = 0;

  // Whether the value still moved.
  bool add(double a, double b) noexcept {
    d = 1 / away_from_zero(b + a * d);
    c = away_from_zero(b + a / c);
    value *= c * d;
    return std::abs(c * d - 1) > kDigits;
  }
};

double upper_gamma_by_fraction(double a, double x) noexcept {
  double b = x + 1 - a;
  Fraction fraction{1 / away_from_zero(b), 1 / kTiny, 1 / away_from_zero(b)};
  for (int term = 1; term < kMostTerms; ++term) {
    b += 2;
    if (!fraction.add(-term * (term - a), b)) break;
  }
  return std::exp(a * std::log(x) - x - log_gamma(a)) * fraction.value;
}

double lower_gamma_by_series(double a, double x) noexcept {
  double sum = 1 / a;
  double term = sum;
  for (int at = 1; at < kMostTerms && term > sum * kDigits; ++at) {
    term *= x / (a + at);
    sum += term;
  }
  return std::exp(a * std::log(x) - x - log_gamma(a)) * sum;
}

double beta_fraction(double x, double a, double b) noexcept {
  const double first = away_from_zero(1 - (a + b) * x / (a + 1));
  Fraction fraction{1 / first, 1, 1 / first};
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    fraction.add(even, 1);
    if (!fraction.add(odd, 1)) break;
  }
  return fraction.value;
}

// The regularised incomplete beta function I_x(a, b); `rest` is 1 - x, given apart for its digits.
double incomplete_beta(double x, double rest, double a, double b) noexcept {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                b * std::log(rest));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(rest, b, a) / b;
}

// Places of the values that are there, the smallest first.
std::vector<std::size_t> by_size(std::span<const double> p_values) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < p_values.size(); ++at) {
    if (!std::isnan(p_values[at])) places.push_back(at);
  }
  std::ranges::stable_sort(places, {}, [&p_values](std::size_t at) { return p_values[at]; });
  return places;
}

}  // namespace

double chi_square_tail(double x, double degrees_of_freedom) noexcept {
  if (!(x > 0)) return 1;
  if (std::isinf(x)) return 0;
  const double a = degrees_of_freedom / 2;
  if (x / 2 < a + 1) return std::clamp(1 - lower_gamma_by_series(a, x / 2), 0.0, 1.0);
  return std::clamp(upper_gamma_by_fraction(a, x / 2), 0.0, 1.0);
}

double student_t_tails(double t, double degrees_of_freedom) noexcept {
  if (std::isinf(t)) return 0;
  const double square = t * t;
  const double sum = degrees_of_freedom + square;
  return incomplete_beta(degrees_of_freedom / sum, square / sum, degrees_of_freedom / 2, 0.5);
}

double f_tail(double f, double numerator_degrees, double denominator_degrees) noexcept {
  if (!(f > 0)) return 1;
  if (std::isinf(f)) return 0;
  const double upper = numerator_degrees * f;
  const double sum = denominator_degrees + upper;
  return incomplete_beta(denominator_degrees / sum, upper / sum, denominator_degrees / 2,
                         numerator_degrees / 2);
}

double normal_tails(double z) noexcept { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<double> corrected(p_values.begin(), p_values.end());
  const std::vector<std::size_t> places = by_size(p_values);
  const auto count = static_cast<double>(places.size());
  double smallest = 1;
  for (std::size_t at = places.size(); at-- > 0;) {
    smallest = std::min(smallest, p_values[places[at]] * count / static_cast<double>(at + 1));
    corrected[places[at]] = smallest;
  }
  return corrected;
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<double> corrected(p_values.begin(), p_values.end());
  const std::vector<std::size_t> places = by_size(p_values);
  double largest = 0;
  for (std::size_t at = 0; at < places.size(); ++at) {
    largest = std::max(largest, p_values[places[at]] * static_cast<double>(places.size() - at));
    corrected[places[at]] = std::min(largest, 1.0);
  }
  return corrected;
}

}  // namespace cip::stats
