#include "warehouse/column_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "warehouse/load_fixture_test.h"
#include "warehouse/snapshot.h"

namespace cip::warehouse {
namespace {

namespace fs = std::filesystem;

class ColumnCacheTest : public LoadTest {
 protected:
  void SetUp() override {
    BatchMaker customers = maker("customers");
    customers.good({"7", "Zoë", "2024-02-29", "1"}, "K-7", R"({"Plan":"Gold"})");
    customers.good({"8", "", std::nullopt, std::nullopt}, "K-8");
    ASSERT_TRUE(load({.table = "customers"}, customers));
    BatchMaker sales = maker("sales");
    sales.good({"2", "8", std::nullopt, "2024-03-02T09:30:00.000125Z", "-0.0001", "1e-300"});
    sales.good({"1", "7", std::nullopt, "2024-03-01T09:30:00Z", "123456789.1234", "2"});
    ASSERT_TRUE(load({.table = "sales"}, sales));
  }

  [[nodiscard]] fs::path cache() const { return folder_.path() / "data.columns"; }

  std::shared_ptr<const query::Dataset> opened() {
    auto read = read_snapshot(*connection_, model_, cache(), 0);
    EXPECT_TRUE(read) << read.error().message;
    return std::move(read).value();
  }

  // Every cell of every table as text.
  std::string text_of(const query::Dataset& dataset) {
    std::string text = dataset.snapshot() + "\n";
    for (const model::TableDef& def : model_.tables) {
      for (const query::PackedColumn& packed : dataset.tables().find(def.name)->second.columns) {
        const frame::Column column = query::unpack(packed);
        text += def.name + "." + column.name();
        for (std::size_t row = 0; row < column.num_rows(); ++row) {
          text += column.has(row) ? fmt::format(" [{}]", column.text_at(row)) : " null";
        }
        text += "\n";
      }
      for (const model::ColumnDef& column : def.columns) {
        if (!column.references) continue;
        for (const std::uint32_t row : dataset.parent_rows(def.name, column.name)) {
          text += fmt::format(" {}", row);
        }
      }
    }
    return text;
  }
};

TEST_F(ColumnCacheTest, GivesBackWhatTheDatabaseHolds) {
  const std::string wanted = text_of(*read_snapshot(*connection_, model_).value());
  EXPECT_EQ(text_of(*opened()), wanted);  // Read, and the file written.
  ASSERT_TRUE(fs::exists(cache()));
  // Taken from the file: what is changed behind the back of the ledger is not seen.
  ASSERT_TRUE(connection_->execute({"UPDATE customers SET name = 'Ann'"}));
  EXPECT_EQ(text_of(*opened()), wanted);
}

TEST_F(ColumnCacheTest, IsMadeAnewAfterALoad) {
  static_cast<void>(opened());
  BatchMaker sales = maker("sales");
  sales.good({"3", "7", std::nullopt, "2024-03-03T09:30:00Z", "5", "3"});
  ASSERT_TRUE(load({.table = "sales"}, sales));
  const auto now = opened();
  EXPECT_EQ(now->num_rows("sales"), 3U);
  EXPECT_EQ(text_of(*opened()), text_of(*now));
}

TEST_F(ColumnCacheTest, IsForItsOwnerAlone) {
  static_cast<void>(opened());
  struct stat about {};
  ASSERT_EQ(::stat(cache().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(ColumnCacheTest, OneThatOthersMayWriteToIsNotTrusted) {
  static_cast<void>(opened());
  ASSERT_EQ(::chmod(cache().c_str(), 0666), 0);
  ASSERT_TRUE(connection_->execute({"UPDATE customers SET name = 'Ann'"}));
  EXPECT_THAT(text_of(*opened()), testing::HasSubstr("[Ann]"));
  struct stat about {};
  ASSERT_EQ(::stat(cache().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(ColumnCacheTest, IsMadeAnewWhereverItIsCut) {
  const std::string wanted = text_of(*opened());
  const std::string bytes = read_file(cache()).value();
  for (std::size_t size = 0; size < bytes.size(); size += 61) {
    ASSERT_TRUE(write_file(cache(), bytes.substr(0, size)));
    ASSERT_EQ(::chmod(cache().c_str(), 0600), 0);
    ASSERT_EQ(text_of(*opened()), wanted) << "cut to " << size << " bytes";
  }
  EXPECT_EQ(read_file(cache()).value(), bytes);
}

TEST_F(ColumnCacheTest, AFlippedBitIsNoticedOrDoesNotMatter) {
  const std::string wanted = text_of(*opened());
  const std::string bytes = read_file(cache()).value();
  Random random(7);
  for (int round = 0; round < 400; ++round) {
    std::string flipped = bytes;
    const std::size_t at = random.below(bytes.size());
    flipped[at] =
        static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << random.below(8)));
    ASSERT_TRUE(write_file(cache(), flipped));
    ASSERT_EQ(::chmod(cache().c_str(), 0600), 0);
    ASSERT_EQ(text_of(*opened()), wanted) << "a bit of byte " << at;
  }
}

TEST_F(ColumnCacheTest, AFileThatCannotBeWrittenIsNoFailure) {
  const auto read = read_snapshot(*connection_, model_, folder_.path() / "nowhere" / "columns", 0);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read.value()->num_rows("sales"), 2U);
}

TEST_F(ColumnCacheTest, FewRowsAreNotWorthAFile) {
  ASSERT_TRUE(read_snapshot(*connection_, model_, cache()));
  EXPECT_FALSE(fs::exists(cache()));
}

}  // namespace
}  // namespace cip::warehouse
