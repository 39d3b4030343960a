#include "sample/generate.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::sample {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Lt;
using testing::SizeIs;

using Row = std::vector<std::string>;

const std::filesystem::path& scratch() {
  static const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("cip_sample_{}", getpid());
  return folder;
}

class Scratch : public testing::Environment {
 public:
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(scratch(), ignored);
  }
};
const testing::Environment* const kScratch =
    testing::AddGlobalTestEnvironment(new Scratch);  // gtest owns it.

SampleSpec small_spec(std::string_view folder, double fault_rate = 0) {
  SampleSpec spec;
  spec.folder = scratch() / folder;
  spec.num_customers = 400;
  spec.num_transactions = 3000;
  spec.num_sessions = 500;
  spec.fault_rate = fault_rate;
  return spec;
}

SampleFiles made(const SampleSpec& spec) {
  auto files = generate(spec, no_progress());
  EXPECT_TRUE(files.has_value()) << (files ? "" : files.error().message);
  return std::move(files).value();
}

std::string text_of(const std::filesystem::path& path) { return read_file(path).value(); }

// The fields of one line as RFC 4180 has them; no field of the sample holds a line end.
Row fields_of(std::string_view line) {
  Row row(1);
  bool is_quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"' && is_quoted && at + 1 < line.size() && line[at + 1] == '"') {
      row.back() += line[++at];
    } else if (line[at] == '"') {
      is_quoted = !is_quoted;
    } else if (line[at] == ',' && !is_quoted) {
      row.emplace_back();
    } else {
      row.back() += line[at];
    }
  }
  return row;
}

// The data records of a CSV file.
std::vector<Row> rows_of(const std::filesystem::path& path) {
  const std::string text = text_of(path);
  std::vector<Row> rows;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) rows.push_back(fields_of(line));
  }
  rows.erase(rows.begin());
  return rows;
}

// The lines of sessions.xml that hold a record, and of any file those of its records.
std::vector<std::string> record_lines(const std::filesystem::path& path) {
  const std::string text = text_of(path);
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    const bool is_record = path.extension() == ".xml"    ? line.starts_with("  <session ")
                           : path.extension() == ".json" ? line.starts_with("  {")
                                                         : !line.empty();
    const std::size_t size = line.ends_with("},") ? line.size() - 1 : line.size();
    if (is_record) lines.emplace_back(line.substr(0, size));
  }
  if (path.extension() == ".csv") lines.erase(lines.begin());
  return lines;
}

std::string attribute_of(std::string_view line, std::string_view name) {
  const std::string before = fmt::format(" {}=\"", name);
  const std::size_t begin = line.find(before) + before.size();
  return std::string(line.substr(begin, line.find('"', begin) - begin));
}

// Positions in customers.csv and transactions.csv.
constexpr std::size_t kAge = 3, kSignup = 7, kSegmentId = 8, kChurned = 9;
constexpr std::size_t kOrder = 1, kBuyer = 2, kProduct = 3, kAt = 4, kQuantity = 5, kPrice = 6,
                      kAmount = 7;

TEST(Generate, GivesExactlyAsManyRecordsAsWereAskedFor) {
  const SampleFiles files = made(small_spec("counts"));
  std::map<std::string, std::size_t> counts;
  for (const SampleFile& file : files.files) {
    counts[file.table] = record_lines(file.path).size();
    EXPECT_EQ(file.num_records, counts[file.table]) << file.table;
    EXPECT_EQ(file.num_valid, file.num_records);
    EXPECT_EQ(file.num_duplicates + file.num_rejected, 0U);
  }
  EXPECT_THAT(counts, testing::UnorderedElementsAre(
                          testing::Pair("customer_segments", 3), testing::Pair("customers", 400),
                          testing::Pair("products", 12), testing::Pair("transactions", 3000),
                          testing::Pair("web_analytics", 500)));
}

TEST(Generate, GivesTheSameBytesForTheSameSpecAndOthersForAnotherSeed) {
  const SampleFiles first = made(small_spec("same_a", 0.03));
  const SampleFiles second = made(small_spec("same_b", 0.03));
  SampleSpec other = small_spec("same_c", 0.03);
  other.seed = 43;
  const SampleFiles third = made(other);
  EXPECT_EQ(text_of(first.truth), text_of(second.truth));
  for (std::size_t at = 0; at < first.files.size(); ++at) {
    EXPECT_EQ(text_of(first.files[at].path), text_of(second.files[at].path));
    if (first.files[at].num_records < 100) continue;
    EXPECT_NE(text_of(first.files[at].path), text_of(third.files[at].path));
  }
}

