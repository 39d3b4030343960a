#include "service/monitoring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "service/loading.h"
#include "service/profiling.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

const account::Identity kViewer{"vera", account::Role::Viewer};
const account::Identity kSteward{"stan", account::Role::Steward};

constexpr std::string_view kMapping = R"(source = "shop"
files = "inbox/*.csv"

[limits]
lag = "2 days"

[[into]]
table = "customers"
[into.map]
customer_id = "id | integer :: required"
name = "name"
email = "mail :: email"
signup_date = "since | date"
[[into.decline]]
column = "email"
since = "signup_date"
per_year = 0.1
)";

// A workspace that loads a file of customers a day.
class Monitoring : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    Workspace workspace = init_workspace(folder_).value();
    ASSERT_TRUE(write_file(workspace.sources() / "shop.toml", kMapping));
    platform_ = Platform::open(std::move(workspace)).value();
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  // The next file: 200 customers, of which some have a bad address.
  void load(int num_bad) {
    std::string text = "id,name,mail,since\n";
    for (int at = 0; at < 200; ++at) {
      text += fmt::format("{},Anna {},{},2024-03-{:02}\n", num_files_ * 1000 + at, at,
                          at < num_bad ? "nobody" : fmt::format("a{}@shop.de", at), 1 + at % 28);
    }
    const std::string name = fmt::format("customers-{:03}.csv", ++num_files_);
    ASSERT_TRUE(write_file(folder_ / "inbox" / name, text));
    const auto loaded = load_files(*platform_, kSteward, {}, no_progress());
    ASSERT_TRUE(loaded) << loaded.error().message;
  }

  Json quality(const account::Identity& who = kSteward) {
    auto described = describe_quality(*platform_, who);
    EXPECT_TRUE(described) << described.error().message;
    return std::move(described).value();
  }

  // The alarms among the alerts: what a person can accept.
  std::vector<Json> alarms() {
    const Json described = quality();
    std::vector<Json> found;
    for (const Json& alert : described.at("alerts").as_array()) {
      if (alert.at("can_accept").as_bool()) found.push_back(alert);
    }
    return found;
  }

  Platform& platform() { return *platform_; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_monitoring_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
  int num_files_ = 0;
};

TEST_F(Monitoring, RaisesAnAlarmThatNamesRuleColumnAndRowsUntilItIsAccepted) {
  for (int day = 0; day < 6; ++day) load(2);
  EXPECT_TRUE(alarms().empty());
  load(60);
  const auto raised = alarms();
  ASSERT_FALSE(raised.empty());
  EXPECT_THAT(std::string(raised[0].at("title").as_string()), HasSubstr("shop fell"));
  const Json& moved = raised[0].at("moved").at(0);
  EXPECT_EQ(moved.at("column"), "email");
  EXPECT_EQ(moved.at("rule"), "email");
  EXPECT_EQ(raised[0].at("examples").as_array().size(), 3);
  EXPECT_EQ(raised[0].at("examples").at(0).at("line"), 2);
  EXPECT_EQ(quality().at("trend").as_array().back().at("state"), "jump");
  EXPECT_EQ(accept_quality(platform(), kViewer, 7, "").error().code, Errc::Forbidden);
  EXPECT_EQ(accept_quality(platform(), kSteward, 70, "").error().code, Errc::NotFound);
  ASSERT_TRUE(accept_quality(platform(), kSteward, 7, "new supplier"));
  EXPECT_TRUE(alarms().empty());
}

TEST_F(Monitoring, SplitsTheChangeBetweenTwoRunsByRule) {
  load(2);
  EXPECT_EQ(compare_quality(platform(), kViewer, 1, std::nullopt).error().code, Errc::Undefined);
  load(20);
  load(4);
  const auto change = compare_quality(platform(), kViewer, 3, 2);
  ASSERT_TRUE(change) << change.error().message;
  double sum = change->at("other_points").to_number<double>();
  for (const Json& rule : change->at("rules").as_array()) {
    sum += rule.at("points").to_number<double>();
  }
  EXPECT_NEAR(sum, change->at("points").to_number<double>(), 1e-9);
  EXPECT_GT(sum, 0);
  EXPECT_EQ(compare_quality(platform(), kViewer, 3, std::nullopt)->at("against"), 2);
  EXPECT_EQ(compare_quality(platform(), kViewer, 9, 2).error().code, Errc::NotFound);
}

