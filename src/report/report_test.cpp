#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "frame/column_builder.h"
#include "query/memory_engine.h"

namespace cip::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> titles_of(const std::vector<Section>& sections) {
  std::vector<std::string> titles;
  titles.reserve(sections.size());
  for (const Section& section : sections) titles.push_back(section.title);
  return titles;
}

TEST(PreparedReports, AreTheFiveOfTheLibrary) {
  std::vector<std::string> names;
  names.reserve(prepared_reports().size());
  for (const Report& report : prepared_reports()) names.push_back(report.name);
  EXPECT_THAT(names, ElementsAre("executive", "sales", "customer", "product", "marketing"));
}

class EachReport : public testing::TestWithParam<Report> {};

TEST_P(EachReport, AsksOnlyForWhatTheBuiltInModelKnows) {
  const Report& report = GetParam();
  EXPECT_EQ(titles_of(sections_for(report, model::builtin_model())), titles_of(report.sections));
}

TEST_P(EachReport, AsksQuestionsThatHaveAnAnswer) {
  // No rows are needed to see whether metrics and dimensions go together.
  const auto nothing = query::make_dataset(model::builtin_model(), {}, "nothing").value();
  for (const Section& section : GetParam().sections) {
    const auto answer = query::run(section.query, *nothing);
    EXPECT_TRUE(answer) << section.title << ": " << answer.error().message;
  }
}

TEST_P(EachReport, RanksByAMetricWhosePartsAddUp) {
  // Its sentence says how much of the whole the first one holds.
  for (const Section& section : GetParam().sections) {
    if (section.query.sort.empty()) continue;
    const model::Metric* metric = model::builtin_model().find_metric(section.query.metrics.front());
    ASSERT_NE(metric, nullptr);
    EXPECT_TRUE(metric->is_additive) << section.title;
    EXPECT_EQ(section.query.sort.front().by, metric->name) << section.title;
  }
}

TEST_P(EachReport, HasSectionsWithTitlesOfTheirOwn) {
  const std::vector<std::string> titles = titles_of(GetParam().sections);
  EXPECT_THAT(titles, Not(IsEmpty()));
  EXPECT_EQ(std::set<std::string>(titles.begin(), titles.end()).size(), titles.size());
}

TEST_P(EachReport, LeavesThePeriodToTheReader) {
  for (const Section& section : GetParam().sections) {
    EXPECT_FALSE(section.query.from) << section.title;
    EXPECT_FALSE(section.query.to) << section.title;
    EXPECT_TRUE(section.query.limit) << section.title << " has no limit";
  }
}

INSTANTIATE_TEST_SUITE_P(PreparedReports, EachReport, testing::ValuesIn(prepared_reports()),
                         [](const auto& report) { return report.param.name; });

TEST(Sections, ThatAModelDoesNotKnowAreLeftOut) {
  model::Model model = model::builtin_model();
  std::erase_if(model.dimensions,
                [](const model::Dimension& dimension) { return dimension.name == "country"; });
  std::erase_if(model.metrics,
                [](const model::Metric& metric) { return metric.name == "churn_rate"; });
  const Report& executive = *find_report("executive").value();
  EXPECT_THAT(titles_of(sections_for(executive, model)),
              ElementsAre("Revenue by month", "Revenue by segment"));
}

TEST(FindReport, FindsEachByItsName) {
  for (const Report& report : prepared_reports()) {
    EXPECT_EQ(find_report(report.name).value(), &report);
  }
}

TEST(FindReport, RefusesAnUnknownNameWithTheNearest) {
  const auto refused = find_report("sale");
  EXPECT_EQ(refused.error().code, Errc::NotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("'sale'"));
  EXPECT_THAT(refused.error().message, HasSubstr("sales"));
}

TEST(Chart, HasTheNamesOfTheApi) {
  EXPECT_EQ(name_of(Chart::Line), "line");
  EXPECT_EQ(name_of(Chart::Bar), "bar");
  EXPECT_EQ(name_of(Chart::Pie), "pie");
  EXPECT_EQ(name_of(Chart::Table), "table");
}

// Sentences.

struct Row {
  std::optional<std::string> country;
  double revenue;
};

frame::Table table_of(const std::vector<Row>& rows) {
  frame::ColumnBuilder country("country", Type::Text);
  frame::Numbers revenue;
  for (const Row& row : rows) {
    if (row.country) {
      country.append_text(*row.country);
    } else {
      country.append_null();
    }
    revenue.values.push_back(row.revenue);
  }
  std::vector<frame::Column> columns;
  columns.push_back(std::move(country).build());
  columns.push_back(frame::Column::make("revenue", std::move(revenue)).value());
  return frame::Table::make(std::move(columns)).value();
}

query::Answer answer_of(const std::vector<Row>& rows, double total) {
  query::Answer answer;
  answer.fields = {query::describe(model::builtin_model(), "country").value(),
                   query::describe(model::builtin_model(), "revenue").value()};
  answer.table = table_of(rows);
  answer.totals = table_of({{std::nullopt, total}});
  return answer;
}

const Section& by_country() { return find_report("executive").value()->sections.back(); }

TEST(Sentence, NamesTheFirstAndItsShareOfTheWhole) {
  // Of the total, not of the rows shown: those are cut to the largest.
  EXPECT_EQ(sentence_of(by_country(), answer_of({{"Norway", 30}, {"France", 20}}, 120)),
            "Revenue by country: Norway leads with 25 % of revenue");
}

TEST(Sentence, HasAWordForAGroupWithoutAName) {
  EXPECT_THAT(sentence_of(by_country(), answer_of({{std::nullopt, 30}}, 60)),
              HasSubstr("(none) leads with 50 %"));
}

TEST(Sentence, IsNotMadeWithoutANumber) {
  const double null = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(sentence_of(by_country(), answer_of({}, 0)), "");
  EXPECT_EQ(sentence_of(by_country(), answer_of({{"Norway", 0}}, 0)), "");
  EXPECT_EQ(sentence_of(by_country(), answer_of({{"Norway", null}}, 10)), "");
  EXPECT_EQ(sentence_of(by_country(), answer_of({{"Norway", 10}}, null)), "");
}

TEST(Sentence, IsNotMadeOfWhatIsNoRanking) {
  const Section& by_month = find_report("executive").value()->sections[1];
  EXPECT_EQ(sentence_of(by_month, answer_of({{"Norway", 30}}, 60)), "");
}

TEST(Sentence, IsNotMadeWithoutATotal) {
  query::Answer answer = answer_of({{"Norway", 30}}, 60);
  answer.totals.reset();
  EXPECT_EQ(sentence_of(by_country(), answer), "");
}

}  // namespace
}  // namespace cip::report