TEST(Generate, GivesAValueInItsRangeOrNoneInEachField) {
  made(small_spec("ranges"));
  for (const Row& row : rows_of(scratch() / "ranges/customers.csv")) {
    ASSERT_THAT(row, SizeIs(11));
    EXPECT_THAT(parse_int(row[kAge]).value_or(0), AllOf(Ge(0), Le(120))) << row[kAge];
    EXPECT_TRUE(row[kAge].empty() || parse_int(row[kAge]));
    EXPECT_TRUE(parse_date(row[kSignup]).has_value()) << row[kSignup];
    EXPECT_LE(*parse_date(row[kSignup]), SampleSpec{}.last_day);
    EXPECT_THAT(row[kChurned], testing::AnyOf("0", "1"));
    EXPECT_TRUE(is_valid_utf8(row[1]));
    EXPECT_TRUE(row[2].empty() || row[2].ends_with("@example.com") ||
                row[2].ends_with("@example.org"));
  }
}

TEST(Generate, RefersOnlyToWhatIsThere) {
  made(small_spec("references"));
  std::set<std::string> customers;
  for (const Row& row : rows_of(scratch() / "references/customers.csv")) {
    EXPECT_TRUE(customers.insert(row[0]).second);
    EXPECT_THAT(row[kSegmentId], testing::AnyOf("1", "2", "3"));
  }
  for (const Row& row : rows_of(scratch() / "references/transactions.csv")) {
    EXPECT_TRUE(customers.contains(row[kBuyer]));
    EXPECT_THAT(*parse_int(row[kProduct]), AllOf(Ge(1), Le(12)));
  }
  for (const std::string& line : record_lines(scratch() / "references/sessions.xml")) {
    EXPECT_TRUE(customers.contains(attribute_of(line, "customer_id")));
    EXPECT_TRUE(parse_instant(attribute_of(line, "timestamp")).has_value());
  }
}

TEST(Generate, KeepsTransactionsInTheOrderOfTimeAndOfTheirIds) {
  made(small_spec("order"));
  std::int64_t id = 0;
  std::string at;
  for (const Row& row : rows_of(scratch() / "order/transactions.csv")) {
    EXPECT_EQ(*parse_int(row[0]), ++id);
    EXPECT_GE(row[kAt], at);
    at = row[kAt];
    ASSERT_TRUE(parse_instant(at).has_value()) << at;
    const Days on = days_of(*parse_instant(at));
    EXPECT_THAT(on, AllOf(Gt(SampleSpec{}.last_day - 1096), Le(SampleSpec{}.last_day)));
  }
}

TEST(Generate, MultipliesEachLineToTheCentAndAddsItUpInTheTotals) {
  const SampleFiles files = made(small_spec("amounts"));
  std::int64_t revenue_cents = 0;
  std::set<std::string> orders;
  for (const Row& row : rows_of(scratch() / "amounts/transactions.csv")) {
    EXPECT_GE(*parse_int(row[kQuantity]), 1);
    EXPECT_EQ(*parse_decimal(row[kAmount], 2),
              *parse_int(row[kQuantity]) * *parse_decimal(row[kPrice], 2));
    revenue_cents += *parse_decimal(row[kAmount], 2);
    orders.insert(row[kOrder]);
  }
  EXPECT_EQ(files.totals.revenue_cents, revenue_cents);
  EXPECT_EQ(files.totals.num_orders, orders.size());
}

TEST(Generate, GivesOneToFourLinesToAnOrderOfOneCustomer) {
  made(small_spec("orders"));
  std::map<std::string, std::vector<std::string>> buyers;
  for (const Row& row : rows_of(scratch() / "orders/transactions.csv")) {
    buyers[row[kOrder]].push_back(row[kBuyer] + row[kAt]);
  }
  std::array<int, 5> sizes{};
  for (const auto& [order, lines] : buyers) {
    ASSERT_THAT(lines, AllOf(SizeIs(Le(4U)), Each(lines.front())));
    ++sizes[lines.size()];
  }
  EXPECT_THAT(std::vector(sizes.begin() + 1, sizes.end()), Each(Gt(0)));
}

