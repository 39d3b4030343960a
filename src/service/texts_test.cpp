#include "service/texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "service/asking.h"
#include "service/loading.h"
#include "service/sampling.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

const account::Identity kSteward{"test", account::Role::Steward};
const account::Identity kAnalyst{"test", account::Role::Analyst};

// A workspace with generated reviews.
class Texts : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    Workspace workspace = init_workspace(folder_).value();
    SampleRequest sample;
    sample.folder = (folder_ / "inbox").string();
    sample.num_customers = 300;
    sample.num_transactions = 10;
    sample.num_sessions = 1;
    sample.num_reviews = 1500;
    ASSERT_TRUE(generate_sample(sample, no_progress()));
    for (const char* name :
         {"customer_segments.csv", "customers.csv", "products.json", "reviews.csv"}) {
      ASSERT_TRUE(map_file(workspace, folder_ / "inbox" / name, false)) << name;
    }
    platform_ = Platform::open(std::move(workspace)).value();
    const auto loaded = load_files(*platform_, kSteward, {}, no_progress());
    ASSERT_TRUE(loaded) << loaded.error().message;
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  Platform& platform() { return *platform_; }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_texts_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
};

TEST_F(Texts, LearnTheirMoodFromStarsAndCarryItAsAMetric) {
  const auto trained = train_texts(platform(), kSteward, 42, no_progress());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->at("texts"), 1500);
  EXPECT_EQ(trained->at("changed"), 1500);
  // One in ten reviews says the opposite of its stars: no more than nine in ten can be told.
  const double accuracy = trained->at("metrics").at("accuracy").to_number<double>();
  EXPECT_NEAR(accuracy, 0.9, 0.05);
  EXPECT_GT(accuracy, trained->at("baseline_accuracy").to_number<double>() + 0.1);

  query::Query query;
  query.metrics = {"average_mood", "reviews"};
  query.by = {"rating"};
  const auto answer = service::answer(platform(), kSteward, query, Engine::Memory);
  ASSERT_TRUE(answer) << answer.error().message;
  const auto same = service::answer(platform(), kSteward, query, Engine::Sql);
  ASSERT_TRUE(same) << same.error().message;

  // The same model gives the same scores: nothing is left to change.
  EXPECT_EQ(score_texts(platform()).value(), 0U);
}

TEST_F(Texts, AreCountedByWord) {
  const auto words = text_words(platform(), kSteward, 5);
  ASSERT_TRUE(words) << words.error().message;
  EXPECT_EQ(words->at("texts"), 1500);
  EXPECT_EQ(words->at("frequent").as_array().size(), 5U);
  EXPECT_EQ(words->at("characteristic").as_array().size(), 5U);
  EXPECT_EQ(text_words(platform(), kAnalyst, 5).error().code, Errc::Forbidden);
}

TEST_F(Texts, AreFoundByWordsInAnyCaseAndWithoutAccents) {
  const auto exact = search_texts(platform(), kSteward, {"tr\u00e8s bien", 3});
  ASSERT_TRUE(exact) << exact.error().message;
  EXPECT_GT(exact->at("found").to_number<int>(), 3);
  EXPECT_EQ(exact->at("shown"), 3);
  const auto plain = search_texts(platform(), kSteward, {"TRES BIEN", 3});
  EXPECT_EQ(plain->at("found"), exact->at("found"));
  EXPECT_GE(search_texts(platform(), kSteward, {"recommend*", 1})->at("found").to_number<int>(), 1);
  EXPECT_EQ(search_texts(platform(), kSteward, {"bien \"not there\"", 1})->at("found"), 0);
  EXPECT_EQ(search_texts(platform(), kSteward, {"' OR 1 = 1 --", 1})->at("found"), 0);
  EXPECT_EQ(search_texts(platform(), kSteward, {" * ", 1}).error().code, Errc::InvalidArgument);
}

}  // namespace
}  // namespace cip::service
