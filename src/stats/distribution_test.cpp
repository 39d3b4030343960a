#include "stats/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "stats/reference_for_test.h"

namespace cip::stats {
namespace {

// Twelve digits of what is not too small to matter.
void expect_close(double found, double wanted) {
  EXPECT_NEAR(found, wanted, 1e-11 * wanted + 1e-13);
}

const Json& tails() { return statistics_reference().at("tails"); }

TEST(Tails, OfChiSquareAreThoseOfSciPy) {
  for (const Json& one : tails().at("chi_square").as_array()) {
    const std::vector<double> row = numbers_of(one);
    expect_close(chi_square_tail(row[0], row[1]), row[2]);
  }
}

TEST(Tails, OfStudentsTAreThoseOfSciPy) {
  for (const Json& one : tails().at("student_t").as_array()) {
    const std::vector<double> row = numbers_of(one);
    // A million degrees of freedom cost digits in the gamma functions.
    EXPECT_NEAR(student_t_tails(row[0], row[1]), row[2], 1e-8 * row[2]) << row[0] << ", " << row[1];
  }
}

TEST(Tails, OfFAreThoseOfSciPy) {
  for (const Json& one : tails().at("f").as_array()) {
    const std::vector<double> row = numbers_of(one);
    EXPECT_NEAR(f_tail(row[0], row[1], row[2]), row[3], 1e-9 * row[3] + 1e-13);
  }
}

TEST(Tails, OfTheNormalAreThoseOfSciPy) {
  for (const Json& one : tails().at("normal").as_array()) {
    const std::vector<double> row = numbers_of(one);
    expect_close(normal_tails(row[0]), row[1]);
  }
}

TEST(Tails, AreWholeOrNothingAtTheEnds) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(chi_square_tail(0, 3), 1);
  EXPECT_EQ(chi_square_tail(infinity, 3), 0);
  EXPECT_EQ(f_tail(0, 2, 9), 1);
  EXPECT_EQ(f_tail(infinity, 2, 9), 0);
  EXPECT_EQ(student_t_tails(infinity, 9), 0);
  EXPECT_EQ(student_t_tails(0, 9), 1);
}

TEST(Corrections, AreThoseOfStatsmodels) {
  const Json& json = statistics_reference().at("corrections");
  const std::vector<double> p = numbers_of(json.at("p"));
  const std::vector<double> by_rate = numbers_of(json.at("benjamini_hochberg"));
  const std::vector<double> by_family = numbers_of(json.at("holm"));
  const std::vector<double> found_rate = benjamini_hochberg(p);
  const std::vector<double> found_family = holm(p);
  ASSERT_EQ(found_rate.size(), p.size());
  for (std::size_t at = 0; at < p.size(); ++at) {
    EXPECT_NEAR(found_rate[at], by_rate[at], 1e-14);
    EXPECT_NEAR(found_family[at], by_family[at], 1e-14);
  }
}

TEST(Corrections, DoNotCountWhatIsMissing) {
  const std::vector<double> p = {0.01, std::nan(""), 0.04};
  EXPECT_DOUBLE_EQ(benjamini_hochberg(p)[0], 0.02);
  EXPECT_DOUBLE_EQ(holm(p)[0], 0.02);
  EXPECT_TRUE(std::isnan(benjamini_hochberg(p)[1]));
  EXPECT_TRUE(std::isnan(holm(p)[1]));
}

}  // namespace
}  // namespace cip::stats
