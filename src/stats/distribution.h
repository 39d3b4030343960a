// stats/distribution.h: how likely a test's number is if there is nothing but chance.
#pragma once

#include <span>
#include <vector>

namespace cip::stats {

/// The chance of a chi-square variable above x. 1 for x <= 0.
///
/// Method:  the upper incomplete gamma function, by series below a + 1, by Lentz's continued
/// fraction
///          above; about 13 digits.
/// Source:  NIST Digital Library of Mathematical Functions, 8.7 and 8.9.
[[nodiscard]] double chi_square_tail(double x, double degrees_of_freedom) noexcept;

/// The chance of a Student's t variable farther from zero than t, on either side.
///
/// Method:  the incomplete beta function by continued fraction.
/// Source:  NIST Digital Library of Mathematical Functions, 8.17.22.
[[nodiscard]] double student_t_tails(double t, double degrees_of_freedom) noexcept;

/// The chance of an F variable above f.
[[nodiscard]] double f_tail(double f, double numerator_degrees,
                            double denominator_degrees) noexcept;

/// The chance of a standard normal variable farther from zero than z, on either side.
[[nodiscard]] double normal_tails(double z) noexcept;

/// p values corrected so that, of all that are called significant at a level, at most that share
/// are false alarms on average (when the tests are independent or positively dependent).
///
/// Missing:  NaN stays NaN and does not count as a test.
/// Source:   Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57 (1995).
[[nodiscard]] std::vector<double> benjamini_hochberg(std::span<const double> p_values);

/// p values corrected so that the chance of even one false alarm stays below the level.
///
/// Missing:  NaN stays NaN and does not count as a test.
/// Source:   S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
[[nodiscard]] std::vector<double> holm(std::span<const double> p_values);

}  // namespace cip::stats
