#include "service/loading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

const account::Identity kSteward{"test", account::Role::Steward};

constexpr std::string_view kProducts = R"toml(
source = "shop"
files = "inbox/*.csv"
[[into]]
table = "products"
[into.map]
product_id = "#row"
product_name = "Name"
category = "Kind | default(other)"
unit_price = "Price | decimal | fill(median) | winsor(5, 95)"
)toml";

class Loading : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    platform_ = Platform::open(init_workspace(folder_).value()).value();
    write("sources/shop.toml", kProducts);
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  void write(const std::string& name, std::string_view bytes) {
    ASSERT_TRUE(write_file(folder_ / name, bytes));
  }

  Result<Json> load(bool again = false) {
    return load_files(*platform_, kSteward, {.sources = {}, .again = again}, no_progress());
  }

  // The cells of a query, joined by '|'.
  std::string cells(const std::string& sql) {
    std::string text;
    EXPECT_TRUE(platform_->with_database([&](sql::Connection& database) {
      const auto done = database.visit({sql}, [&text](const sql::RowView& row) -> Result<void> {
        if (!text.empty()) text += '|';
        text += row.text(0);
        return {};
      });
      return done ? Result<void>{} : Result<void>(Failure{done.error()});
    }));
    return text;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_loading_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
};

const Json& table_of(const Json& report, std::size_t run) {
  return report.at("runs").at(run).at("tables").at(0);
}

TEST_F(Loading, KeysFromRowNumbersOfSeveralFilesDoNotMeet) {
  write("inbox/a.csv", "Name,Kind,Price\nAnvil,x,1\nBell,x,1\n");
  write("inbox/b.csv", "Name,Kind,Price\nClock,x,1\nDrum,x,1\n");
  const auto report = load();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(table_of(*report, 1).at("loaded"), 2);
  EXPECT_EQ(cells("SELECT product_name FROM products ORDER BY 1"), "Anvil|Bell|Clock|Drum");
  EXPECT_EQ(cells("SELECT product_id FROM products ORDER BY 1"), "1|2|4294967297|4294967298");
  // A file keeps its keys.
  write("inbox/b.csv", "Name,Kind,Price\nClock,x,1\nDrum,x,1\nEgg,x,1\n");
  const auto second = load();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(table_of(*second, 0).at("unchanged"), 2);
  EXPECT_EQ(table_of(*second, 0).at("loaded"), 1);
}

TEST_F(Loading, CountsEveryCellThatCleaningChangesAndChangesNothingTheSecondTime) {
  write("inbox/a.csv", "Name,Kind,Price\nA,x,1\nB,,2\nC,x,\nD,x,3\nE,x,1000\n");
  const auto report = load();
  ASSERT_TRUE(report) << report.error().message;
  const JsonArray& changes = report->at("runs").at(0).at("changes").as_array();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].at("change"), "defaulted");
  EXPECT_EQ(changes[0].at("count"), 1);
  EXPECT_EQ(changes[1].at("change"), "filled");
  EXPECT_EQ(changes[1].at("detail"), "the median 2.5 of 4 values");
  EXPECT_EQ(changes[2].at("change"), "winsorized");
  EXPECT_EQ(changes[2].at("count"), 2);
  EXPECT_EQ(cells("SELECT unit_price FROM products ORDER BY product_id"), "1.15|2|2.5|3|850.45");
  EXPECT_EQ(cells("SELECT sum(cells) FROM etl_change"), "4");
  const auto again = load(true);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(table_of(*again, 0).at("unchanged"), 5);
}

TEST_F(Loading, TellsHowTheColumnsOfASourceHaveChanged) {
  write("inbox/a.csv", "Name,Kind,Price,Note\nA,x,1,n\n");
  ASSERT_TRUE(load());
  write("inbox/a.csv", "Name,Kind,Price,Colour\nA,x,1,red\n");
  const auto report = load();
  ASSERT_TRUE(report) << report.error().message;
  const Json& drift = report->at("runs").at(0).at("drift").at(0);
  EXPECT_EQ(to_text(drift.at("new")), R"(["Colour"])");
  EXPECT_EQ(to_text(drift.at("gone")), R"(["Note"])");
  write("inbox/a.csv", "Name,Kind,Price_EUR,Colour\nA,x,1,red\n");
  const auto refused = load();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("'Price'"));
  EXPECT_THAT(refused.error().message, HasSubstr("renamed: Price to Price_EUR (0."));
}

TEST_F(Loading, HoldsATableBackIfTheMappingSaysSo) {
  write("sources/shop.toml", std::string(kProducts) + "[limits]\ntable = \"10% of 2 -> hold\"\n");
  write("inbox/a.csv", "Name,Kind,Price\nA,x,1\nB,x,dear\nC,x,3\n");
  const auto report = load();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->at("runs").at(0).at("is_held"), true);
  EXPECT_EQ(cells("SELECT count(*) FROM products"), "0");
}

TEST_F(Loading, UsesTheNaturalKeyAndTheWinnerOfTheMapping) {
  write("sources/shop.toml", R"toml(
source = "shop"
files = "inbox/*.csv"
[[into]]
table = "customers"
key = ["email"]
winner = "newest by signup_date"
[into.map]
customer_id = "Id | integer"
email = "Mail | lower"
name = "Name"
signup_date = "Since | date"
)toml");
  write("inbox/a.csv",
        "Id,Mail,Name,Since\n1,a@b.de,old,2024-01-01\n2,A@B.de,new,2024-03-01\n"
        "3,a@b.de,older,2023-01-01\n4,c@d.de,other,2024-01-01\n");
  const auto report = load();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(table_of(*report, 0).at("duplicates"), 2);
  EXPECT_EQ(cells("SELECT name FROM customers ORDER BY 1"), "new|other");
}

}  // namespace
}  // namespace cip::service
