#include "ingest/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/value_kind.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Drift, TellsNewGoneAndRenamedColumns) {
  const std::vector<KnownColumn> before = {{"CustomerID", {1, 0}}, {"Umsatz", {0, 1}}, {"Fax", {}}};
  const std::vector<KnownColumn> now = {
      {"CustomerID", {1, 0}}, {"Umsatz_EUR", {0, 1}}, {"Note", {}}};
  const Drift drift = drift_of(before, now);
  EXPECT_THAT(drift.added, ElementsAre("Note"));
  EXPECT_THAT(drift.gone, ElementsAre("Fax"));
  ASSERT_EQ(drift.renamed.size(), 1U);
  EXPECT_EQ(drift.renamed[0].from, "Umsatz");
  EXPECT_EQ(drift.renamed[0].to, "Umsatz_EUR");
  // Bigrams: 5 of 5 + 8 are shared twice, 10/13; the values are alike.
  EXPECT_NEAR(drift.renamed[0].likelihood, (10.0 / 13 + 1) / 2, 1e-12);
  EXPECT_EQ(text_of(drift, "; "), "new: Note; gone: Fax; renamed: Umsatz to Umsatz_EUR (0.88)");
}

TEST(Drift, DoesNotCallUnlikeColumnsRenamed) {
  const Drift drift = drift_of(std::vector<KnownColumn>{{"Price", {0, 1}}},
                               std::vector<KnownColumn>{{"Country", {1, 0}}});
  EXPECT_THAT(drift.renamed, IsEmpty());
  EXPECT_THAT(drift.gone, ElementsAre("Price"));
}

TEST(Drift, IsEmptyForTheSameColumnsInAnotherOrder) {
  const Drift drift = drift_of(std::vector<KnownColumn>{{"a", {}}, {"b", {}}},
                               std::vector<KnownColumn>{{"b", {1}}, {"a", {0}}});
  EXPECT_TRUE(drift.is_empty());
  EXPECT_EQ(text_of(drift, "\n"), "");
}

TEST(ValueKind, KnowsValuesByTheirForm) {
  EXPECT_TRUE(looks_like("+49 (0)89 1234-567", ValueKind::Phone));
  EXPECT_TRUE(looks_like("089/1234567", ValueKind::Phone));
  EXPECT_TRUE(looks_like("555-123-4567", ValueKind::Phone));
  EXPECT_FALSE(looks_like("1234567", ValueKind::Phone));  // A number like any other.
  EXPECT_FALSE(looks_like("2024-03-01", ValueKind::Phone));
  EXPECT_FALSE(looks_like("01.02.2024", ValueKind::Phone));
  EXPECT_TRUE(looks_like("Germany", ValueKind::Country));
  EXPECT_TRUE(looks_like("DE", ValueKind::Country));
  EXPECT_TRUE(looks_like("FRA", ValueKind::Country));
  EXPECT_FALSE(looks_like("XX", ValueKind::Country));
  EXPECT_FALSE(looks_like("E A", ValueKind::Country));
  EXPECT_FALSE(looks_like("Premium", ValueKind::Country));
  EXPECT_TRUE(looks_like("31.12.2023", ValueKind::Date));
  EXPECT_FALSE(looks_like("31.02.2023", ValueKind::Date));
  EXPECT_TRUE(looks_like("1.234,50", ValueKind::Number));
  EXPECT_FALSE(looks_like("1.234,50", ValueKind::Whole));
  EXPECT_TRUE(looks_like("Works well, arrived on time and looks good", ValueKind::Words));
  EXPECT_FALSE(looks_like("", ValueKind::Words));
}

}  // namespace
}  // namespace cip::ingest
