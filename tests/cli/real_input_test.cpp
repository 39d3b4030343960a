// Real files from elsewhere, by the mappings under examples/, with the figures others have found in
// them. They lie beside the project and are skipped where they do not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/json.h"
#include "program.h"

namespace cip {
namespace {

namespace fs = std::filesystem;

class RealInput : public testing::Test {
 protected:
  void SetUp() override {
    if (real_data().empty()) GTEST_SKIP() << "no real data beside the project";
  }

  // The example as a workspace, with links to the real files in its inbox, loaded.
  Json load(const std::string& example, const std::string& data) {
    fs::copy(fs::path(CIP_SOURCE_ROOT) / "examples" / example, room_.path("ws"),
             fs::copy_options::recursive);
    for (const fs::directory_entry& file : fs::directory_iterator(real_data() / data)) {
      fs::create_symlink(file.path(), room_.path("ws/inbox") / file.path().filename());
    }
    room_.must("init ws");
    return room_.json_of("-w ws ingest --json");
  }

  static const Json& table(const Json& run, std::string_view name) {
    for (const Json& table : run.at("tables").as_array()) {
      if (table.at("table").as_string() == name) return table;
    }
    ADD_FAILURE() << "no table " << name;
    return run;
  }

  static std::int64_t number(const Json& of, std::string_view name) {
    return of.at(name).to_number<std::int64_t>();
  }

  std::string first_row(const std::string& metrics) {
    const Json answer = room_.json_of("-w ws query --format json --metrics " + metrics);
    return to_text(answer.at("rows").as_array().at(0));
  }

  Room room_;
};

// UCI Online Retail: D. Chen, S. L. Sain, K. Guo (2012), 541,909 records; the cleaned figures are
// those usually given for quantity > 0, price > 0, no cancellation, customer present.
TEST_F(RealInput, OnlineRetailGivesThePublishedFigures) {
  const Json report = load("online-retail", "online-retail");
  const Json& run = report.at("runs").as_array().at(0);
  const Json& lines = table(run, "transactions");
  EXPECT_EQ(number(lines, "found"), 541'909);
  EXPECT_EQ(number(lines, "loaded"), 397'884);
  EXPECT_EQ(number(lines, "skipped"), 541'909 - 397'884);
  EXPECT_EQ(number(table(run, "customers"), "loaded"), 4'338);
  std::int64_t num_skipped = 0;
  for (const Json& skip : run.at("skips").as_array()) {
    if (skip.at("table").as_string() == "transactions") num_skipped += number(skip, "count");
  }
  EXPECT_EQ(num_skipped, number(lines, "skipped")) << "every skip has a reason";
  EXPECT_EQ(first_row("revenue,orders,customers,order_lines"), "[8911407.904,18532,4338,397884]");
}

// The retention table that is usually given for these data: customers who first bought in December
// 2010, and how many of them bought in each month after it.
TEST_F(RealInput, OnlineRetailHasThePublishedCohort) {
  load("online-retail", "online-retail");
  const Json cohorts = room_.json_of("-w ws analyze cohort --json");
  const Json& december = cohorts.at("cohorts").as_array().at(0);
  EXPECT_EQ(december.at("cohort").as_string(), "2010-12-01");
  EXPECT_EQ(to_text(december.at("active")),
            "[885,324,286,340,321,352,321,309,313,350,331,445,235]");
  EXPECT_EQ(number(cohorts, "n"), 4'338);
  EXPECT_FALSE(cohorts.at("last_complete").as_bool()) << "the data end on 9 December 2011";
}

TEST_F(RealInput, ChinookIsOneDocumentWithSeveralRecordPaths) {
  const Json report = load("chinook", "chinook");
  const Json& run = report.at("runs").as_array().at(0);
  EXPECT_EQ(number(table(run, "customers"), "loaded"), 59);
  EXPECT_EQ(number(table(run, "transactions"), "loaded"), 2'240);
  EXPECT_EQ(first_row("orders,order_lines,customers"), "[412,2240,59]");
}

TEST_F(RealInput, OfbizIsReadByRecordPathAndAttributes) {
  const Json report = load("ofbiz", "ofbiz-xml");
  std::int64_t num_products = 0;
  for (const Json& run : report.at("runs").as_array()) {
    num_products += number(table(run, "products"), "loaded");
    EXPECT_EQ(number(table(run, "products"), "rejected"), 0);
  }
  EXPECT_EQ(num_products, 36);  // grep -c '<Product ' over the files.
}

TEST_F(RealInput, TelcoKeepsItsLabelAndItsOtherColumns) {
  const Json report = load("telco", "telco-churn");
  EXPECT_EQ(number(table(report.at("runs").as_array().at(0), "customers"), "loaded"), 7'043);
  const Json answer = room_.json_of(
      "-w ws query --metrics customer_count,churned_customers --by contract "
      "--totals --format json");
  EXPECT_EQ(to_text(answer.at("totals")), "[null,7043,1869]");
  EXPECT_EQ(number(answer, "num_rows"), 3);
}

}  // namespace
}  // namespace cip
