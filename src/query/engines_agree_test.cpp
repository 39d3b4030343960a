// Random questions about random data, put to both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "query/memory_engine.h"
#include "query/query_text.h"
#include "query/question_maker_for_test.h"
#include "query/sql_engine.h"
#include "query/store_for_test.h"

namespace cip::query {
namespace {

Names answer_of(const Result<Answer>& answer) {
  if (!answer) return {"error: " + answer.error().message};
  EXPECT_EQ(answer->fields.size(), answer->table.columns().size());
  Names lines = lines_of(*answer);
  lines.push_back(fmt::format("{} groups of {} rows", answer->num_rows, answer->rows_matched));
  return lines;
}

TEST(Engines, AgreeOnRandomQuestionsAboutRandomData) {
  const model::Model model = test_model();
  int num_answered = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Maker maker(seed);
    const TestStore store =
        make_test_store(model, maker.tables(seed % 4 == 0 ? 0 : 40 * static_cast<int>(seed)))
            .value();
    for (int question = 0; question < 120; ++question) {
      const Query query = maker.query();
      const auto in_memory = run(query, *store.dataset);
      const auto in_sql = run(query, model, *store.connection);
      // A pivot may have too many columns; nothing else is refused.
      ASSERT_TRUE(in_memory || in_memory.error().code == Errc::LimitExceeded)
          << in_memory.error().message << "\n"
          << to_text(to_json(query));
      num_answered += in_memory ? 1 : 0;
      ASSERT_EQ(answer_of(in_memory), answer_of(in_sql)) << "seed " << seed << "\n"
                                                         << to_text(to_json(query)) << "\n"
                                                         << (in_sql ? in_sql->sql : "");
    }
  }
  EXPECT_GT(num_answered, 1300);
}

TEST(Engines, QueriesComeBackFromJsonAndFiltersFromText) {
  Maker maker(7);
  for (int question = 0; question < 500; ++question) {
    const Query query = maker.query();
    const auto back = query_from_json(to_json(query));
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(*back, query) << to_text(to_json(query));
  }
}

TEST(Engines, QueriesComeBackFromUrlsAndCommandLines) {
  Maker maker(8);
  for (int question = 0; question < 500; ++question) {
    Query query = maker.query();
    if (question % 10 == 0) query.by.emplace_back("customers.extra.a, \"b\": 'c' & d=%?");
    if (question % 10 == 1) query.where.kind = Filter::Kind::Or;
    const auto from_url = query_from_url(to_url(query));
    ASSERT_TRUE(from_url) << from_url.error().message << "\n" << to_url(query);
    ASSERT_EQ(to_text(to_json(*from_url)), to_text(to_json(query))) << to_url(query);
    const auto from_line = query_from_command_line(to_command_line(query));
    ASSERT_TRUE(from_line) << from_line.error().message << "\n" << to_command_line(query);
    ASSERT_EQ(to_text(to_json(*from_line)), to_text(to_json(query))) << to_command_line(query);
  }
}

TEST(Engines, SeveralThreadsGiveTheAnswerOfOne) {
  const model::Model model = test_model();
  Maker maker(13);
  const auto dataset = make_dataset(model, maker.tables(450'000), "one").value();
  RunOptions alone;
  alone.max_threads = 1;
  RunOptions together;
  together.max_threads = 3;
  for (int question = 0; question < 15; ++question) {
    const Query query = maker.query();
    ASSERT_EQ(answer_of(run(query, *dataset, alone)), answer_of(run(query, *dataset, together)))
        << to_text(to_json(query));
  }
}

TEST(Engines, AQuestionOfAPageIsAnsweredAsItWouldBeAlone) {
  const model::Model model = test_model();
  Maker maker(15);
  const auto dataset = make_dataset(model, maker.tables(400), "one").value();
  for (int page = 0; page < 40; ++page) {
    std::vector<Query> queries;
    for (int at = 0; at < 12; ++at) queries.push_back(maker.query());
    for (const std::string by : {"month", "segment", "channel", "country", "weekday"}) {
      Query shared;
      shared.metrics = {"revenue", "order_lines", "largest_amount", "first_order"};
      shared.by = {by};
      shared.where = queries.front().where;
      shared.from = queries.front().from;
      shared.with_totals = true;
      queries.push_back(shared);
    }
    const auto together = run_all(queries, *dataset);
    ASSERT_EQ(together.size(), queries.size());
    for (std::size_t at = 0; at < queries.size(); ++at) {
      ASSERT_EQ(answer_of(together[at]), answer_of(run(queries[at], *dataset)))
          << to_text(to_json(queries[at]));
    }
  }
}

TEST(Engines, AQueryThatNobodyWaitsForStops) {
  Maker maker(14);
  const auto dataset = make_dataset(test_model(), maker.tables(3'000), "one").value();
  std::stop_source source;
  source.request_stop();
  RunOptions options;
  options.stop = source.get_token();
  Query query;
  query.metrics = {"revenue"};
  const auto answer = run(query, *dataset, options);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::Unavailable);
}

TEST(Engines, AQueryThatTakesTooLongStops) {
  Maker maker(14);
  const auto dataset = make_dataset(test_model(), maker.tables(3'000), "one").value();
  RunOptions options;
  options.deadline = std::chrono::steady_clock::now();
  Query query;
  query.metrics = {"revenue"};
  const auto answer = run(query, *dataset, options);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::LimitExceeded);
}

TEST(Engines, TheOrderOfRowsDoesNotMatter) {
  const model::Model model = test_model();
  Maker maker(3);
  const NamedTables tables = maker.tables(200);
  NamedTables turned;
  for (const auto& [name, table] : tables) {
    std::vector<std::uint32_t> rows;
    for (auto row = static_cast<std::uint32_t>(table.num_rows()); row-- > 0;) rows.push_back(row);
    std::vector<frame::Column> columns;
    for (const frame::Column& column : table.columns()) columns.push_back(column.gathered(rows));
    turned.emplace_back(name, frame::Table::make(std::move(columns)).value());
  }
  const auto one = make_dataset(model, tables, "one").value();
  const auto other = make_dataset(model, turned, "other").value();
  for (int question = 0; question < 200; ++question) {
    const Query query = maker.query();
    ASSERT_EQ(answer_of(run(query, *one)), answer_of(run(query, *other)))
        << to_text(to_json(query));
  }
}

TEST(Engines, TotalsAreWhatTheSameQuestionWithoutDimensionsGives) {
  const model::Model model = test_model();
  Maker maker(5);
  const auto dataset = make_dataset(model, maker.tables(200), "one").value();
  for (int question = 0; question < 100; ++question) {
    Query query = maker.query();
    query.with_totals = true;
    query.with_subtotals = false;
    query.pivot.clear();
    query.top.reset();
    query.limit.reset();
    query.sort.clear();
    // Filters on metrics do not touch totals; leave them out to compare.
    query.where = {};
    const Answer answer = run(query, *dataset).value();
    Query whole = query;
    whole.by.clear();
    whole.offset = 0;
    whole.with_totals = false;
    const Answer expected = run(whole, *dataset).value();
    for (const frame::Column& column : expected.table.columns()) {
      ASSERT_EQ(column.text_at(0), (*answer.totals)[column.name()].text_at(0));
    }
  }
}

TEST(Engines, AGroupIsWhatAFilterForItGives) {
  const model::Model model = test_model();
  Maker maker(11);
  const auto dataset = make_dataset(model, maker.tables(300), "one").value();
  for (const std::string& dimension :
       Names{"country", "segment", "age_band", "month", "plan", "product"}) {
    Query grouped;
    grouped.metrics = {"revenue", "orders", "customers", "average_amount"};
    grouped.by = {dimension};
    const Answer answer = run(grouped, *dataset).value();
    for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
      const frame::Column& values = answer.table.columns().front();
      Query filtered = grouped;
      filtered.by.clear();
      filtered.where =
          Filter::of(dimension, Op::In, {values.has(row) ? Value(values.text_at(row)) : Value{}});
      const Answer one = run(filtered, *dataset).value();
      for (std::size_t at = 1; at < answer.table.columns().size(); ++at) {
        EXPECT_EQ(answer.table.columns()[at].text_at(row), one.table.columns()[at - 1].text_at(0))
            << dimension << " " << values.text_at(row);
      }
    }
  }
}

}  // namespace
}  // namespace cip::query
