#include "query/restricted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "query/query_text.h"
#include "query/store_for_test.h"

namespace cip::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const model::Model& model() { return model::builtin_model(); }

std::shared_ptr<const Dataset> shop() {
  const auto table = [](const std::string& name, const std::vector<std::string>& lines) {
    return std::pair(name, table_from_lines(*model().find_table(name), lines).value());
  };
  return make_dataset(
             model(),
             {table("customer_segments", {"segment_id|segment_name", "1|Premium", "2|Basic"}),
              table("products", {"product_id|product_name", "1|Lamp", "2|Chair", "3|Desk"}),
              table("customers",
                    {"customer_id|country|segment_id", "1|UK|1", "2|Norway|2", "3|~|1"}),
              table(
                  "transactions",
                  {"transaction_id|order_id|customer_id|product_id|transaction_date|amount|channel",
                   "1|1|1|1|2024-01-02T00:00:00Z|10|web", "2|2|2|2|2024-01-03T00:00:00Z|20|web",
                   "3|3|1|2|2024-01-04T00:00:00Z|40|shop", "4|4|3|3|2024-01-05T00:00:00Z|80|shop"}),
              table("web_analytics", {"session_id|customer_id|timestamp",
                                      "a|1|2024-01-02T00:00:00Z", "b|2|2024-01-02T00:00:00Z"})},
             "test")
      .value();
}

std::vector<std::string> asked(const Dataset& dataset, const std::string& question) {
  return lines_of(run(query_from_url(question).value(), dataset).value());
}

Result<std::shared_ptr<const Dataset>> kept(const std::vector<std::string>& rules) {
  std::vector<RowsKept> made;
  for (const std::string& rule : rules) made.push_back({"r", parse_filter(rule).value()});
  return restricted(*shop(), made);
}

TEST(Restricted, KeepsTheRowsOfEachTableThatLeadsToWhatARuleTests) {
  const auto dataset = kept({"country = 'UK'"}).value();
  EXPECT_THAT(asked(*dataset, "metrics=revenue,sessions,customer_count"),
              ElementsAre("50 | 1 | 1"));
  EXPECT_THAT(asked(*dataset, "by=customer"), ElementsAre("1"));
}

TEST(Restricted, KeepsOfOtherTablesWhatTheseRefer) {
  const auto dataset = kept({"country = 'UK'"}).value();
  EXPECT_THAT(asked(*dataset, "by=product"), ElementsAre("Chair", "Lamp"));
  EXPECT_THAT(asked(*dataset, "by=segment"), ElementsAre("Premium"));
  // Nothing that a rule about orders says lets a session be seen.
  const auto shops = kept({"channel = 'shop'"}).value();
  EXPECT_THAT(asked(*shops, "by=customer"), ElementsAre("1", "3"));
  EXPECT_THAT(asked(*shops, "metrics=sessions"), ElementsAre("0"));
}

TEST(Restricted, KeepsWhatFulfilsEveryRule) {
  const auto dataset = kept({"country = 'UK'", "channel = 'web'"}).value();
  EXPECT_THAT(asked(*dataset, "metrics=revenue&by=product"), ElementsAre("Lamp | 10"));
  EXPECT_THAT(asked(*dataset, "metrics=customer_count"), ElementsAre("1"));
}

TEST(Restricted, HidesARowWithoutTheValue) {
  EXPECT_THAT(asked(*kept({"country != 'UK'"}).value(), "by=customer"), ElementsAre("2", "3"));
  EXPECT_THAT(asked(*kept({"country = 'Chile'"}).value(), "by=customer"), IsEmpty());
}

TEST(Restricted, HasNoTextOfAHiddenRowInItsDictionaries) {
  const auto dataset = kept({"country = 'UK'"}).value();
  const auto& texts = dataset->tables().find("products")->second.find("product_name")->texts;
  std::vector<std::string> all;
  for (std::size_t code = 0; code < texts.size(); ++code) all.emplace_back(texts.at(code));
  EXPECT_THAT(all, testing::UnorderedElementsAre("Lamp", "Chair"));
}

TEST(Restricted, RefusesARuleThatCannotBeKept) {
  EXPECT_EQ(kept({"contry = 'UK'"}).error().code, Errc::NotFound);
  EXPECT_THAT(kept({"contry = 'UK'"}).error().message, HasSubstr("country"));
  EXPECT_THAT(kept({"revenue > 10"}).error().message, HasSubstr("'revenue' is a metric"));
  EXPECT_EQ(kept({"device = 'x' and channel = 'y'"}).error().code, Errc::InvalidArgument);
  EXPECT_EQ(kept({"customers.age = 'old'"}).error().code, Errc::InvalidArgument);
}

}  // namespace
}  // namespace cip::query
