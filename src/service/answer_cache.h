// service/answer_cache.h: answers that were given before, as long as the data are the same.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "query/answer.h"
#include "query/dataset.h"
#include "query/memory_engine.h"
#include "query/query.h"

namespace cip::service {

/// Answers by snapshot and question. A snapshot never changes, so an answer is never stale; another
/// snapshot empties the cache. The least lately used go first. Thread-safe.
class AnswerCache {
 public:
  /// The answer kept, or that of the memory engine. Failures are not kept.
  ///
  /// Errors:  as query::run()
  Result<std::shared_ptr<const query::Answer>> answer(
      const query::Query& query, const std::shared_ptr<const query::Dataset>& dataset,
      const query::RunOptions& options = {});

  /// The same for all questions of a page, in order: those not kept are answered together.
  std::vector<Result<std::shared_ptr<const query::Answer>>> answers(
      std::span<const query::Query> queries, const std::shared_ptr<const query::Dataset>& dataset,
      const query::RunOptions& options = {});

  [[nodiscard]] std::size_t num_kept() const;

  /// Cells that all answers kept may have together, and one of them.
  static constexpr std::size_t kMostCells = 2'000'000;
  static constexpr std::size_t kMostCellsOfOne = 200'000;

 private:
  struct Kept {
    std::string question;
    std::shared_ptr<const query::Answer> answer;
    std::size_t num_cells;
  };
  using Order = std::list<Kept>;

  [[nodiscard]] std::shared_ptr<const query::Answer> find(
      const std::string& question, const std::shared_ptr<const query::Dataset>& dataset);
  void keep(std::string question, const std::shared_ptr<const query::Answer>& answer);

  mutable std::mutex mutex_;
  std::weak_ptr<const query::Dataset> dataset_;
  Order order_;  // The latest used first.
  std::unordered_map<std::string, Order::iterator> by_question_;
  std::size_t num_cells_ = 0;
};

}  // namespace cip::service
