// The mappings under examples/, put to the real data they were written for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/mapper.h"

namespace cip::ingest {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// The folder of real data beside the project, or one of the folders around it.
std::optional<fs::path> data_folder() {
  for (fs::path at = CIP_SOURCE_ROOT; at != at.root_path(); at = at.parent_path()) {
    const fs::path candidate = at.parent_path() / "shared" / "data";
    if (fs::exists(candidate)) return candidate;
  }
  return std::nullopt;
}

// What one table got out of one or several files.
struct Outcome {
  std::uint64_t num_found = 0;
  std::uint64_t num_good = 0;
  std::map<std::string, std::uint64_t> skipped;           // By reason.
  std::map<std::string, std::uint64_t> faults;            // By column and code.
  std::map<std::string, std::set<std::string>> distinct;  // By column.
  std::map<std::string, std::int64_t> sums;               // Of units, by column.
  std::set<std::string> source_keys;
  std::string extra;  // Of the first good row.
};

void add_row(const MappedBatch& batch, const model::TableDef& table, std::size_t row,
             Outcome& outcome) {
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    const MappedColumn& column = batch.columns[at];
    if (column.present[row] == 0) continue;
    const std::string& name = table.columns[at].name;
    if (column.type == Type::Text) {
      outcome.distinct[name].emplace(column.texts[row]);
      continue;
    }
    if (name.ends_with("_id")) {  // Keys are counted; their sum means nothing and may overflow.
      outcome.distinct[name].insert(fmt::format("{}", column.units[row]));
      continue;
    }
    if (column.type == Type::Date || column.type == Type::Datetime) continue;
    outcome.sums[name] += column.units[row];
  }
  outcome.source_keys.emplace(batch.source_keys[row]);
  if (outcome.extra.empty()) outcome.extra = batch.extras[row];
}

void add_batch(const MappedBatch& batch, const model::TableDef& table, const Mapper& mapper,
               Outcome& outcome) {
  outcome.num_found += batch.num_rows;
  for (std::size_t row = 0; row < batch.num_rows; ++row) {
    if (batch.states[row] == RowState::Skipped) {
      ++outcome.skipped[mapper.skip_reasons()[batch.skip_rules[row]]];
    } else if (batch.states[row] == RowState::Good) {
      ++outcome.num_good;
      add_row(batch, table, row, outcome);
    }
  }
  for (const RowFault& fault : batch.faults) {
    ++outcome.faults[fmt::format("{} {}", fault.column, fault.code)];
  }
}

class Examples : public testing::Test {
 protected:
  void load(const std::string& example, const std::string& source, const std::string& data) {
    const auto folder = data_folder();
    if (!folder) GTEST_SKIP() << "no folder ../shared/data with the real data";
    const fs::path workspace = fs::path(CIP_SOURCE_ROOT) / "examples" / example;
    if (fs::exists(workspace / "model.toml")) {
      const auto extended = model::parse_model(read_file(workspace / "model.toml").value(),
                                               "model.toml", &model::builtin_model());
      ASSERT_TRUE(extended) << extended.error().message;
      model_ = *extended;
    }
    const auto mapping =
        parse_mapping(read_file(workspace / "sources" / source).value(), source, model_);
    ASSERT_TRUE(mapping) << mapping.error().message;
    for (const std::string& glob : mapping->files) {
      const std::string name = glob.substr(glob.find('/') + 1);
      const auto files = files_matching(*folder / data, name);
      ASSERT_FALSE(files.empty()) << name;
      for (const fs::path& file : files) load_file(*mapping, file);
    }
  }

  void load_file(const Mapping& mapping, const fs::path& file) {
    const auto lookups = read_lookups(mapping, file.parent_path(), file);
    ASSERT_TRUE(lookups) << lookups.error().message;
    for (const Pass& pass : passes_of(mapping)) {
      const FormatSpec spec = spec_of(mapping, pass);
      auto reader = open_reader(file, spec, pass.wanted);
      ASSERT_TRUE(reader) << reader.error().message;
      const auto owned = std::move(reader).value();
      load_pass(mapping, pass, *owned,
                {owned->columns(), format_of(file).value(), file.string(), 0, &*lookups});
    }
  }