TEST_F(Monitoring, ComparesNoRunsOfDifferentSources) {
  load(2);
  ASSERT_TRUE(write_file(folder() / "sources" / "other.toml",
                         "source = \"other\"\nfiles = \"other.csv\"\n[[into]]\ntable = "
                         "\"customers\"\n[into.map]\ncustomer_id = \"id\"\n"));
  ASSERT_TRUE(write_file(folder() / "other.csv", "id,name\n9001,Bo\n"));
  ASSERT_TRUE(load_files(platform(), kSteward, {}, no_progress()));
  const auto refused = compare_quality(platform(), kViewer, 2, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("run 2 is of source 'other'"));
}

TEST_F(Monitoring, CountsTheLagAsTimeliness) {
  load(0);
  const Json shown = quality();
  const Json& feed = shown.at("freshness").at(0);
  EXPECT_EQ(feed.at("lag_seconds"), 2 * 86'400);
  EXPECT_EQ(feed.at("score").to_number<double>(), 100);
}

// Addresses of March 2024 are some years old by now: a part of them is expected to be wrong.
TEST_F(Monitoring, CountsTheDeclineOfAnAttributeAsTimeliness) {
  load(0);
  const Json shown = quality();
  double pass_rate = 1;
  for (const Json& rule : shown.at("rules").as_array()) {
    if (rule.at("rule") != "decline") continue;
    EXPECT_EQ(rule.at("column"), "email");
    EXPECT_EQ(rule.at("dimension"), "timeliness");
    EXPECT_EQ(rule.at("checked"), 200);
    pass_rate = rule.at("pass_rate").to_number<double>();
  }
  EXPECT_LT(pass_rate, 0.9);
  EXPECT_EQ(shown.at("dimensions").at(3).at("name"), "timeliness");
  EXPECT_NEAR(shown.at("dimensions").at(3).at("score").to_number<double>(),
              100 * (1 + pass_rate) / 2, 1e-9);  // With the lag, which was kept.
}

TEST_F(Monitoring, ShowsProfilesAndWhatMovedBetweenThem) {
  load(0);
  load(0);
  const auto profile = describe_profile(platform(), kSteward, {"customers", "email", 2, 1});
  ASSERT_TRUE(profile) << profile.error().message;
  const Json& column = profile->at("columns").at(0);
  EXPECT_EQ(column.at("rows"), 200);
  EXPECT_EQ(column.at("distinct").to_number<double>(), 200);
  EXPECT_EQ(column.at("drift").at("has_moved_values"), false);
  EXPECT_EQ(column.at("top").at(0).at("count"), 1);
  const auto dates = describe_profile(platform(), kViewer, {"customers", "signup_date", {}, {}});
  EXPECT_EQ(dates->at("columns").at(0).at("min"), "2024-03-01");
  EXPECT_EQ(dates->at("columns").at(0).at("max"), "2024-03-28");
}

TEST_F(Monitoring, HidesValuesOfPersonalColumnsFromAViewer) {
  load(0);
  const auto profile = describe_profile(platform(), kViewer, {"customers", "email", {}, {}});
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_TRUE(profile->at("columns").at(0).at("is_hidden").as_bool());
  EXPECT_EQ(to_text(*profile).find("shop.de"), std::string::npos);
}

TEST_F(Monitoring, RefusesProfilesThatAreNotThere) {
  const auto refusal = [this](const ProfileRequest& request) {
    return describe_profile(platform(), kSteward, request).error().message;
  };
  EXPECT_THAT(refusal({}), HasSubstr("cip ingest"));
  load(0);
  EXPECT_THAT(refusal({"custmers", "", {}, {}}), HasSubstr("customers"));
  EXPECT_THAT(refusal({"customers", "emial", {}, {}}), HasSubstr("email"));
  EXPECT_THAT(refusal({"customers", "", 12, {}}), HasSubstr("these have: 1"));
  EXPECT_THAT(refusal({"products", "", {}, {}}), HasSubstr("no load has left a profile"));
}

}  // namespace
}  // namespace cip::service