TEST(Generate, SellsMoreBeforeChristmasThanInJuly) {
  SampleSpec spec = small_spec("season");
  spec.num_transactions = 20'000;
  made(spec);
  double busy = 0;
  double quiet = 0;
  for (const Row& row : rows_of(spec.folder / "transactions.csv")) {
    const std::string month = row[kAt].substr(5, 2);
    if (month == "11" || month == "12") ++busy;
    if (month == "07") ++quiet;
  }
  // Three times 61 days against three times 31: the three years begin and end in November.
  EXPECT_GT(busy / (3 * 61), 1.2 * quiet / (3 * 31));
}

TEST(Generate, GivesSegmentsThatDifferInHowMuchTheyBuy) {
  made(small_spec("segments"));
  std::map<std::string, std::string> segments;
  std::map<std::string, double> num_customers;
  std::map<std::string, double> num_lines;
  for (const Row& row : rows_of(scratch() / "segments/customers.csv")) {
    segments[row[0]] = row[kSegmentId];
    ++num_customers[row[kSegmentId]];
  }
  for (const Row& row : rows_of(scratch() / "segments/transactions.csv")) {
    ++num_lines[segments[row[kBuyer]]];
  }
  EXPECT_GT(num_lines["1"] / num_customers["1"], 1.5 * num_lines["2"] / num_customers["2"]);
  EXPECT_GT(num_lines["2"] / num_customers["2"], 1.2 * num_lines["3"] / num_customers["3"]);
}

// The chance that one of `higher` exceeds one of `lower`: the area under the ROC curve.
double area_under_curve(const std::vector<double>& higher, const std::vector<double>& lower) {
  double wins = 0;
  for (const double value : higher) {
    for (const double other : lower) wins += value > other ? 1 : value == other ? 0.5 : 0;
  }
  return wins / static_cast<double>(higher.size() * lower.size());
}

TEST(Generate, LetsChurnBeLearntFromSilenceButNotPerfectly) {
  SampleSpec spec;
  spec.folder = scratch() / "churn";
  const SampleFiles files = made(spec);
  std::map<std::string, Days> last_bought;
  for (const Row& row : rows_of(spec.folder / "transactions.csv")) {
    last_bought[row[kBuyer]] = days_of(*parse_instant(row[kAt]));
  }
  std::array<std::vector<double>, 2> silences;  // Days; of those who stayed, and who left.
  std::uint64_t num_churned = 0;
  for (const Row& row : rows_of(spec.folder / "customers.csv")) {
    const bool is_churned = row[kChurned] == "1";
    num_churned += is_churned ? 1 : 0;
    const auto bought = last_bought.find(row[0]);
    if (bought == last_bought.end()) continue;
    silences[is_churned ? 1 : 0].push_back(spec.last_day - bought->second);
  }
  EXPECT_EQ(files.totals.num_churned, num_churned);
  EXPECT_THAT(static_cast<double>(num_churned) / 5000, AllOf(Gt(0.20), Lt(0.27)));
  EXPECT_THAT(area_under_curve(silences[1], silences[0]), AllOf(Gt(0.70), Lt(0.90)));
  // The distributions overlap at both ends: many who stay have long been silent, and some who left
  // bought not long ago.
  const auto long_silent =
      std::count_if(silences[0].begin(), silences[0].end(), [](double d) { return d > 365; });
  const auto just_gone =
      std::count_if(silences[1].begin(), silences[1].end(), [](double d) { return d < 180; });
  EXPECT_GT(static_cast<double>(long_silent), 0.10 * static_cast<double>(silences[0].size()));
  EXPECT_GT(static_cast<double>(just_gone), 0.03 * static_cast<double>(silences[1].size()));
}

TEST(Generate, LeavesAFewValuesOut) {
  made(small_spec("missing"));
  const std::vector<Row> rows = rows_of(scratch() / "missing/customers.csv");
  const auto num_missing =
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row[kAge].empty(); });
  EXPECT_THAT(num_missing, AllOf(Gt(0), Lt(40)));
}

