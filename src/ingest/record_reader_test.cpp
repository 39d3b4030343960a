#include "ingest/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "ingest/record_rows.h"

namespace cip::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::filesystem::path real_data() {
  return std::filesystem::path(CIP_SOURCE_ROOT).parent_path() / "shared" / "data";
}

Rows rows_of(const std::filesystem::path& path, const std::string& record = "",
             const std::vector<std::string>& wanted = {}) {
  FormatSpec spec;
  spec.record = record;
  return read_rows([&] { return open_reader(path, spec, wanted); });
}

class RealData : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(real_data())) GTEST_SKIP() << "no data at " << real_data();
  }
};

TEST_F(RealData, OnlineRetailIsReadWhole) {
  const Rows rows = rows_of(real_data() / "online-retail" / "online_retail.csv.gz");
  EXPECT_THAT(rows.columns, ElementsAre("InvoiceNo", "StockCode", "Description", "Quantity",
                                        "InvoiceDate", "UnitPrice", "CustomerID", "Country"));
  EXPECT_THAT(rows.texts, SizeIs(541'909));
  EXPECT_THAT(rows.faults, IsEmpty());
  std::size_t num_without_customer = 0;
  for (const std::string& text : rows.texts) {
    if (text.find("|<missing>|") != std::string::npos &&
        text.substr(0, text.rfind('|')).ends_with("<missing>")) {
      ++num_without_customer;
    }
  }
  EXPECT_EQ(num_without_customer, 135'080U);
}

TEST_F(RealData, TelcoAndShoppersAreReadWhole) {
  const Rows telco = rows_of(real_data() / "telco-churn" / "Telco-Customer-Churn.csv");
  EXPECT_THAT(telco.columns, SizeIs(21));
  EXPECT_THAT(telco.texts, SizeIs(7'043));
  EXPECT_THAT(telco.faults, IsEmpty());
  const Rows shoppers = rows_of(real_data() / "online-shoppers" / "online_shoppers_intention.csv");
  EXPECT_THAT(shoppers.texts, SizeIs(12'330));
}

TEST_F(RealData, ChinookGivesEachOfItsTables) {
  const auto path = real_data() / "chinook" / "ChinookData.json";
  const Rows customers = rows_of(path, "$.Customer[*]", {"CustomerId", "Email", "Fax"});
  EXPECT_THAT(customers.texts, SizeIs(59));
  EXPECT_EQ(customers.texts.front(), "1|luisg@embraer.com.br|+55 (12) 3923-5566");
  EXPECT_THAT(rows_of(path, "$.Invoice[*]", {"Total"}).texts, SizeIs(412));
  EXPECT_THAT(rows_of(path, "$.InvoiceLine[*]").texts, SizeIs(2'240));
}

TEST_F(RealData, OfbizGivesElementsByPath) {
  const auto folder = real_data() / "ofbiz-xml";
  const Rows products = rows_of(folder / "DemoConfigurator.xml", "/entity-engine-xml/Product",
                                {"@productId", "@productName"});
  EXPECT_THAT(products.texts, SizeIs(23));
  EXPECT_EQ(products.texts.front(), "PC001|Configurable PC");
  EXPECT_THAT(rows_of(folder / "DemoPurchasing.xml", "/entity-engine-xml/SupplierProduct").texts,
              SizeIs(96));
  EXPECT_THAT(rows_of(folder / "DemoTestSurveyData.xml", "/entity-engine-xml/SurveyQuestion").texts,
              SizeIs(111));
  EXPECT_THAT(rows_of(folder / "DemoConfigurator.xml", "/entity-engine-xml/ElectronicText",
                      {"@dataResourceId", "textData"})
                  .texts,
              SizeIs(50));
}

class RecordReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("cip_record_reader_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(std::string_view name, std::string_view bytes) {
    EXPECT_TRUE(write_file(folder_ / name, bytes));
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

TEST_F(RecordReaderTest, KnowsTheFormatByNameElseByContent) {
  EXPECT_EQ(format_of(write("x.TSV.gz", "a")).value(), Format::Csv);
  EXPECT_EQ(format_of(write("x.ndjson.zst", "a")).value(), Format::JsonLines);
  EXPECT_EQ(format_of(write("x.json", "a")).value(), Format::Json);
  EXPECT_EQ(format_of(write("x.xml", "a")).value(), Format::Xml);
  EXPECT_EQ(format_of(write("x.dat", "\xEF\xBB\xBF <a/>")).value(), Format::Xml);
  EXPECT_EQ(format_of(write("x.dat", "\n[1]")).value(), Format::Json);
  EXPECT_EQ(format_of(write("x", "a,b\n")).value(), Format::Csv);
  EXPECT_EQ(format_of(folder_ / "none.csv").error().code, Errc::NotFound);
  for (const auto format : {Format::Csv, Format::Json, Format::JsonLines, Format::Xml}) {
    EXPECT_EQ(parse_format(name_of(format)), format);
  }
}

TEST_F(RecordReaderTest, OffersTheColumnsOfEachFormat) {
  EXPECT_THAT(offered_columns(write("x.csv", "a,b\n1,2\n"), {}).value(), ElementsAre("a", "b"));
  EXPECT_THAT(offered_columns(write("x.json", R"([{"a":1},{"b":{},"a":2}])"), {}).value(),
              ElementsAre("a", "b"));
  FormatSpec spec;
  spec.record = "/r/p";
  EXPECT_THAT(offered_columns(write("x.xml", "<r><p i='1'/><p><n>x</n></p></r>"), spec).value(),
              ElementsAre("@i", "n"));
}

TEST_F(RecordReaderTest, HandsOutBatchesOfTheSizeAskedFor) {
  std::string text = "id\n";
  for (int i = 0; i < 2'500; ++i) text += std::to_string(i) + "\n";
  const auto reader = open_reader(write("x.csv", text), {}, {}).value();
  RecordBatch batch;
  std::vector<std::size_t> sizes;
  while (reader->next(batch).value()) sizes.push_back(batch.num_records());
  EXPECT_THAT(sizes, ElementsAre(1'000, 1'000, 500));
  EXPECT_FALSE(reader->next(batch).value());
  EXPECT_EQ(reader->source().stored_bytes_read(), reader->source().stored_bytes());
}

TEST(RecordBatch, KeepsBytesInPlaceWhileItGrows) {
  RecordBatch batch;
  batch.clear(1);
  std::vector<std::string_view> kept;
  for (int i = 0; i < 100'000; ++i) kept.push_back(batch.keep(std::to_string(i)));
  for (std::size_t i = 0; i < kept.size(); ++i) ASSERT_EQ(kept[i], std::to_string(i));
  EXPECT_EQ(batch.keep("").size(), 0U);
}

TEST(RecordBatch, KeepsTheFirstFaultOfARecord) {
  RecordBatch batch;
  batch.clear(2);
  batch.add_record({1, 0, 5, 1, 1}, "a,b,c");
  batch.add_record({2, 5, 9, 2, 2}, "a");
  batch.add_fault(FaultCode::Encoding, 5, "first");
  batch.add_fault(FaultCode::TooFewFields, 5, "second");
  EXPECT_EQ(batch.fault_of(0), nullptr);
  ASSERT_NE(batch.fault_of(1), nullptr);
  EXPECT_EQ(batch.fault_of(1)->expected, "first");
  EXPECT_EQ(code_of(batch.fault_of(1)->code), "ENCODING");
  EXPECT_THAT(batch.faults(), SizeIs(1));
}

}  // namespace
}  // namespace cip::ingest
