// warehouse/load_fixture_test.h: a database, a model and loads to put to the test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "sql/sqlite_connection.h"
#include "warehouse/batch_maker_test.h"
#include "warehouse/ledger.h"
#include "warehouse/load.h"
#include "warehouse/schema.h"

namespace cip::warehouse {

using Rows = std::vector<std::vector<Value>>;

inline constexpr Micros kStart = 1'700'000'000'000'000;

class LoadTest : public testing::Test {
 protected:
  LoadTest() { reopen(); }

  void reopen() {
    connection_.reset();
    auto opened = sql::SqliteConnection::open(folder_.database());
    connection_ = std::move(opened).value();
    EXPECT_TRUE(prepare_schema(*connection_, model_));
  }

  [[nodiscard]] LoadSpec spec_of(std::vector<LoadTable> tables) const {
    LoadSpec spec;
    spec.source_id = "shop";
    spec.file_name = "sales.csv";
    spec.file_sha256 = "abc";
    spec.mapping_version = "v1";
    spec.started_at = kStart;
    spec.staging = folder_.path() / "staging";
    spec.tables = std::move(tables);
    return spec;
  }

  static Publication publication() {
    Publication publication;
    publication.now = [] { return kStart + kMicrosPerSecond; };
    publication.bytes_in = 1234;
    return publication;
  }

  BatchMaker maker(const char* table) const { return BatchMaker(*model_.find_table(table)); }

  Result<LoadReport> load(LoadTable table, const BatchMaker& rows) {
    auto begun = Load::begin(*connection_, model_, spec_of({std::move(table)}));
    if (!begun) return Failure{begun.error()};
    Load load = std::move(begun).value();
    CIP_TRY(load.stage(0, rows.batch()));
    return load.publish(publication());
  }

  TableCounts counts_of(LoadTable table, const BatchMaker& rows) {
    const auto report = load(std::move(table), rows);
    EXPECT_TRUE(report) << report.error().message;
    return report ? report->tables.front().counts : TableCounts{};
  }

  Rows rows_of(const std::string& sql) {
    Rows rows;
    const auto done = connection_->run({sql}, [&rows](std::span<const Value> row) {
      rows.emplace_back(row.begin(), row.end());
      return Result<void>{};
    });
    EXPECT_TRUE(done) << done.error().message;
    return rows;
  }

  // Everything a load may write, as text: equal digests are equal databases.
  std::string digest() {
    std::string text;
    for (const char* table :
         {"products", "customers", "sales", "visits", "etl_metadata", "data_quality_log",
          "etl_reject", "etl_reject_error", "etl_skip", "column_profile"}) {
      const auto done = connection_->visit({fmt::format("SELECT * FROM {} ORDER BY rowid", table)},
                                           [&text](const sql::RowView& row) -> Result<void> {
                                             for (std::size_t at = 0; at < 3; ++at)
                                               text += fmt::format("{}|", row.text(at));
                                             return {};
                                           });
      EXPECT_TRUE(done || done.error().message.find("column") != std::string::npos);
    }
    return text;
  }

  TestFolder folder_;
  model::Model model_ = small_model();
  std::unique_ptr<sql::SqliteConnection> connection_;
};

}  // namespace cip::warehouse
