#include "sample/record_file.h"

#include <gmock/gmock.h>

#include "base/contract.h"

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

}  // namespace
}  // namespace cip::sample
