#include "model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace cip::model {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kShop = R"(name = "shop"
[table.sales]
kind = "fact"
key = "id"
time = "at"
[table.sales.columns]
id = { type = "integer", required = true }
shop_id = { type = "integer", references = "shops" }
at = { type = "date", required = true }
price = { type = "decimal", scale = 2, min = 0 }
[table.shops]
key = "shop_id"
[table.shops.columns]
shop_id = { type = "integer" }
town = { type = "text", pii = true }
[dimension]
town = "shops.town"
size = "shops.extra.Floor area"
month = { grain = "month" }
[metric]
turnover = { sum = "sales.price", unit = "currency", good = "up" }
sales = { count = "sales" }
mean = { expr = "{turnover} / {sales}" }
)";

std::string error_of(std::string_view toml, const Model* base = nullptr) {
  const Result<Model> made = parse_model(toml, "m.toml", base);
  return made ? "no error" : made.error().message;
}

// kShop with one line more at its end, or with a piece replaced.
std::string shop_with(std::string_view line) { return std::string(kShop) + std::string(line); }
std::string shop_but(std::string_view piece, std::string_view other) {
  std::string text(kShop);
  return text.replace(text.find(piece), piece.size(), other);
}

template <class T>
std::vector<std::string> names(const std::vector<T>& things) {
  std::vector<std::string> found;
  found.reserve(things.size());
  for (const T& thing : things) found.push_back(thing.name);
  return found;
}

TEST(Model, PutsReferencedTablesFirstAndKeepsColumnsInTheOrderOfTheFile) {
  const Model model = parse_model(kShop, "m.toml").value();
  EXPECT_THAT(names(model.tables), ElementsAre("shops", "sales"));
  EXPECT_THAT(names(model.find_table("sales")->columns),
              ElementsAre("id", "shop_id", "at", "price"));
}

TEST(Model, ReadsWhatColumnsSay) {
  const Model model = parse_model(kShop, "m.toml").value();
  const ColumnDef& price = *model.find_table("sales")->find("price");
  EXPECT_EQ(price.type, Type::Decimal);
  EXPECT_EQ(price.scale, 2);
  EXPECT_EQ(price.min, 0.0);
  EXPECT_FALSE(price.max.has_value());
  EXPECT_EQ(model.find_table("sales")->find("shop_id")->references, "shops");
  EXPECT_EQ(model.find_table("sales")->find("shop_id")->label, "Shop id");
  EXPECT_TRUE(model.find_table("shops")->find("town")->is_personal);
}

TEST(Model, ReadsDimensionsInShortAndLongForm) {
  const Model model = parse_model(kShop, "m.toml").value();
  EXPECT_EQ(model.find_dimension("town")->column, (ColumnRef{"shops", "town"}));
  EXPECT_EQ(model.find_dimension("size")->attribute, "Floor area");
  EXPECT_EQ(model.find_dimension("size")->column, (ColumnRef{"shops", "extra"}));
  EXPECT_EQ(model.find_dimension("month")->grain, Grain::Month);
}

TEST(Model, SumsAndCountsAddUpAndTheRestDoesNot) {
  const Model& model = builtin_model();
  EXPECT_TRUE(model.find_metric("revenue")->is_additive);
  EXPECT_TRUE(model.find_metric("sessions")->is_additive);
  EXPECT_FALSE(model.find_metric("orders")->is_additive);
  EXPECT_FALSE(model.find_metric("churn_rate")->is_additive);
  EXPECT_FALSE(model.find_metric("average_order_value")->is_additive);
}

