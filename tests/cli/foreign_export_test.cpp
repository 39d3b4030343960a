// Exports as other programs write them, from the first look to the rows, through the program
// itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "base/text.h"
#include "program.h"

namespace cip {
namespace {

using testing::HasSubstr;

constexpr int kNumCustomers = 1'500;

std::int64_t number(const Json& of, std::string_view name) {
  return of.at(name).to_number<std::int64_t>();
}

const Json& only_table(const Json& report) {
  return report.at("runs").as_array().at(0).at("tables").as_array().at(0);
}

// Windows-1252, semicolons, days first, two lines before the header and a count below. What tells
// days from months comes after the first thousand records.
std::string customers_of_a_german_program() {
  std::string text = "Kundenliste M\xFCnchen \x96 Stand 31.12.2024\r\n\r\n";
  text += "customer_id;name;city;signup_date\r\n";
  for (int id = 1; id <= kNumCustomers; ++id) {
    text += fmt::format("{};\"M\xFCller; {}\";K\xF6ln;{:02}.{:02}.2024\r\n", id, id,
                        id < 1'200 ? id % 12 + 1 : id % 28 + 1, id % 12 + 1);
  }
  return text + fmt::format("\r\nAnzahl: {}\r\n", kNumCustomers);
}

// A decimal comma that only late values have, points between thousands, and a total with all
// fields.
std::string sales_of_a_german_program() {
  std::string text = "Ums\xE4tze 2024\r\ntransaction_id;customer_id;transaction_date;amount\r\n";
  for (int id = 1; id <= kNumCustomers; ++id) {
    text += fmt::format("{};{};{:02}.{:02}.2024 14:05;{}\r\n", id, id, id % 28 + 1, id % 12 + 1,
                        id <= 1'100 ? "17" : "1.234,50");
  }
  return text + "Summe;;;512.500,00\r\n";
}

TEST(ForeignExport, IsMappedSoThatEveryRowIsTaken) {
  const Room room;
  room.must("init ws");
  room.write("ws/inbox/customers.csv", customers_of_a_german_program());
  room.write("ws/inbox/transactions.csv", sales_of_a_german_program());
  EXPECT_THAT(room.must("inspect ws/inbox/transactions.csv"), HasSubstr("footer"));
  room.must("-w ws map ws/inbox/customers.csv ws/inbox/transactions.csv");
  const Json report = room.json_of("-w ws ingest --json");
  ASSERT_EQ(report.at("runs").as_array().size(), 2U);
  for (const Json& run : report.at("runs").as_array()) {
    const Json& table = run.at("tables").as_array().at(0);
    EXPECT_EQ(number(table, "found"), kNumCustomers) << to_text(run);
    EXPECT_EQ(number(table, "loaded"), kNumCustomers) << to_text(run);
  }
  // 1,100 x 17 + 400 x 1,234.50, as its last line says.
  EXPECT_EQ(to_text(room.json_of("-w ws query --metrics revenue --format json").at("rows")),
            "[[512500]]");
  EXPECT_THAT(room.must("-w ws query --metrics customers --by city"), HasSubstr("K\xC3\xB6ln"));
}

TEST(ForeignExport, ComesThroughAPipeWithTheSameAccount) {
  const Room room;
  room.must("init ws");
  const std::string text = "customer_id,name,age\n1,Ann,31\n2,Bob,old\n3,Cy,40\n";
  room.write("ws/inbox/customers.csv", text);
  room.must("-w ws map ws/inbox/customers.csv");
  const Json first = room.json_of("-w ws ingest customers - --json <ws/inbox/customers.csv");
  const Json& table = only_table(first);
  EXPECT_EQ(number(table, "found"), 3);
  EXPECT_EQ(number(table, "loaded"), 2);
  EXPECT_EQ(number(table, "rejected"), 1);
  EXPECT_EQ(number(first.at("runs").as_array().at(0), "bytes"),
            static_cast<std::int64_t>(text.size()));
  EXPECT_THAT(room.must("-w ws rejects"), HasSubstr("standard input "));
  const std::string before = room.digest_of("ws");
  // The same bytes are known, whether they come through the pipe or lie in the inbox.
  const Json again = room.json_of("-w ws ingest customers - --json <ws/inbox/customers.csv");
  EXPECT_EQ(again.at("unchanged_files").as_array().size(), 1U);
  room.must("-w ws ingest");
  EXPECT_EQ(room.digest_of("ws"), before);
}

TEST(ForeignExport, FromAPipeNeedsASource) {
  const Room room;
  room.must("init ws");
  room.write("ws/inbox/customers.csv", "customer_id,name\n1,Ann\n");
  room.write("ws/inbox/products.csv", "product_id,product_name\n1,Lamp\n");
  room.must("-w ws map ws/inbox/customers.csv ws/inbox/products.csv");
  const Outcome outcome = room.cip("-w ws ingest -");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("say which of products, customers"));
  EXPECT_THAT(room.cip("-w ws ingest customers -").err, HasSubstr("is empty"));
}

}  // namespace
}  // namespace cip
