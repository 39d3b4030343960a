#include "ml/word_stats.h"

#include <algorithm>
#include <cmath>

#include "ml/tokens.h"

namespace cip::ml {
namespace {

constexpr std::uint64_t kMinUses = 5;

}  // namespace

void WordStats::add(std::string_view text, std::size_t kind) {
  ++num_texts_;
  if (words_by_kind_.size() <= kind) words_by_kind_.resize(kind + 1, 0);
  for (const std::string& word : tokens_of(text)) {
    Counts& counts = words_[word];
    if (counts.by_kind.size() <= kind) counts.by_kind.resize(kind + 1, 0);
    ++counts.by_kind[kind];
    ++counts.all;
    if (counts.last_text != num_texts_) ++counts.num_texts;
    counts.last_text = num_texts_;
    ++words_by_kind_[kind];
    ++num_words_;
  }
}

std::vector<WordCount> WordStats::most_frequent(std::size_t count) const {
  std::vector<WordCount> words;
  words.reserve(words_.size());
  for (const auto& [word, counts] : words_) words.push_back({word, counts.all, counts.num_texts});
  std::ranges::sort(words, [](const WordCount& a, const WordCount& b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  });
  words.resize(std::min(count, words.size()));
  return words;
}

std::vector<WordOdds> WordStats::characteristic(std::size_t kind, std::size_t count) const {
  std::vector<WordOdds> found;
  const auto prior_all = static_cast<double>(num_words_);
  const auto all_of_kind =
      static_cast<double>(kind < words_by_kind_.size() ? words_by_kind_[kind] : 0);
  const double all_of_rest = prior_all - all_of_kind;
  for (const auto& [word, counts] : words_) {
    if (counts.all < kMinUses) continue;
    const auto prior = static_cast<double>(counts.all);
    const auto uses = static_cast<double>(of_kind(counts, kind));
    const double rest = prior - uses;
    const double log_odds = std::log((uses + prior) / (all_of_kind + prior_all - uses - prior)) -
                            std::log((rest + prior) / (all_of_rest + prior_all - rest - prior));
    const double variance = 1 / (uses + prior) + 1 / (rest + prior);
    const double z = log_odds / std::sqrt(variance);
    if (!std::isfinite(z) || z <= 0) continue;
    found.push_back({word, log_odds, z, of_kind(counts, kind), counts.all - of_kind(counts, kind)});
  }
  std::ranges::sort(found, [](const WordOdds& a, const WordOdds& b) {
    return a.z != b.z ? a.z > b.z : a.word < b.word;
  });
  found.resize(std::min(count, found.size()));
  return found;
}

}  // namespace cip::ml
