#include "service/answer_cache.h"

#include <utility>

#include "base/json.h"

namespace cip::service {

Result<std::shared_ptr<const query::Answer>> AnswerCache::answer(
    const query::Query& query, const std::shared_ptr<const query::Dataset>& dataset,
    const query::RunOptions& options) {
  return std::move(answers({&query, 1}, dataset, options).front());
}

std::vector<Result<std::shared_ptr<const query::Answer>>> AnswerCache::answers(
    std::span<const query::Query> queries, const std::shared_ptr<const query::Dataset>& dataset,
    const query::RunOptions& options) {
  std::vector<std::string> questions;
  std::vector<std::shared_ptr<const query::Answer>> found;
  std::vector<query::Query> missing;
  for (const query::Query& query : queries) {
    questions.push_back(to_text(query::to_json(query)));
    found.push_back(find(questions.back(), dataset));
    if (found.back() == nullptr) missing.push_back(query);
  }
  auto made = query::run_all(missing, *dataset, options);
  std::vector<Result<std::shared_ptr<const query::Answer>>> answers;
  std::size_t next = 0;
  for (std::size_t at = 0; at < queries.size(); ++at) {
    if (found[at] != nullptr) {
      answers.emplace_back(std::move(found[at]));
      continue;
    }
    Result<query::Answer>& answer = made[next++];
    if (!answer) {
      answers.emplace_back(Failure{answer.error()});
      continue;
    }
    auto kept = std::make_shared<const query::Answer>(std::move(answer).value());
    const std::lock_guard lock(mutex_);
    if (dataset_.lock() == dataset) keep(std::move(questions[at]), kept);
    answers.emplace_back(std::move(kept));
  }
  return answers;
}

std::shared_ptr<const query::Answer> AnswerCache::find(
    const std::string& question, const std::shared_ptr<const query::Dataset>& dataset) {
  const std::lock_guard lock(mutex_);
  if (dataset_.lock() != dataset) {
    dataset_ = dataset;
    order_.clear();
    by_question_.clear();
    num_cells_ = 0;
  }
  const auto found = by_question_.find(question);
  if (found == by_question_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return order_.front().answer;
}

std::size_t AnswerCache::num_kept() const {
  const std::lock_guard lock(mutex_);
  return order_.size();
}

void AnswerCache::keep(std::string question, const std::shared_ptr<const query::Answer>& answer) {
  const std::size_t num_cells = (answer->table.num_rows() + 1) * answer->fields.size();
  if (num_cells > kMostCellsOfOne || by_question_.contains(question)) return;
  order_.push_front({question, answer, num_cells});
  by_question_.emplace(std::move(question), order_.begin());
  num_cells_ += num_cells;
  while (num_cells_ > kMostCells) {
    num_cells_ -= order_.back().num_cells;
    by_question_.erase(order_.back().question);
    order_.pop_back();
  }
}

}  // namespace cip::service
