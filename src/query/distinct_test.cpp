// query/distinct_test.cpp: distinct counts of orders whose lines lie together, against sets.
#include "query/distinct.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "frame/table.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"

namespace cip::query {
namespace {

using frame::ColumnBuilder;

struct Line {
  std::int64_t order;  // 0: none.
  Days on;
  std::string channel;
};

// Orders one after the other, each of a day or two, of up to `longest` lines; some lines without an
// order among them if asked for.
std::vector<Line> lines_of_orders(Random& random, std::uint64_t longest, std::uint64_t num_channels,
                                  bool has_nulls) {
  std::vector<Line> lines;
  const auto channel = [&] { return fmt::format("channel {:02}", random.below(num_channels)); };
  for (std::int64_t order = 1; lines.size() < 9'000; ++order) {
    const Days day = 19'000 + static_cast<Days>(lines.size() / 20);
    const std::uint64_t num_lines = 1 + random.below(longest);
    for (std::uint64_t line = 0; line < num_lines; ++line) {
      lines.push_back({order, day + (2 * line > longest ? 1 : 0), channel()});
    }
    if (has_nulls && random.below(4) == 0) lines.push_back({0, lines.back().on, channel()});
  }
  std::ranges::stable_sort(lines, {}, &Line::on);
  return lines;
}

std::shared_ptr<const Dataset> dataset_of_lines(const std::vector<Line>& lines) {
  std::vector<ColumnBuilder> builders;
  builders.emplace_back("transaction_id", Type::Integer);
  builders.emplace_back("order_id", Type::Integer);
  builders.emplace_back("transaction_date", Type::Datetime);
  builders.emplace_back("channel", Type::Text);
  for (const Line& line : lines) {
    builders[0].append_integer(static_cast<std::int64_t>(builders[0].num_rows()) + 1);
    line.order == 0 ? builders[1].append_null() : builders[1].append_integer(line.order);
    builders[2].append_datetime(line.on * kMicrosPerDay);
    builders[3].append_text(line.channel);
  }
  std::vector<frame::Column> columns;
  columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  std::vector<std::pair<std::string, frame::Table>> tables;
  tables.emplace_back("transactions", frame::Table::make(std::move(columns)).value());
  return make_dataset(model::builtin_model(), std::move(tables), "test").value();
}

using Counts = std::map<std::string, std::int64_t>;

template <class Kept, class GroupOf>
Counts counted(const std::vector<Line>& lines, Kept kept, GroupOf group_of) {
  std::map<std::string, std::set<std::int64_t>> orders;
  for (const Line& line : lines) {
    if (!kept(line)) continue;
    auto& of = orders[group_of(line)];
    if (line.order != 0) of.insert(line.order);
  }
  Counts counts;
  for (const auto& [group, of] : orders) counts[group] = static_cast<std::int64_t>(of.size());
  return counts;
}

Counts counts_of(const Answer& answer) {
  Counts counts;
  const frame::Table& table = answer.table;
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    const std::string group =
        table.columns().size() == 2 ? table.columns().front().text_at(row) : "";
    counts[group] = table.columns().back().as<frame::Integers>().values[row];
  }
  return counts;
}

struct Asked {
  std::string by;
  std::string where;
  std::optional<Days> from;
};

Query query_of(const Asked& asked) {
  Query query;
  query.metrics = {"orders"};
  if (!asked.by.empty()) query.by = {asked.by};
  if (!asked.where.empty()) query.where = parse_filter(asked.where).value();
  query.from = asked.from;
  return query;
}

std::string group_by(const std::string& dimension, const Line& line) {
  if (dimension == "channel") return line.channel;
  if (dimension == "day") return date_text(line.on);
  return "";
}

Counts wanted_of(const std::vector<Line>& lines, const Asked& asked) {
  return counted(
      lines,
      [&](const Line& line) {
        return line.on >= asked.from.value_or(line.on) &&
               (asked.where.empty() || line.channel != "channel 01");
      },
      [&](const Line& line) { return group_by(asked.by, line); });
}

// Asked alone, and together with the others.
void expect_counts(const std::vector<Line>& lines, const std::string& what) {
  const std::vector<Asked> questions = {
      {"channel", "", {}}, {"channel", "", 19'101}, {"", "", {}},
      {"", "", 19'101},    {"day", "", {}},         {"channel", "channel != 'channel 01'", {}},
  };
  const auto dataset = dataset_of_lines(lines);
  std::vector<Query> queries;
  queries.reserve(questions.size());
  for (const Asked& asked : questions) queries.push_back(query_of(asked));
  const auto together = run_all(queries, *dataset);
  for (std::size_t at = 0; at < questions.size(); ++at) {
    const Asked& asked = questions[at];
    SCOPED_TRACE(fmt::format("orders by '{}' where '{}', {}", asked.by, asked.where, what));
    const Counts wanted = wanted_of(lines, asked);
    EXPECT_EQ(counts_of(run(queries[at], *dataset).value()), wanted);
    EXPECT_EQ(counts_of(together[at].value()), wanted) << "together";
  }
}

TEST(Distinct, OrdersAreCountedAsASetCountsThem) {
  Random random(11);
  for (const std::uint64_t longest : {1U, 3U, 40U, 500U, 5'000U}) {
    for (const std::uint64_t num_channels : {1U, 4U, 40U, 80U}) {
      for (const bool has_nulls : {false, true}) {
        expect_counts(lines_of_orders(random, longest, num_channels, has_nulls),
                      fmt::format("up to {} lines, {} channels", longest, num_channels));
      }
    }
  }
}

}  // namespace
}  // namespace cip::query
