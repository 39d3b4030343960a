#include "registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "ml/predict.h"
#include "ml/test_customers.h"
#include "registry/artefact.h"

namespace cip::registry {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Never destroyed: XGBoost keeps state per thread that is gone before statics
// go.
const ml::TrainedTask& churn() {
  static const auto* const task =
      new ml::TrainedTask(ml::train_churn(ml::test_customers(300), ml::churn_spec()).value());
  return *task;
}

class RegistryOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              ("cip_registry_" + std::to_string(getpid()) + "_" + test->name());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file(const char* name) const { return folder_ / "churn" / "1" / name; }

  // Loads version 1 after its file was changed; gives the message.
  [[nodiscard]] std::string refusal() const {
    const auto loaded = Registry(folder_).load(ml::Task::Churn, 1);
    if (loaded) return "it was taken";
    EXPECT_EQ(loaded.error().code, Errc::InvalidArgument);
    EXPECT_THAT(loaded.error().message, HasSubstr((folder_ / "churn" / "1").string()));
    return loaded.error().message;
  }

  fs::path folder_;
};

TEST_F(RegistryOnDisk, GivesBackWhatWasSaved) {
  Registry registry(folder_);
  EXPECT_EQ(registry.save(churn()).value(), 1);
  EXPECT_EQ(registry.save(churn()).value(), 2);
  EXPECT_THAT(registry.versions(Kind::Churn).value(), ElementsAre(1, 2));
  const ml::TrainedTask loaded = registry.load_latest(ml::Task::Churn).value();
  EXPECT_EQ(loaded.version, 2);
  const JsonObject values{{"recency_days", 200}, {"age", 33}};
  EXPECT_EQ(ml::predict(loaded, values)->value, ml::predict(churn(), values)->value);
  EXPECT_EQ(registry.load(ml::Task::Churn, 1)->version, 1);
}

TEST_F(RegistryOnDisk, KeepsSegmentsApart) {
  Registry registry(folder_);
  const auto segments = ml::train_segments(ml::test_customers(200), ml::segment_spec()).value();
  EXPECT_EQ(registry.save(segments).value(), 1);
  EXPECT_EQ(registry.load_latest_segments()->version, 1);
  EXPECT_EQ(registry.load_latest_segments()->clusters.size(), segments.clusters.size());
  EXPECT_EQ(registry.load_latest(ml::Task::Churn).error().message,
            "no model of churn has been trained yet");
}

TEST_F(RegistryOnDisk, IsEmptyWithoutAFolder) {
  EXPECT_THAT(Registry(folder_).versions(Kind::Churn).value(), IsEmpty());
  EXPECT_EQ(Registry(folder_).load(ml::Task::Churn, 3).error().code, Errc::NotFound);
}

TEST_F(RegistryOnDisk, LooksOnlyAtFoldersItHasNamed) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  for (const char* name : {"02", "+3", "-4", "latest", ".new-1-1", "99999999999999999999"}) {
    fs::create_directory(folder_ / "churn" / name);
  }
  EXPECT_THAT(registry.versions(Kind::Churn).value(), ElementsAre(1));
}

TEST_F(RegistryOnDisk, LeavesNothingUnfinishedBehind) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  int num_entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_ / "churn")) {
    ++num_entries;
  }
  EXPECT_EQ(num_entries, 1);
}

TEST_F(RegistryOnDisk, SaysWhereItCannotWrite) {
  ASSERT_TRUE(write_file(folder_.string(), "a file is in the way"));
  Registry registry(folder_);
  const auto saved = registry.save(churn());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Errc::Unavailable);
}

TEST_F(RegistryOnDisk, RefusesADocumentThatWasChanged) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  std::string text = read_file(file("model.json")).value();
  const std::size_t at = text.find("\"seed\": 42");
  ASSERT_NE(at, std::string::npos);
  ASSERT_TRUE(write_file(file("model.json"), text.replace(at, 10, "\"seed\": 43")));
  EXPECT_THAT(refusal(), HasSubstr("model.json has changed since it was written"));
}

TEST_F(RegistryOnDisk, RefusesAnArtefactWithOneFlippedBit) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  std::string bytes = read_file(file("artefact.bin")).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  ASSERT_TRUE(write_file(file("artefact.bin"), bytes));
  EXPECT_THAT(refusal(), HasSubstr("the payload of artefact.bin has changed"));
}

TEST_F(RegistryOnDisk, RefusesAnArtefactThatIsCutShortOrForeign) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  const std::string bytes = read_file(file("artefact.bin")).value();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{100}, bytes.size() - 1}) {
    ASSERT_TRUE(write_file(file("artefact.bin"), bytes.substr(0, size)));
    EXPECT_NE(refusal(), "it was taken") << size << " bytes";
  }
  ASSERT_TRUE(write_file(file("artefact.bin"), "\x80\x04\x95pickle"));
  EXPECT_THAT(refusal(), HasSubstr("not a model of this program"));
  fs::remove(file("artefact.bin"));
  EXPECT_EQ(registry.load(ml::Task::Churn, 1).error().code, Errc::NotFound);
}

TEST_F(RegistryOnDisk, RefusesAVersionThatWasMovedElsewhere) {
  Registry registry(folder_);
  ASSERT_TRUE(registry.save(churn()));
  fs::rename(folder_ / "churn" / "1", folder_ / "churn" / "7");
  EXPECT_THAT(registry.load(ml::Task::Churn, 7).error().message,
              HasSubstr("it is not version 7 of churn"));
}

TEST(Kinds, AreAFixedList) {
  EXPECT_EQ(parse_kind("churn"), Kind::Churn);
  EXPECT_EQ(parse_kind("segments"), Kind::Segments);
  EXPECT_FALSE(parse_kind("../../etc"));
}

TEST(Artefact, SealsPayloadAndDocumentTogether) {
  const std::string container = pack("payload", "document");
  EXPECT_EQ(unpack(container, "document").value(), "payload");
  EXPECT_FALSE(unpack(container, "another document"));
  EXPECT_EQ(unpack(pack("", ""), "").value(), "");
  std::string later = container;
  later[8] = 2;
  EXPECT_EQ(unpack(later, "document").error().message,
            "artefact.bin has format 2, this program reads format 1");
}

TEST(Artefact, RefusesEveryFlippedBit) {
  const std::string container = pack("payload", "document");
  for (std::size_t at = 0; at < container.size(); ++at) {
    if (at >= 12 && at < 16) continue;  // Spare bytes, which say nothing.
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = container;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_FALSE(unpack(flipped, "document")) << "byte " << at << ", bit " << bit;
    }
  }
}

}  // namespace
}  // namespace cip::registry