  void load_pass(const Mapping& mapping, const Pass& pass, RecordReader& reader,
                 const MapperInput& input) {
    std::vector<Mapper> mappers;
    for (const std::size_t at : pass.into) {
      auto mapper = Mapper::compile(mapping, mapping.into[at], model_, input);
      ASSERT_TRUE(mapper) << mapper.error().message;
      mappers.push_back(std::move(mapper).value());
    }
    RecordBatch records;
    MappedBatch batch;
    for (;;) {
      const auto is_more = reader.next(records);
      ASSERT_TRUE(is_more) << is_more.error().message;
      if (!*is_more) return;
      for (std::size_t at = 0; at < mappers.size(); ++at) {
        const std::string& table = mapping.into[pass.into[at]].table;
        mappers[at].map(records, reader, batch);
        add_batch(batch, *model_.find_table(table), mappers[at], outcomes_[table]);
      }
    }
  }

  model::Model model_ = model::builtin_model();
  std::map<std::string, Outcome> outcomes_;
};

TEST_F(Examples, OnlineRetailGivesTheFiguresKnownForIt) {
  ASSERT_NO_FATAL_FAILURE(load("online-retail", "online_retail.toml", "online-retail"));
  if (IsSkipped()) return;
  Outcome& transactions = outcomes_["transactions"];
  EXPECT_EQ(transactions.num_found, 541'909U);
  EXPECT_EQ(transactions.num_good, 397'884U);
  EXPECT_THAT(transactions.faults, IsEmpty());
  EXPECT_THAT(transactions.skipped,
              ElementsAre(Pair("cancellation", 8'905), Pair("customer missing", 135'080),
                          Pair("price not positive", 40)));
  EXPECT_EQ(transactions.distinct["order_id"].size(), 18'532U);
  EXPECT_EQ(transactions.distinct["customer_id"].size(), 4'338U);
  EXPECT_EQ(decimal_text(transactions.sums["amount"], 4), "8911407.904");
  EXPECT_EQ(outcomes_["customers"].distinct["customer_id"].size(), 4'338U);
  EXPECT_EQ(outcomes_["products"].source_keys.size(), 3'665U);
  // No two codes share a surrogate, and each reference meets a product.
  EXPECT_EQ(outcomes_["products"].distinct["product_id"], transactions.distinct["product_id"]);
  EXPECT_EQ(transactions.distinct["product_id"].size(), 3'665U);
}

TEST_F(Examples, ChinookJoinsLinesToTheirInvoices) {
  ASSERT_NO_FATAL_FAILURE(load("chinook", "chinook.toml", "chinook"));
  if (IsSkipped()) return;
  Outcome& transactions = outcomes_["transactions"];
  EXPECT_THAT(transactions.faults, IsEmpty());
  EXPECT_EQ(transactions.num_good, 2'240U);
  EXPECT_EQ(transactions.distinct["order_id"].size(), 412U);
  EXPECT_EQ(decimal_text(transactions.sums["amount"], 4), "2328.6");
  EXPECT_EQ(transactions.distinct["customer_id"], outcomes_["customers"].distinct["customer_id"]);
  EXPECT_EQ(outcomes_["customers"].num_good, 59U);
  EXPECT_EQ(outcomes_["products"].num_good, 3'503U);
  EXPECT_EQ(outcomes_["products"].distinct["product_name"].size(), 3'503U);
  EXPECT_EQ(outcomes_["products"].distinct["category"].size(), 25U);
}

TEST_F(Examples, OfbizGivesItsProductsFromAttributes) {
  ASSERT_NO_FATAL_FAILURE(load("ofbiz", "products.toml", "ofbiz-xml"));
  if (IsSkipped()) return;
  Outcome& products = outcomes_["products"];
  EXPECT_THAT(products.faults, IsEmpty());
  EXPECT_EQ(products.num_good, 36U);
  EXPECT_EQ(products.distinct["product_name"].size(), 36U);
  EXPECT_TRUE(products.source_keys.contains("RAM1GB_BRAND"));
  EXPECT_GT(products.sums["unit_price"], 0);
  EXPECT_THAT(products.extra, testing::HasSubstr("\"@productTypeId\":\"AGGREGATED\""));
}

TEST_F(Examples, TelcoKeepsTheLabelAndAllElse) {
  ASSERT_NO_FATAL_FAILURE(load("telco", "telco.toml", "telco-churn"));
  if (IsSkipped()) return;
  Outcome& customers = outcomes_["customers"];
  EXPECT_THAT(customers.faults, IsEmpty());
  EXPECT_EQ(customers.num_good, 7'043U);
  EXPECT_EQ(customers.distinct["customer_id"].size(), 7'043U);
  EXPECT_EQ(customers.sums["churned"], 1'869);
  EXPECT_TRUE(customers.source_keys.contains("7590-VHVEG"));
  EXPECT_THAT(customers.extra, testing::HasSubstr("\"Contract\":\"Month-to-month\""));
}

}  // namespace
}  // namespace cip::ingest
