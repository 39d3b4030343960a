#include "ml/text_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "ml/tokens.h"
#include "ml/word_stats.h"

namespace cip::ml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Tokens, AreWordsInSmallLettersOfAnyLanguage) {
  EXPECT_THAT(tokens_of("Don't panic -- it's 2nd-rate!"),
              ElementsAre("don't", "panic", "it's", "2nd", "rate"));
  EXPECT_THAT(tokens_of("Größe: ÜBER„ÖL“, œuvre ŒUVRE"),
              ElementsAre("größe", "über", "öl", "œuvre", "œuvre"));
  EXPECT_THAT(tokens_of("ΚΑΛΗΜΕΡΑ Привет ЁЛКА"), ElementsAre("καλημερα", "привет", "ёлка"));
  EXPECT_THAT(tokens_of("很好 mouse。😀!"), ElementsAre("很", "好", "mouse", "😀"));
  EXPECT_THAT(tokens_of("rock ’n’ roll l’été"), ElementsAre("rock", "n", "roll", "l'été"));
  EXPECT_THAT(tokens_of("a\xFF\xC3"
                        "b"),
              ElementsAre("a", "b"));
  EXPECT_THAT(tokens_of(" \t—…"), IsEmpty());
}

TEST(WordStats, CountsUsesAndTexts) {
  WordStats stats;
  stats.add("good good bad", 0);
  stats.add("Good!", 1);
  EXPECT_EQ(stats.num_words(), 4U);
  const auto words = stats.most_frequent(5);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].word, "good");
  EXPECT_EQ(words[0].count, 3U);
  EXPECT_EQ(words[0].num_texts, 2U);
}

// Two kinds: "a" 6 of 10 words against 2 of 10, prior 8 of 20:
// ln(14 / (10 + 20 - 14)) - ln(10 / (30 - 10)) = ln(14/16) - ln(10/20) = 0.5596;
// variance 1/14 + 1/10 = 0.17143, z = 1.3516.
TEST(WordStats, FindsWhatTellsAKindByTheFormulaOfMonroeAndOthers) {
  WordStats stats;
  stats.add("a a a a a a b b b b", 0);
  stats.add("a a b b b b b b b b", 1);
  const auto first = stats.characteristic(0, 3);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].word, "a");
  EXPECT_NEAR(first[0].log_odds, std::log(14.0 / 16) - std::log(10.0 / 20), 1e-12);
  EXPECT_NEAR(first[0].z, 1.3516, 1e-4);
  EXPECT_EQ(first[0].count, 6U);
  EXPECT_EQ(first[0].rest, 2U);
  EXPECT_EQ(stats.characteristic(1, 3).at(0).word, "b");
}

// Texts of filler words, most of which hold a word that goes with their stars.
std::vector<RatedText> rated(std::size_t count, double noise) {
  Random random(7);
  std::vector<RatedText> texts;
  for (std::size_t at = 0; at < count; ++at) {
    const bool is_liked = random.uniform() < 0.6;
    const bool is_told = random.uniform() >= noise;
    std::string text = is_liked == is_told ? "great" : "awful";
    for (int word = 0; word < 6; ++word) text += fmt::format(" w{}", random.below(30));
    texts.push_back({std::move(text), is_liked ? 5.0 : 1.0});
  }
  return texts;
}

TEST(TextModel, LearnsWhichWordsGoWithStars) {
  const TextModel model = TextModel::fit(rated(400, 0.1)).value();
  EXPECT_GT(model.score("great"), 0.8);
  EXPECT_LT(model.score("AWFUL!"), 0.3);
  EXPECT_EQ(model.strongest(true, 1).at(0).word, "great");
  EXPECT_EQ(model.strongest(false, 1).at(0).word, "awful");
}

TEST(TextModel, IsAtTheMinimumOfItsLoss) {
  // With two texts of one word each, repeated, the weights have a closed form to check against:
  // w_great = -w_awful = w and w = C n (1 - s(w + b)) with b = 0 by symmetry.
  std::vector<RatedText> texts;
  for (int at = 0; at < 30; ++at) {
    texts.push_back({"great", 5});
    texts.push_back({"awful", 1});
  }
  const TextModel model = TextModel::fit(texts).value();
  const double weight = model.strongest(true, 1).at(0).weight;
  EXPECT_NEAR(weight, 30 * (1 - 1 / (1 + std::exp(-weight))), 1e-4);
  EXPECT_NEAR(model.score("unknown"), 0.5, 1e-6);
}

TEST(TextModel, IsJudgedByTextsItHasNotSeen) {
  const TextEvaluation told = evaluate_text_model(rated(1000, 0.1), 42).value();
  EXPECT_EQ(told.num_test, 200U);
  EXPECT_EQ(told.num_train, 800U);
  EXPECT_EQ(told.metrics.at(0).name, "accuracy");
  EXPECT_NEAR(told.metrics.at(0).value, 0.9, 0.06);  // What the noise allows.
  EXPECT_NEAR(told.baseline_accuracy, 0.6, 0.06);
  // Texts that say nothing are not better than chance.
  const TextEvaluation untold = evaluate_text_model(rated(1000, 0.5), 42).value();
  const auto auc = std::find_if(untold.metrics.begin(), untold.metrics.end(),
                                [](const Metric& metric) { return metric.name == "roc_auc"; });
  ASSERT_NE(auc, untold.metrics.end());
  EXPECT_NEAR(auc->value, 0.5, 0.15);
}

TEST(TextModel, SurvivesBeingWrittenAndRead) {
  const TextModel model = TextModel::fit(rated(200, 0.1)).value();
  const TextModel again =
      TextModel::from_json(parse_json(to_text(model.to_json())).value()).value();
  EXPECT_DOUBLE_EQ(again.score("great w1 w2"), model.score("great w1 w2"));
  EXPECT_FALSE(TextModel::from_json(Json(JsonObject{{"words", 1}})));
}

TEST(TextModel, SaysHowManyTextsItNeeds) {
  const auto refused = TextModel::fit({{"good", 5}, {"bad", 1}, {"so so", 3}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Undefined);
  EXPECT_THAT(refused.error().message, HasSubstr("there are 1 and 1"));
}

}  // namespace
}  // namespace cip::ml
