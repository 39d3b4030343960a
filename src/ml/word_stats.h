// ml/word_stats.h: which words texts are made of, and which tell one kind of text from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cip::ml {

struct WordCount {
  std::string word;
  std::uint64_t count;      // Of its uses.
  std::uint64_t num_texts;  // That hold it.
};

/// How much more one kind of text uses a word than the others do.
struct WordOdds {
  std::string word;
  double log_odds;      // Difference of the log-odds, smoothed by the prior.
  double z;             // The same in its standard errors: what the words are ordered by.
  std::uint64_t count;  // Of its uses in that kind ...
  std::uint64_t rest;   // ... and in the others.
};

/// Counts of the words of texts by kind, such as their stars.
class WordStats {
 public:
  /// `kind` counts from 0.
  void add(std::string_view text, std::size_t kind);

  [[nodiscard]] std::uint64_t num_texts() const noexcept { return num_texts_; }
  [[nodiscard]] std::uint64_t num_words() const noexcept { return num_words_; }
  [[nodiscard]] std::size_t num_different() const noexcept { return words_.size(); }

  /// The most used words; of equally frequent ones the first by their bytes.
  [[nodiscard]] std::vector<WordCount> most_frequent(std::size_t count) const;

  /// The words most characteristic of a kind against all others: positive z, largest first.
  ///
  /// Method:  log-odds with an informative Dirichlet prior: the counts of all texts together, 1 for
  ///          each use of a word. Words used fewer than 5 times are left out.
  /// Source:  B. L. Monroe, M. P. Colaresi, K. M. Quinn, "Fightin' Words: Lexical Feature Selection
  ///          and Evaluation for Identifying the Content of Political Conflict", Political Analysis
  ///          16 (2008), equations 15, 19 and 22.
  [[nodiscard]] std::vector<WordOdds> characteristic(std::size_t kind, std::size_t count) const;

 private:
  struct Counts {
    std::vector<std::uint64_t> by_kind;
    std::uint64_t all = 0;
    std::uint64_t num_texts = 0;
    std::uint64_t last_text = 0;
  };
  [[nodiscard]] static std::uint64_t of_kind(const Counts& counts, std::size_t kind) noexcept {
    return kind < counts.by_kind.size() ? counts.by_kind[kind] : 0;
  }

  std::unordered_map<std::string, Counts> words_;
  std::vector<std::uint64_t> words_by_kind_;
  std::uint64_t num_texts_ = 0;
  std::uint64_t num_words_ = 0;
};

}  // namespace cip::ml