TEST(Generate, WritesProductsAsOneArrayOfObjects) {
  made(small_spec("products"));
  const auto document = parse_json(text_of(scratch() / "products/products.json"));
  ASSERT_TRUE(document.has_value());
  std::set<std::string> categories;
  for (const Json& product : document->as_array()) {
    categories.insert(std::string(product.at("category").as_string()));
    EXPECT_GT(product.at("unit_price").to_number<double>(), 0);
  }
  EXPECT_THAT(document->as_array(), SizeIs(12));
  EXPECT_THAT(categories, SizeIs(6));
}

TEST(Generate, PlantsFaultsBesideTheValidRecordsAndLeavesThoseAlone) {
  const SampleFiles clean = made(small_spec("clean"));
  const SampleFiles faulty = made(small_spec("faulty", 0.05));
  const Json truth = parse_json(text_of(faulty.truth)).value();
  for (std::size_t at = 0; at < clean.files.size(); ++at) {
    std::vector<std::string> lines = record_lines(faulty.files[at].path);
    EXPECT_EQ(lines.size(), faulty.files[at].num_records);
    std::set<std::size_t, std::greater<>> places;
    for (const Json& fault : truth.at("faults").as_array()) {
      const bool is_here = fault.at("file").as_string() ==
                           std::string_view(clean.files[at].path.filename().native());
      if (is_here) places.insert(fault.at("record").to_number<std::size_t>() - 1);
    }
    EXPECT_THAT(places, SizeIs(faulty.files[at].num_duplicates + faulty.files[at].num_rejected));
    for (const std::size_t place : places) {
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(place));
    }
    EXPECT_EQ(lines, record_lines(clean.files[at].path)) << clean.files[at].table;
  }
}

TEST(Generate, CountsEachKindOfFaultAsItListsThem) {
  const SampleFiles files = made(small_spec("listed", 0.05));
  const Json truth = parse_json(text_of(files.truth)).value();
  const auto key_of = [](const Json& entry) {
    return to_text(JsonArray{entry.at("file"), entry.at("kind"), entry.at("column"),
                             entry.at("outcome"), entry.at("code")});
  };
  std::map<std::string, std::uint64_t> listed;
  for (const Json& fault : truth.at("faults").as_array()) ++listed[key_of(fault)];
  std::map<std::string, std::uint64_t> counted;
  for (const Json& entry : truth.at("fault_counts").as_array()) {
    ASSERT_FALSE(counted.contains(key_of(entry)));
    counted[key_of(entry)] = entry.at("count").to_number<std::uint64_t>();
  }
  EXPECT_EQ(listed, counted);
  EXPECT_THAT(counted, SizeIs(9 + 4 + 12 + 6));
  EXPECT_EQ(files.files[1].num_duplicates + files.files[1].num_rejected, 20U);
  EXPECT_EQ(files.files[3].num_duplicates + files.files[3].num_rejected, 150U);
  EXPECT_EQ(files.files[3].num_duplicates, 12U);  // 150 in turn among 13 forms.
}

// What is wrong with a line of transactions.csv, by rules written down a second time.
std::vector<std::string> complaints_about(const std::string& line) {
  if (!is_valid_utf8(line)) return {"ENCODING"};
  const Row row = fields_of(line);
  if (row.size() < 10) return {"TOO_FEW_FIELDS"};
  if (row.size() > 10) return {"TOO_MANY_FIELDS"};
  std::vector<std::string> codes;
  for (const std::size_t column : {kOrder, kBuyer, kProduct, kAt}) {
    if (row[column].empty()) codes.emplace_back("REQUIRED");
  }
  if (!row[kAt].empty() && !parse_instant(row[kAt])) codes.emplace_back("CAST_DATETIME");
  if (!parse_int(row[kQuantity])) codes.emplace_back("CAST_INTEGER");
  if (parse_int(row[kQuantity]).value_or(1) < 1) codes.emplace_back("RANGE");
  if (!parse_number(row[kAmount])) codes.emplace_back("CAST_DECIMAL");
  if (parse_int(row[kBuyer]).value_or(1) > 400) codes.emplace_back("REFERENCE");
  if (parse_int(row[kProduct]).value_or(1) > 12) codes.emplace_back("REFERENCE");
  return codes;
}

