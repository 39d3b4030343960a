// query/question_maker_for_test.h: random data, and random questions about them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/query.h"
#include "query/store_for_test.h"

namespace cip::query {

using Names = std::vector<std::string>;

/// The built-in model, and what it has no example of: numbers, a text key's parent, attributes,
/// filtered and derived metrics.
model::Model test_model();

/// The same seed makes the same data and questions.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  bool chance(double share) { return random_.uniform() < share; }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(n)));
  }
  const std::string& one_of(const Names& names) {
    return names[static_cast<std::size_t>(below(static_cast<std::int64_t>(names.size())))];
  }

  NamedTables tables(std::int64_t num_facts) {
    NamedTables made;
    made.emplace_back("customer_segments", segments());
    made.emplace_back("products", products());
    made.emplace_back("customers", customers());
    made.emplace_back("transactions", transactions(num_facts));
    made.emplace_back("web_analytics", sessions(num_facts / 2));
    return made;
  }

  Query query();

 private:
  // Fills a table column by column: `cell` appends the cell of one row.
  struct Part {
    std::string name;
    Type type;
    double nulls;
    std::function<void(frame::ColumnBuilder&, std::int64_t row)> cell;
  };

  frame::Table table(std::int64_t num_rows, const std::vector<Part>& parts) {
    std::vector<frame::Column> columns;
    for (const Part& part : parts) {
      frame::ColumnBuilder builder(part.name, part.type, part.type == Type::Decimal ? 4 : 0);
      for (std::int64_t row = 0; row < num_rows; ++row) {
        if (chance(part.nulls)) {
          builder.append_null();
        } else {
          part.cell(builder, row);
        }
      }
      columns.push_back(std::move(builder).build());
    }
    return frame::Table::make(std::move(columns)).value();
  }

  auto text(const Names& names) {
    return [this, names](frame::ColumnBuilder& to, std::int64_t) { to.append_text(one_of(names)); };
  }
  auto whole(std::int64_t n) {
    return [this, n](frame::ColumnBuilder& to, std::int64_t) { to.append_integer(below(n)); };
  }
  auto money(std::int64_t n) {
    return [this, n](frame::ColumnBuilder& to, std::int64_t) { to.append_decimal(below(n)); };
  }
  auto truth() {
    return [this](frame::ColumnBuilder& to, std::int64_t) { to.append_boolean(chance(0.3)); };
  }
  auto instant() {
    constexpr std::int64_t kDay = 86'400;  // Seconds.
    // 2023-11-05 and 500 days on, one in three with a fraction of a second.
    return [this](frame::ColumnBuilder& to, std::int64_t) {
      const std::int64_t fraction = chance(0.3) ? below(1'000'000) : 0;
      to.append_datetime((19'666 * kDay + below(500 * kDay)) * kMicrosPerSecond + fraction);
    };
  }
  static void key(frame::ColumnBuilder& to, std::int64_t row) { to.append_integer(row + 1); }

  frame::Table segments() {
    return table(3,
                 {{"segment_id", Type::Integer, 0, key},
                  {"segment_name", Type::Text, 0, [](frame::ColumnBuilder& to, std::int64_t row) {
                     to.append_text(
                         Names{"Premium", "Regular", "Occasional"}[static_cast<std::size_t>(row)]);
                   }}});
  }
  frame::Table products() {
    return table(8, {{"product_id", Type::Integer, 0, key},
                     {"product_name", Type::Text, 0,
                      [](frame::ColumnBuilder& to, std::int64_t row) {
                        to.append_text(fmt::format("Product {}", row));
                      }},
                     {"category", Type::Text, 0.2, text({"Tools", "tools", "Toys", ""})}});
  }
  frame::Table customers() {
    return table(
        30, {{"customer_id", Type::Integer, 0, key},
             {"country", Type::Text, 0.1, text({"UK", "Österreich", "France", "O'Hara's", "uk"})},
             {"age", Type::Integer, 0.2, whole(90)},
             {"rating", Type::Number, 0.2,
              [this](frame::ColumnBuilder& to, std::int64_t) {
                to.append_number(static_cast<double>(below(40)) / 7.0 - 2);
              }},
             {"signup_date", Type::Date, 0.1,
              [this](frame::ColumnBuilder& to, std::int64_t) {
                to.append_date(static_cast<Days>(18'000 + below(900)));
              }},
             {"segment_id", Type::Integer, 0.1, whole(5)},  // 0 and 4 lead nowhere.
             {"churned", Type::Boolean, 0.2, truth()},
             {"extra", Type::Text, 0.2,
              text({R"({"plan":"gold"})", R"({"plan":null,"x":1})", R"({"plan":12.5})",
                    R"({"plan":3})", R"({"plan":true})", R"({"plan":1e20})", "{}"})}});
  }
  frame::Table transactions(std::int64_t num_rows) {
    return table(num_rows, {{"transaction_id", Type::Integer, 0, key},
                            {"order_id", Type::Integer, 0.05, whole(num_rows / 2 + 1)},
                            {"customer_id", Type::Integer, 0, whole(33)},
                            {"product_id", Type::Integer, 0.1, whole(10)},
                            {"transaction_date", Type::Datetime, 0.02, instant()},
                            {"quantity", Type::Integer, 0.1, whole(9)},
                            {"unit_price", Type::Decimal, 0.1, money(200'000)},
                            {"amount", Type::Decimal, 0.05, money(20'000'000)},
                            {"channel", Type::Text, 0.1, text({"web", "shop", "phone"})}});
  }
  frame::Table sessions(std::int64_t num_rows) {
    return table(num_rows, {{"session_id", Type::Text, 0,
                             [](frame::ColumnBuilder& to, std::int64_t row) {
                               to.append_text(fmt::format("s{}", row));
                             }},
                            {"customer_id", Type::Integer, 0.3, whole(33)},
                            {"timestamp", Type::Datetime, 0, instant()},
                            {"page_views", Type::Integer, 0.1, whole(20)},
                            {"device", Type::Text, 0.1, text({"mobile", "desktop"})},
                            {"converted", Type::Boolean, 0.1, truth()}});
  }

  Names some(Names from, std::int64_t most) {
    Names picked;
    for (std::int64_t left = below(most + 1); left > 0 && !from.empty(); --left) {
      const auto at = below(static_cast<std::int64_t>(from.size()));
      picked.push_back(from[static_cast<std::size_t>(at)]);
      from.erase(from.begin() + at);
    }
    return picked;
  }

  Value literal(Type type);
  Filter condition(const Names& dimensions);
  Filter tree(const Names& dimensions, int depth);
  Names metrics_of(std::int64_t shape);
  Filter metric_condition(const Names& metrics);
  void compose(Query& made, std::int64_t shape);

  Random random_;
};

}  // namespace cip::query
