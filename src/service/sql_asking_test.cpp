#include "service/sql_asking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

using testing::HasSubstr;
using testing::Not;

const account::Identity kViewer{"V", account::Role::Viewer};
const account::Identity kAnalyst{"A", account::Role::Analyst};

class SqlAsking : public LoadedWorkspace {
 protected:
  void SetUp() override {
    LoadedWorkspace::SetUp();
    write("inbox/shop.csv",
          "id,Full name,E-Mail,since,Note\n1,Ann,ann@example.org,2024-01-02,=1+1\n"
          "2,Bo,bo@example.org,2024-02-03,x\n");
    ingest();
  }
};

TEST_F(SqlAsking, GivesTheRowsAsTableCsvAndJson) {
  const std::string sql = "SELECT customer_id, signup_date, 1.5 AS x FROM customers ORDER BY 1";
  EXPECT_EQ(sql_text(platform(), kAnalyst, sql, "csv").value(),
            "customer_id,signup_date,x\r\n1,2024-01-02,1.5\r\n2,2024-02-03,1.5\r\n");
  EXPECT_THAT(sql_text(platform(), kAnalyst, sql, "table").value(), HasSubstr("2 rows"));
  const Json json = ask_sql(platform(), kAnalyst, sql).value();
  EXPECT_EQ(to_text(json.at("columns")),
            R"([{"name":"customer_id","type":"integer"},{"name":"signup_date","type":"text"},)"
            R"({"name":"x","type":"number"}])");
  EXPECT_EQ(to_text(json.at("rows").at(0)), R"([1,"2024-01-02",1.5])");
  EXPECT_EQ(sql_text(platform(), kAnalyst, sql, "cvs").error().code, Errc::InvalidArgument);
}

TEST_F(SqlAsking, HidesPersonalColumnsFromWhoMayNotSeeThem) {
  const std::string sql = "SELECT name, email, extra, source_key FROM customers ORDER BY 1";
  const Json hidden = ask_sql(platform(), kAnalyst, sql).value();
  EXPECT_EQ(to_text(hidden.at("rows")), "[[null,null,null,null],[null,null,null,null]]");
  EXPECT_EQ(to_text(hidden.at("hidden")),
            R"(["customers.email","customers.extra","customers.name","customers.source_key"])");
  EXPECT_THAT(sql_text(platform(), kAnalyst, sql, "table").value(),
              HasSubstr("customers.name, customers.source_key read as null"));
  EXPECT_THAT(to_text(ask_sql(platform(), kSteward, sql).value().at("rows")), HasSubstr("Ann"));
  EXPECT_EQ(
      to_text(ask_sql(platform(), kAnalyst, "SELECT count(*) FROM customers WHERE name = 'Ann'")
                  .value()
                  .at("rows")),
      "[[0]]");
}

TEST_F(SqlAsking, IsForThoseWhoMayExport) {
  EXPECT_EQ(ask_sql(platform(), kViewer, "SELECT 1").error().code, Errc::Forbidden);
}

TEST_F(SqlAsking, ReadsOnlyTheTablesOfTheModel) {
  for (const std::string table : {"etl_metadata", "etl_reject", "cip_schema", "sqlite_master"}) {
    EXPECT_EQ(ask_sql(platform(), kSteward, "SELECT * FROM " + table).error().code, Errc::Forbidden)
        << table;
  }
  EXPECT_EQ(ask_sql(platform(), kSteward, "DELETE FROM customers").error().code, Errc::Forbidden);
}

TEST_F(SqlAsking, TakesTwoColumnsOfOneNameApart) {
  EXPECT_THAT(sql_text(platform(), kAnalyst, "SELECT 1 AS a, 2 AS a", "csv").value(),
              HasSubstr("a,a (2)\r\n1,2"));
}

TEST_F(SqlAsking, GuardsASpreadsheetAgainstFormulas) {
  EXPECT_THAT(sql_text(platform(), kSteward, "SELECT '=1+1' AS f", "csv").value(),
              HasSubstr("'=1+1"));
}

}  // namespace
}  // namespace cip::service
