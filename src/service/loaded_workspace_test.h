// service/loaded_workspace_test.h: a workspace with customers to load, for tests.
#pragma once

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
#include "service/loading.h"
#include "service/platform.h"
#include "service/rejects.h"
#include "service/runs.h"

namespace cip::service {

inline const account::Identity kSteward{"Ada", account::Role::Steward};

inline constexpr std::string_view kCustomersMapping = R"(source = "shop"
files = "inbox/shop*.csv"

[[into]]
table = "customers"
[into.map]
customer_id = "id | integer"
name = "Full name"
email = "E-Mail :: email"
signup_date = "since | date"
extra = "*"
)";

class LoadedWorkspace : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    platform_ = Platform::open(init_workspace(folder_).value()).value();
    write("sources/shop.toml", kCustomersMapping);
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  Platform& platform() { return *platform_; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

  void write(const std::string& name, std::string_view bytes) const {
    ASSERT_TRUE(write_file(folder_ / name, bytes));
  }

  Json ingest(const LoadOptions& options = {}) {
    const auto report = load_files(platform(), kSteward, options, no_progress());
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : Json();
  }

  Json replay(const warehouse::RejectFilter& filter = {}) {
    const auto outcome = replay_rejects(platform(), kSteward, filter, no_progress());
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? *outcome : Json();
  }

  Json rejects(const warehouse::RejectFilter& filter = {}) {
    const auto list = list_rejects(platform(), kSteward, filter, 100);
    EXPECT_TRUE(list) << list.error().message;
    return list ? *list : Json();
  }

  // The rows of a query, cells between bars, rows between line ends.
  std::string rows_of(const std::string& sql) {
    std::string text;
    const auto done = platform().with_database([&](sql::Connection& database) -> Result<void> {
      const auto read = database.run({sql}, [&text](std::span<const Value> row) -> Result<void> {
        for (std::size_t at = 0; at < row.size(); ++at) {
          if (at != 0) text += '|';
          if (const auto* number = std::get_if<std::int64_t>(&row[at])) {
            text += std::to_string(*number);
          } else if (const auto* words = std::get_if<std::string>(&row[at])) {
            text += *words;
          }
        }
        text += '\n';
        return {};
      });
      if (!read) return Failure{read.error()};
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return text;
  }

  std::string customers() {
    return rows_of(
        "SELECT customer_id, name, email, signup_date, record_no FROM customers ORDER BY 1");
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_loaded_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
};

}  // namespace cip::service