TEST(Model, SaysWhatNullsCountAs) {
  const auto read = [](const std::string& metric) {
    return parse_model("[metric]\nm = " + metric, "m.toml", &builtin_model());
  };
  EXPECT_FALSE(read(R"({ sum = "customers.age" })")->find_metric("m")->is_null_zero);
  EXPECT_FALSE(
      read(R"({ sum = "customers.age", nulls = "skip" })")->find_metric("m")->is_null_zero);
  EXPECT_TRUE(
      read(R"({ average = "customers.age", nulls = "zero" })")->find_metric("m")->is_null_zero);
  EXPECT_TRUE(read(R"({ expr = "{revenue} - {sessions}", nulls = "zero" })")
                  ->find_metric("m")
                  ->is_null_zero);
  EXPECT_THAT(read(R"({ sum = "customers.age", nulls = "zeroo" })").error().message,
              AllOf(HasSubstr("m.toml:2:"), HasSubstr("did you mean 'zero'")));
  EXPECT_THAT(read(R"({ count = "customers", nulls = "zero" })").error().message,
              HasSubstr("'nulls' is for a sum, an average or an expr"));
  EXPECT_THAT(read(R"({ running = "revenue", nulls = "zero" })").error().message,
              HasSubstr("'nulls' is for a sum"));
}

TEST(Model, BuiltinHasTheTablesOfThePlatform) {
  const Model& model = builtin_model();
  EXPECT_THAT(names(model.tables), ElementsAre("customer_segments", "products", "customers",
                                               "transactions", "web_analytics", "reviews"));
  const TableDef& transactions = *model.find_table("transactions");
  EXPECT_EQ(transactions.key, "transaction_id");
  EXPECT_EQ(transactions.time, "transaction_date");
  EXPECT_EQ(transactions.entity, "customer_id");
  EXPECT_EQ(transactions.find("order_id")->default_column, "transaction_id");
  EXPECT_TRUE(transactions.find("product_id")->is_indexed);
  EXPECT_EQ(model.find_table("web_analytics")->find("session_id")->type, Type::Text);
  EXPECT_TRUE(model.find_table("customers")->find("email")->is_personal);
}

TEST(Model, BuiltinMetricsAllHaveALabelAndSayWhatIsGood) {
  for (const Metric& metric : builtin_model().metrics) EXPECT_FALSE(metric.label.empty());
  EXPECT_EQ(builtin_model().find_metric("churn_rate")->good, Good::Down);
  EXPECT_EQ(builtin_model().find_metric("revenue")->good, Good::Up);
}

TEST(Model, AnExtensionReplacesWhatItNamesAndKeepsTheRest) {
  const Model base = parse_model(kShop, "m.toml").value();
  const Model model = parse_model(R"(
[table.shops.columns]
floor = { type = "integer" }
[metric.turnover]
max = "sales.price"
)",
                                  "own.toml", &base)
                          .value();
  EXPECT_EQ(model.name, "shop");
  EXPECT_THAT(names(model.find_table("shops")->columns), ElementsAre("shop_id", "town", "floor"));
  EXPECT_EQ(model.find_metric("turnover")->aggregate, Aggregate::Max);
  EXPECT_EQ(model.metrics.size(), base.metrics.size());
}

TEST(Model, AStandaloneFileReplacesTheBase) {
  const Model model =
      parse_model("standalone = true\n" + std::string(kShop), "m.toml", &builtin_model()).value();
  EXPECT_EQ(model.find_table("customers"), nullptr);
}

TEST(Model, NamesTheNearestWhenSomethingIsUnknown) {
  const auto missing = builtin_model().metric("revenu");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean 'revenue'"));
}

TEST(Model, ErrorsNameFileLineAndColumn) {
  EXPECT_THAT(error_of("name = \n"), StartsWith("m.toml:1:8: "));
  EXPECT_EQ(error_of("name = \"x\"\ncolour = 1\n"),
            "m.toml:2:10: unknown key 'colour', known are: name, currency, standalone, extends, "
            "table, dimension, metric, rows");
  EXPECT_EQ(error_of(shop_with("bad = { sum = \"sales.prize\" }\n")),
            "m.toml:24:7: unknown column of sales 'prize', did you mean 'price'");
}

