#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "frame/column_sketch.h"
#include "frame/sketch_of_column.h"
#include "frame/text_pattern.h"

namespace cip::frame {
namespace {

using testing::ElementsAre;

std::uint64_t hash_of(std::uint64_t value) { return hash64(std::to_string(value)); }

TEST(DistinctCount, IsExactUpTo512AndTheSameWhateverTheOrder) {
  DistinctCount rising;
  DistinctCount falling;
  for (std::uint64_t at = 0; at < 512; ++at) {
    rising.add(hash_of(at));
    rising.add(hash_of(at / 2));
    falling.add(hash_of(511 - at));
  }
  EXPECT_TRUE(rising.is_exact());
  EXPECT_EQ(rising.estimate(), 512);
  EXPECT_EQ(rising, falling);
}

// Of 60 sketches the mean error is near nought and the spread near 1.04 / sqrt(4096).
TEST(DistinctCount, ErrsByAsMuchAsItSays) {
  for (const std::uint64_t size : {1'000U, 8'000U}) {
    double sum = 0;
    double squares = 0;
    constexpr int kRounds = 60;
    for (std::uint64_t round = 0; round < kRounds; ++round) {
      DistinctCount sketch;
      for (std::uint64_t at = 0; at < size; ++at) sketch.add(hash_of(round << 32U | at));
      const double error = sketch.estimate() / static_cast<double>(size) - 1;
      sum += error;
      squares += error * error;
    }
    EXPECT_LT(std::abs(sum / kRounds), 0.007) << size;
    EXPECT_LT(std::sqrt(squares / kRounds), 1.3 * DistinctCount::kStandardError) << size;
  }
}

TEST(DistinctCount, OfPartsMergedIsThatOfTheWhole) {
  Random random(3);
  for (const std::uint64_t size : {10U, 400U, 600U, 5'000U}) {
    DistinctCount whole;
    DistinctCount parts[3];
    for (std::uint64_t at = 0; at < size; ++at) {
      const std::uint64_t hash = hash_of(random.below(size));
      whole.add(hash);
      parts[random.below(3)].add(hash);
    }
    parts[2].merge(parts[0]);
    parts[2].merge(parts[1]);
    EXPECT_EQ(parts[2], whole) << size;
  }
}

// The largest difference between the shares a sketch tells and those of the values themselves.
double worst_rank_error(const QuantileSketch& sketch, std::vector<double> values) {
  std::ranges::sort(values);
  std::vector<double> some;
  for (std::size_t at = 0; at < values.size(); at += 97) some.push_back(values[at]);
  const std::vector<double> told = sketch.shares_up_to(some);
  double worst = 0;
  for (std::size_t at = 0; at < some.size(); ++at) {
    const auto below = std::ranges::upper_bound(values, some[at]) - values.begin();
    const double exact = static_cast<double>(below) / static_cast<double>(values.size());
    worst = std::max(worst, std::abs(told[at] - exact));
  }
  return worst;
}

TEST(QuantileSketch, IsExactUpTo300Values) {
  QuantileSketch sketch;
  for (int at = 300; at >= 1; --at) sketch.add(at);
  EXPECT_THAT(sketch.quantiles({0, 0.25, 0.5, 0.99, 1}), ElementsAre(1, 75, 150, 297, 300));
  EXPECT_THAT(sketch.shares_up_to({0, 3, 150, 300, 400}), ElementsAre(0, 0.01, 0.5, 1, 1));
  EXPECT_TRUE(QuantileSketch().quantiles({0.5}).empty());
}

// The bound holds for one rank 99 times in 100; the worst of many ranks may be somewhat further.
TEST(QuantileSketch, KeepsItsErrorInAnyOrderAndMerged) {
  Random random(5);
  int beyond = 0;
  for (int round = 0; round < 30; ++round) {
    std::vector<double> values(20'000);
    for (double& value : values) value = std::exp(random.normal());
    if (round % 3 == 0) std::ranges::sort(values);
    QuantileSketch whole;
    QuantileSketch parts[4];
    for (std::size_t at = 0; at < values.size(); ++at) {
      whole.add(values[at]);
      parts[at * 4 / values.size()].add(values[at]);
    }
    for (int at = 1; at < 4; ++at) parts[0].merge(parts[at]);
    ASSERT_EQ(parts[0].count(), whole.count());
    ASSERT_EQ(parts[0].least(), whole.least());
    ASSERT_EQ(parts[0].greatest(), whole.greatest());
    ASSERT_LT(worst_rank_error(whole, values), 1.5 * QuantileSketch::kRankError);
    ASSERT_LT(worst_rank_error(parts[0], values), 1.5 * QuantileSketch::kRankError);
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const double median = sorted[sorted.size() / 2];
    if (std::abs(parts[0].shares_up_to({median})[0] - 0.5) > QuantileSketch::kRankError) ++beyond;
  }
  EXPECT_LE(beyond, 2);
}

// Each of a million numbers once, in an order that looks like none, so that all ranks are known;
// by then one of 32 to 64 values is kept. In batches, as a load has them, and merged of four parts.
TEST(QuantileSketch, KeepsItsErrorWhenItSamples) {
  constexpr std::uint64_t kSize = std::uint64_t{1} << 20U;
  std::vector<double> values(kSize);
  std::vector<double> asked;
  for (int percent = 1; percent < 100; ++percent) asked.push_back(percent * 0.01 * kSize);
  int num_beyond = 0;
  int num_asked = 0;
  for (std::uint64_t round = 0; round < 6; ++round) {
    const std::uint64_t factor = round == 0 ? 1 : 2 * (round * 0x9E3779B97F4A7C15U >> 40U) + 1;
    for (std::uint64_t at = 0; at < kSize; ++at) {
      values[at] = static_cast<double>((at * factor + round) % kSize + 1);
    }
    QuantileSketch whole;
    QuantileSketch parts[4];
    const std::size_t batch = round % 2 == 0 ? 1'000 : 8'192;
    for (std::size_t at = 0; at < kSize; at += batch) {
      const auto some = std::span<const double>(values).subspan(at, std::min(batch, kSize - at));
      whole.add(some);
      parts[at * 4 / kSize].add(some);
    }
    for (int part = 1; part < 4; ++part) parts[0].merge(parts[part]);
    for (const QuantileSketch* const sketch : {&whole, &parts[0]}) {
      ASSERT_EQ(sketch->count(), kSize);
      ASSERT_EQ(sketch->least(), 1);
      ASSERT_EQ(sketch->greatest(), kSize);
      const std::vector<double> told = sketch->shares_up_to(asked);
      for (std::size_t at = 0; at < asked.size(); ++at) {
        const double error = std::abs(told[at] - std::floor(asked[at]) / kSize);
        ASSERT_LT(error, 2 * QuantileSketch::kRankError);
        if (error > QuantileSketch::kRankError) ++num_beyond;
        ++num_asked;
      }
    }
  }
  EXPECT_LE(num_beyond, num_asked / 100);
}

TEST(QuantileSketch, TakesAWeightForSoManyValues) {
  QuantileSketch weighted;
  QuantileSketch single;
  for (int value = 1; value <= 20; ++value) {
    weighted.add(value, 5);
    for (int at = 0; at < 5; ++at) single.add(value);
  }
  EXPECT_EQ(weighted.count(), single.count());
  EXPECT_EQ(weighted.quantiles({0.1, 0.5, 0.9}), single.quantiles({0.1, 0.5, 0.9}));
}

// Counts numbers as texts, in batches of a thousand.
void add_all(TopValues& top, const std::vector<std::uint64_t>& values) {
  BatchTally tally;
  for (std::size_t begin = 0; begin < values.size(); begin += 1000) {
    std::vector<std::uint64_t> hashes;
    std::vector<std::string> texts;
    for (std::size_t at = begin; at < std::min(values.size(), begin + 1000); ++at) {
      texts.push_back(std::to_string(values[at]));
      hashes.push_back(hash64(texts.back()));
    }
    top.add(tally.count(hashes), [&](std::uint32_t at) { return std::string_view(texts[at]); });
  }
}

TEST(TopValues, AreExactWhileTheyAreFew) {
  TopValues top;
  std::vector<std::uint64_t> values;
  for (std::uint64_t value = 0; value < 256; ++value) values.insert(values.end(), value + 1, value);
  add_all(top, values);
  EXPECT_EQ(top.error(), 0);
  const auto first = top.most_frequent(2);
  EXPECT_EQ(first[0].value, "255");
  EXPECT_EQ(first[0].count, 256);
  EXPECT_EQ(first[1].count, 255);
}

TEST(TopValues, NeverCountTooMuchNorMissWhatIsFrequent) {
  Random random(11);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::uint64_t> values(30'000);
    std::map<std::string, std::uint64_t> exact;
    for (std::uint64_t& value : values) {  // A third of them few values, the others all different.
      value = random.below(3) == 0 ? random.below(20) : 1000 + random.below(1'000'000);
      ++exact[std::to_string(value)];
    }
    TopValues parts[2];
    add_all(parts[0], {values.begin(), values.begin() + 10'000});
    add_all(parts[1], {values.begin() + 10'000, values.end()});
    parts[0].merge(parts[1]);
    ASSERT_EQ(parts[0].total(), values.size());
    ASSERT_LE(parts[0].error(), values.size() / 257);
    const auto found = parts[0].most_frequent(256);
    for (const TopValues::Entry& entry : found) {
      ASSERT_LE(entry.count, exact[entry.value]);
      ASSERT_GE(entry.count + parts[0].error(), exact[entry.value]);
    }
    for (const auto& [value, count] : exact) {
      if (count <= values.size() / 257) continue;
      ASSERT_NE(std::ranges::find(found, value, &TopValues::Entry::value), found.end());
    }
  }
}

TEST(TextPattern, IsTheShapeOfAText) {
  const auto pattern = [](std::string_view text) {
    std::string made;
    pattern_of(text, made);
    return made;
  };
  EXPECT_EQ(pattern("DE-204"), "AA-999");
  EXPECT_EQ(pattern("2024-03-01"), "9999-99-99");
  EXPECT_EQ(pattern("Berta Lee"), "Aa+ Aaa");
  EXPECT_EQ(pattern("0123456789"), "9+");
  EXPECT_EQ(pattern("Zoë"), "Aaa");
  EXPECT_EQ(pattern(""), "");
  EXPECT_EQ(pattern(std::string(100, '-')), std::string(40, '-') + "...");
}

std::vector<std::int64_t> some_units(Random& random, std::size_t size, std::uint64_t below) {
  std::vector<std::int64_t> units(size);
  for (std::int64_t& unit : units) unit = static_cast<std::int64_t>(random.below(below)) - 50;
  return units;
}

TEST(ColumnSketch, OfPartsMergedTellsWhatThatOfTheWholeTells) {
  Random random(17);
  for (const std::uint64_t below : {5U, 150U, 100'000U}) {
    ColumnSketch whole(Type::Decimal, 2);
    ColumnSketch merged(Type::Decimal, 2);
    for (int part = 0; part < 7; ++part) {
      const auto units = some_units(random, 1 + random.below(1000), below);
      ColumnSketch sketch(Type::Decimal, 2);
      sketch.add_units(units);
      sketch.add_nulls(3);
      merged.merge(sketch);
      whole.add_units(units);
      whole.add_nulls(3);
    }
    EXPECT_EQ(merged.num_rows(), whole.num_rows());
    EXPECT_EQ(merged.num_nulls(), 21);
    EXPECT_NEAR(*merged.mean(), *whole.mean(), 1e-9 * std::abs(*whole.mean()));
    EXPECT_EQ(merged.least(), whole.least());
    EXPECT_EQ(merged.greatest(), whole.greatest());
    EXPECT_EQ(merged.distinct(), whole.distinct());
    const std::vector<double> at = whole.quantiles().quantiles({0.1, 0.5, 0.9});
    const auto one = merged.quantiles().shares_up_to(at);
    const auto other = whole.quantiles().shares_up_to(at);
    for (std::size_t of = 0; of < 3; ++of) EXPECT_NEAR(one[of], other[of], 2 * 0.0133);
    if (below > 200) continue;
    EXPECT_EQ(merged.top().most_frequent(9), whole.top().most_frequent(9));
  }
}

// Beyond 512 different values only those that are frequent in their batch are counted.
TEST(ColumnSketch, NeverMissesWhatIsFrequentAmongManyDifferentValues) {
  Random random(37);
  for (const std::size_t batch : {1'000U, 8'192U}) {
    ColumnSketch units(Type::Integer);
    ColumnSketch numbers(Type::Number);
    ColumnSketch texts(Type::Text);
    std::map<std::string, std::uint64_t> exact;
    std::uint64_t num_values = 0;
    for (int round = 0; round < 40; ++round) {
      std::vector<std::int64_t> values(batch);
      std::vector<std::string> words;
      for (std::int64_t& value : values) {  // Of the first ten each makes up a 60th.
        const bool is_frequent = random.below(6) == 0;
        value = static_cast<std::int64_t>(is_frequent ? random.below(10) : random.below(1'000'000));
        ++exact[words.emplace_back(std::to_string(value))];
      }
      num_values += batch;
      units.add_units(values);
      numbers.add_numbers(std::vector<double>(values.begin(), values.end()));
      texts.add_texts(std::vector<std::string_view>(words.begin(), words.end()));
    }
    for (const ColumnSketch* const sketch : {&units, &numbers, &texts}) {
      ASSERT_EQ(sketch->top().total(), num_values);
      ASSERT_LE(sketch->top().error(), num_values / 170);
      std::set<std::string> found;
      for (const TopValues::Entry& entry : sketch->top().most_frequent(256)) {
        const std::string text = sketch->value_text(entry);
        found.insert(text);
        ASSERT_LE(entry.count, exact[text]) << text;
        ASSERT_GE(entry.count + sketch->top().error(), exact[text]) << text;
      }
      for (const char frequent : std::string("0123456789")) {
        EXPECT_TRUE(found.contains(std::string(1, frequent))) << frequent;
      }
    }
  }
}

TEST(SketchOfColumn, TellsWhatTheCellsTell) {
  Integers integers;
  Texts texts;
  Bitmap presence;
  Dictionary words = {"never", "Köln", "Bonn", ""};
  ColumnSketch expected_integers(Type::Integer);
  ColumnSketch expected_texts(Type::Text);
  for (std::int64_t row = 0; row < 20'000; ++row) {
    const bool is_there = row % 7 != 0;
    const auto code = static_cast<std::uint32_t>(1 + row % 3);
    integers.values.push_back(is_there ? row % 300 : 0);
    texts.values.push_back(is_there ? code : 0);
    presence.push_back(is_there);
    if (is_there) {
      expected_integers.add_units(std::vector<std::int64_t>{row % 300});
      expected_texts.add_texts(std::vector<std::string_view>{words[code]});
    } else {
      expected_integers.add_nulls(1);
      expected_texts.add_nulls(1);
    }
  }
  texts.dictionary = std::make_shared<const Dictionary>(words);
  const ColumnSketch of_integers = sketch_of(Column::make("i", integers, presence).value());
  const ColumnSketch of_texts = sketch_of(Column::make("t", texts, presence).value());
  for (const auto& [found, expected] :
       {std::pair{&of_integers, &expected_integers}, std::pair{&of_texts, &expected_texts}}) {
    EXPECT_EQ(found->num_rows(), 20'000);
    EXPECT_EQ(found->num_nulls(), expected->num_nulls());
    EXPECT_EQ(found->num_values(), expected->num_values());
    EXPECT_NEAR(*found->mean(), *expected->mean(), 1e-9);
    EXPECT_EQ(found->least(), expected->least());
    EXPECT_EQ(found->greatest(), expected->greatest());
    EXPECT_EQ(found->distinct(), expected->distinct());
  }
  EXPECT_EQ(of_texts.top().most_frequent(9), expected_texts.top().most_frequent(9));
  EXPECT_EQ(of_texts.patterns().most_frequent(9), expected_texts.patterns().most_frequent(9));
  const ColumnSketch of_none = sketch_of(Column::make("n", Dates{}).value());
  EXPECT_EQ(of_none.num_rows(), 0);
}

TEST(ColumnSketch, SpeaksTheLanguageOfItsType) {
  ColumnSketch dates(Type::Date);
  dates.add_units(std::vector<std::int64_t>{19'783, 19'783, 19'784});
  EXPECT_EQ(dates.value_text(dates.top().most_frequent(1)[0]), "2024-03-01");
  EXPECT_EQ(dates.number_text_of(*dates.greatest()), "2024-03-02");
  ColumnSketch money(Type::Decimal, 2);
  money.add_units(std::vector<std::int64_t>{1250, 1250, -5});
  EXPECT_EQ(money.value_text(money.top().most_frequent(1)[0]), "12.5");
  EXPECT_DOUBLE_EQ(*money.least(), -0.05);
  ColumnSketch codes(Type::Text);
  codes.add_texts(std::vector<std::string_view>{"DE-204", "DE-17", "FR-300", "DE-204"});
  EXPECT_EQ(codes.value_text(codes.top().most_frequent(1)[0]), "DE-204");
  EXPECT_EQ(codes.patterns().most_frequent(1)[0].value, "AA-999");
  EXPECT_EQ(codes.patterns().most_frequent(1)[0].count, 3);
  EXPECT_DOUBLE_EQ(*codes.mean(), 5.75);
  EXPECT_EQ(ColumnSketch(Type::Number).mean(), std::nullopt);
}

TEST(ColumnSketch, ComesBackFromItsBytes) {
  Random random(23);
  for (const std::size_t size : {0U, 3U, 900U, 20'000U}) {
    ColumnSketch sketch(Type::Integer);
    sketch.add_units(some_units(random, size, 1 + size));
    sketch.add_nulls(5);
    const std::string bytes = sketch.to_bytes();
    auto back = ColumnSketch::from_bytes(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->to_bytes(), bytes);
    EXPECT_EQ(back->distinct().estimate(), sketch.distinct().estimate());
    EXPECT_LT(bytes.size(), 20'000);
    EXPECT_FALSE(ColumnSketch::from_bytes(bytes.substr(0, bytes.size() - 1)));
    EXPECT_FALSE(ColumnSketch::from_bytes(bytes + "x"));
  }
  EXPECT_FALSE(ColumnSketch::from_bytes(""));
  EXPECT_FALSE(ColumnSketch::from_bytes("\x7F nonsense"));
}

TEST(ColumnSketch, SurvivesAnyBytes) {
  Random random(29);
  ColumnSketch sketch(Type::Text);
  sketch.add_texts(std::vector<std::string_view>{"a", "b", "b", "c"});
  const std::string good = sketch.to_bytes();
  for (int round = 0; round < 2000; ++round) {
    std::string bad = good;
    for (int at = 0; at < 3; ++at) bad[random.below(bad.size())] = static_cast<char>(random.next());
    auto read = ColumnSketch::from_bytes(bad);
    if (!read) continue;
    static_cast<void>(read->distinct().estimate());
    static_cast<void>(read->quantiles().quantiles({0.5}));
    if (read->type() != Type::Text) continue;
    ColumnSketch more = *read;
    more.add_texts(std::vector<std::string_view>{"d", "e"});
  }
}

}  // namespace
}  // namespace cip::frame
