#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "base/contract.h"
#include "sample/calendar.h"
#include "sample/population.h"
#include "sample/record.h"
#include "sample/record_file.h"

namespace cip::sample {
namespace {

TEST(Record, ReadsBackWhatWasAdded) {
  Record record;
  record.add_integer(7);
  record.add_text("");
  record.add_money(123405);
  record.add_money(9);
  EXPECT_EQ(record.field(0), "7");
  EXPECT_EQ(record.field(1), "");
  EXPECT_EQ(record.field(2), "1234.05");
  EXPECT_EQ(record.field(3), "0.09");
  EXPECT_THROW(static_cast<void>(record.field(4)), ContractViolation);
}

TEST(Record, ReplacesAFieldByALongerAndAShorterOne) {
  Record record;
  record.add_text("a");
  record.add_text("bb");
  record.add_text("c");
  record.replace(1, "long enough");
  EXPECT_EQ(record.field(1), "long enough");
  EXPECT_EQ(record.field(2), "c");
  record.replace(1, "");
  EXPECT_EQ(record.field(0), "a");
  EXPECT_EQ(record.field(1), "");
  EXPECT_EQ(record.field(2), "c");
  record.drop_last();
  EXPECT_EQ(record.num_fields(), 2U);
}

TEST(AppendRecord, QuotesInCsvWhatNeedsIt) {
  Record record;
  record.add_text("3");
  record.add_text("Berg, \"Ola\"");
  std::string out;
  append_record(segments_layout(), record, true, out);
  EXPECT_EQ(out, "3,\"Berg, \"\"Ola\"\"\"\n");
}

TEST(AppendRecord, WritesNumbersTextsAndNullsInJson) {
  Record record;
  record.add_text("");
  record.add_text("27\"");
  record.add_text("Home");
  record.add_text("12,x");
  std::string out;
  append_record(products_layout(), record, true, out);
  record.replace(0, "5");
  record.replace(3, "1.50");
  append_record(products_layout(), record, false, out);
  EXPECT_EQ(out,
            "  {\"product_id\": null, \"product_name\": \"27\\\"\", \"category\": \"Home\", "
            "\"unit_price\": \"12,x\"},\n"
            "  {\"product_id\": 5, \"product_name\": \"27\\\"\", \"category\": \"Home\", "
            "\"unit_price\": 1.50}");
}

TEST(AppendRecord, EscapesInXmlAndLeavesMissingElementsOut) {
  Record record;
  for (const char* text : {"S1", "", "2024-01-01", "4", "9", "Mobile", "A & <B>", ""}) {
    record.add_text(text);
  }
  std::string out;
  append_record(sessions_layout(), record, true, out);
  EXPECT_EQ(out,
            "  <session session_id=\"S1\" customer_id=\"\" timestamp=\"2024-01-01\">"
            "<page_views>4</page_views><duration_seconds>9</duration_seconds>"
            "<device>Mobile</device><traffic_source>A &amp; &lt;B></traffic_source></session>\n");
}

TEST(FaultPlan, DealsFaultsOutToAllFormsInTurn) {
  const FaultPlan plan = plan_of(customers_layout(), 1000, 0.025);
  EXPECT_EQ(plan.num_faults, 25U);
  EXPECT_EQ(plan.count_of(0), 3U);
  EXPECT_EQ(plan.count_of(4), 3U);
  EXPECT_EQ(plan.count_of(5), 2U);
  EXPECT_EQ(plan.num_duplicates(), 3U);
  EXPECT_EQ(plan_of(products_layout(), 12, 0.01).num_faults, 4U);  // At least one of each form.
  EXPECT_EQ(plan_of(customers_layout(), 1000, 0).num_faults, 0U);
}

TEST(Busyness, IsOneOnAverageOverAYear) {
  double sum = 0;
  const Days first = days_of(CivilDate{2025, 1, 1});
  for (Days on = first; on < first + 365; ++on) sum += busyness_of(on);
  EXPECT_NEAR(sum / 365, 1.0, 0.02);
}

TEST(Schedule, DealsEventsOutInProportionAndInOrder) {
  const std::vector<double> weights = {1, 0, 3, 0};
  Schedule schedule(weights, 400);
  std::vector<int> counts(4);
  int before = -1;
  for (std::uint64_t done = 0; done < 400; ++done) {
    const Schedule::Moment moment = schedule.moment_of(done, 0.5);
    ++counts[static_cast<std::size_t>(moment.day)];
    EXPECT_GE(moment.day * 86'400 + moment.second, before);
    before = moment.day * 86'400 + moment.second;
  }
  EXPECT_THAT(counts, testing::ElementsAre(100, 0, 300, 0));
}

TEST(Population, DrawsOnlyThoseWhoAreThereAndAsOftenAsTheirRatesSay) {
  constexpr std::uint64_t kSeed = 11;
  constexpr std::uint64_t kNumCustomers = 50;
  constexpr int kDay = 500;
  constexpr int kNumDraws = 200'000;
  const Population population(kSeed, kNumCustomers);
  Random random(1);
  std::vector<double> counts(kNumCustomers);
  for (int draw = 0; draw < kNumDraws; ++draw) ++counts[population.draw(kDay, random)];
  for (std::uint64_t at = 0; at < kNumCustomers; ++at) {
    const Customer customer = customer_of(kSeed, at + 1);
    const int end = std::min(customer.leave_day, customer.pause_day);
    const bool is_there = customer.signup_day <= kDay && kDay < end;
    const bool fades = customer.has_left() && kDay >= customer.leave_day - 120;
    const double share =
        is_there ? customer.orders_rate * (fades ? 0.5 : 1.0) / population.activity()[kDay] : 0;
    // Five standard deviations of a binomial count.
    EXPECT_NEAR(counts[at], share * kNumDraws, 5 * std::sqrt(share * kNumDraws))
        << "customer " << customer.id;
  }
}

TEST(Population, ListsNewcomersOnTheDayTheySignUp) {
  const Population population(3, 500);
  std::size_t num_listed = 0;
  for (int day = 0; day < kNumDays; ++day) {
    for (const std::uint32_t at : population.newcomers(day)) {
      EXPECT_EQ(customer_of(3, at + 1).signup_day, day);
      ++num_listed;
    }
  }
  std::size_t num_newcomers = 0;
  for (std::uint64_t id = 1; id <= 500; ++id) {
    num_newcomers += customer_of(3, id).signup_day >= 0 ? 1 : 0;
  }
  EXPECT_EQ(num_listed, num_newcomers);
}

}  // namespace
}  // namespace cip::sample