TEST(Generate, SpoilsEachFaultyRecordForTheOneReasonItTells) {
  const SampleFiles files = made(small_spec("reasons", 0.05));
  const std::vector<std::string> lines = record_lines(files.files[3].path);
  std::map<std::size_t, std::string> faults;
  const Json truth = parse_json(text_of(files.truth)).value();
  for (const Json& fault : truth.at("faults").as_array()) {
    if (fault.at("file").as_string() != "transactions.csv") continue;
    faults[fault.at("record").to_number<std::size_t>()] = std::string(fault.at("code").as_string());
  }
  std::set<std::string> seen;
  for (std::size_t record = 1; record <= lines.size(); ++record) {
    const std::string& line = lines[record - 1];
    std::vector<std::string> codes = complaints_about(line);
    if (!seen.insert(line).second) codes.emplace_back("DUPLICATE_KEY");
    const auto fault = faults.find(record);
    if (fault == faults.end()) {
      EXPECT_THAT(codes, IsEmpty()) << line;
    } else {
      EXPECT_THAT(codes, testing::ElementsAre(fault->second)) << line;
    }
  }
}

TEST(Generate, WorksForOneCustomerAndForNoFactsAtAll) {
  SampleSpec spec = small_spec("one");
  spec.num_customers = 1;
  spec.num_transactions = 300;
  made(spec);
  EXPECT_THAT(rows_of(spec.folder / "transactions.csv"), SizeIs(300));
  spec.folder = scratch() / "none";
  spec.num_transactions = 0;
  spec.num_sessions = 0;
  spec.fault_rate = 0.1;
  made(spec);
  EXPECT_THAT(rows_of(spec.folder / "transactions.csv"), IsEmpty());
}

TEST(Generate, RefusesNumbersItCannotServe) {
  SampleSpec spec = small_spec("refused");
  spec.num_customers = 0;
  EXPECT_THAT(generate(spec, no_progress()).error().message,
              HasSubstr("the number of customers must be 1 to 50000000, it is 0"));
  for (const double rate : {-0.1, 0.6, std::nan("")}) {
    spec = small_spec("refused", rate);
    EXPECT_EQ(generate(spec, no_progress()).error().code, Errc::InvalidArgument);
  }
  EXPECT_FALSE(std::filesystem::exists(spec.folder));
}

TEST(Generate, TellsWhenTheDiskIsFull) {
  const SampleSpec spec = small_spec("full");
  std::filesystem::create_directories(spec.folder);
  // A device that takes no byte, in the place of the partial file.
  std::filesystem::create_symlink("/dev/full", spec.folder / "customers.csv.part");
  const auto refused = generate(spec, no_progress());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("cannot write"), HasSubstr("customers.csv"), HasSubstr("No space")));
  EXPECT_THAT(std::filesystem::directory_iterator(spec.folder),
              testing::Eq(std::filesystem::directory_iterator{}));
}

std::int64_t most_memory_kib() {
  rusage usage{};
  EXPECT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  return usage.ru_maxrss;
}

TEST(Generate, NeedsNoMoreMemoryForMoreFacts) {
  SampleSpec spec = small_spec("memory", 0.02);
  made(spec);
  const std::int64_t before = most_memory_kib();
  spec.num_transactions = 400'000;
  spec.num_sessions = 100'000;
  const SampleFiles files = made(spec);
  std::uintmax_t size_bytes = 0;
  for (const SampleFile& file : files.files) size_bytes += std::filesystem::file_size(file.path);
  EXPECT_GT(size_bytes, 48U << 20U);
  EXPECT_LT(most_memory_kib() - before, 12 * 1024);
}

TEST(Generate, LeavesWhatStoodThereWhenItCannotFinish) {
  const SampleSpec spec = small_spec("blocked");
  made(spec);
  const std::string before = text_of(spec.folder / "customers.csv");
  // A folder where a partial file has to go.
  std::filesystem::create_directory(spec.folder / "sessions.xml.part");
  SampleSpec other = spec;
  other.seed = 7;
  const auto refused = generate(other, no_progress());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("sessions.xml"));
  EXPECT_EQ(text_of(spec.folder / "customers.csv"), before);
  EXPECT_FALSE(std::filesystem::exists(spec.folder / "customers.csv.part"));
}

}  // namespace
}  // namespace cip::sample