TEST(Model, RefusesTablesThatDoNotFitTogether) {
  EXPECT_THAT(error_of(shop_but("\"shops\"", "\"shop\"")),
              HasSubstr("unknown table 'shop', did you mean 'shops'"));
  EXPECT_THAT(error_of(shop_but("time = \"at\"", "time = \"price\"")),
              HasSubstr("'price' is a decimal, not a date or a datetime"));
  EXPECT_THAT(error_of(shop_but("time = \"at\"", "")), HasSubstr("a fact needs a time column"));
  EXPECT_THAT(error_of(shop_but("key = \"id\"", "key = \"price\"")),
              HasSubstr("a key is an integer or a text"));
  EXPECT_THAT(error_of(shop_but("type = \"date\"", "type = \"dat\"")),
              HasSubstr("unknown type 'dat', did you mean 'date'"));
  EXPECT_THAT(
      error_of(shop_but("shop_id = { type = \"integer\" }", "shop_id = { type = \"text\" }")),
      HasSubstr("its type is integer, but that of the key of 'shops' is text"));
  EXPECT_THAT(error_of(shop_but("town = {", "Town = {")), HasSubstr("'Town' is no name"));
  EXPECT_THAT(error_of(shop_but("town = {", "extra = {")), HasSubstr("kept by the platform"));
  EXPECT_THAT(error_of(shop_but("min = 0", "min = 2, max = 1")), HasSubstr("min 2 is above max 1"));
}

TEST(Model, RefusesReferencesInACircle) {
  EXPECT_THAT(error_of(R"(
[table.a]
key = "a_id"
columns = { a_id = { type = "integer" }, b_id = { type = "integer", references = "b" } }
[table.b]
key = "b_id"
columns = { b_id = { type = "integer" }, a_id = { type = "integer", references = "a" } }
)"),
              HasSubstr("run in a circle: a, b"));
}

TEST(Model, RefusesDimensionsThatMakeNoSense) {
  EXPECT_THAT(error_of(shop_but("month = { grain = \"month\" }", "month = { grain = \"mont\" }")),
              HasSubstr("unknown grain 'mont', did you mean 'month'"));
  EXPECT_THAT(error_of(shop_but("month = { grain = \"month\" }", "month = { label = \"M\" }")),
              HasSubstr("needs a column, a grain or a part"));
  EXPECT_THAT(error_of(shop_but("month = { grain = \"month\" }",
                                "band = { column = \"sales.price\", buckets = [2, 1] }")),
              HasSubstr("must rise"));
  EXPECT_THAT(error_of(shop_but("month = { grain = \"month\" }",
                                "band = { column = \"shops.town\", buckets = [1] }")),
              HasSubstr("buckets are for numbers, 'town' is a text"));
}

TEST(Model, RefusesMetricsThatMakeNoSense) {
  EXPECT_THAT(error_of(shop_with("a = { sum = \"shops.town\" }")),
              HasSubstr("sum and average are for numbers"));
  EXPECT_THAT(error_of(shop_with("a = { sum = \"sales.price\", count = \"sales\" }")),
              HasSubstr("exactly one of"));
  EXPECT_THAT(error_of(shop_with("town = { count = \"sales\" }")),
              HasSubstr("the name of a dimension too"));
  EXPECT_THAT(error_of(shop_with("a = { expr = \"{turnovr}\" }")),
              HasSubstr("unknown metric 'turnovr', did you mean 'turnover'"));
  EXPECT_THAT(error_of(shop_with("a = { expr = \"{turnover} /\" }")),
              HasSubstr("column 13: wanted a number, a {metric} or '(', found the end"));
  EXPECT_THAT(error_of(shop_with("a = { expr = \"{b} + 1\" }\nb = { expr = \"2 * {a}\" }")),
              HasSubstr("metrics run in a circle: a -> b -> a"));
  EXPECT_THAT(error_of(shop_with("l = { max = \"sales.at\" }\na = { expr = \"{l} + 1\" }")),
              HasSubstr("'l' is a time and cannot be reckoned with"));
}

}  // namespace
}  // namespace cip::model
