#include "query/memory_engine.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "query/assemble.h"
#include "query/compose.h"
#include "query/plan.h"
#include "query/scan.h"
#include "query/shared_scan.h"

namespace cip::query {
namespace {

Result<Groups> groups_of(const Plan& plan, const Dataset& dataset, const RunOptions& options) {
  std::vector<Groups> by_base;
  for (const Base& base : plan.bases) {
    CIP_TRY_ASSIGN(Groups groups, scan(plan, base, dataset, options));
    by_base.push_back(std::move(groups));
  }
  return join_groups(plan, std::move(by_base));
}

// The groups that were found together with those of other questions, or a scan for them alone.
struct Found {
  const Plan* plan = nullptr;
  std::optional<Groups> groups;

  Result<Page> page(const Dataset& dataset, const RunOptions& options) {
    if (!groups) {
      CIP_TRY_ASSIGN(groups, groups_of(*plan, dataset, options));
    }
    return assemble(*plan, *groups);
  }
};

Groups with_places(const Plan& plan, Groups groups) {
  std::vector<Groups> only;
  only.push_back(std::move(groups));
  return join_groups(plan, std::move(only)).value();
}

Result<Answer> answer_of(Found rows, std::optional<Found> whole, const Dataset& dataset,
                         const RunOptions& options) {
  CIP_TRY_ASSIGN(Page page, rows.page(dataset, options));
  Answer answer;
  answer.fields = rows.plan->fields();
  answer.table = std::move(page.table);
  answer.num_rows = page.num_rows;
  answer.rows_read = rows.groups->rows_read;
  answer.rows_matched = rows.groups->rows_matched;
  answer.notes = rows.plan->notes;
  if (whole) {
    CIP_TRY_ASSIGN(const Page totals, whole->page(dataset, options));
    CIP_TRY_ASSIGN(answer.totals, totals_row(answer.table, totals.table));
  }
  return answer;
}

Result<Answer> run_plain(const Query& query, const Dataset& dataset, const RunOptions& options) {
  CIP_TRY_ASSIGN(const Plan plan, make_plan(query, dataset.model()));
  if (!query.with_totals) return answer_of({&plan, {}}, {}, dataset, options);
  const Plan whole = totals_of(plan);
  return answer_of({&plan, {}}, Found{&whole, {}}, dataset, options);
}

std::int64_t elapsed_us(std::chrono::steady_clock::time_point start) {
  const auto elapsed = std::chrono::steady_clock::now() - start;
  return std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
}

}  // namespace

Result<Answer> run(const Query& query, const Dataset& dataset, const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const AskPlain ask = [&](const Query& plain) { return run_plain(plain, dataset, options); };
  const bool is_composed = needs_composing(query, dataset.model());
  CIP_TRY_ASSIGN(Answer answer, is_composed ? compose(query, dataset.model(), ask) : ask(query));
  answer.elapsed_us = elapsed_us(start);
  return answer;
}

namespace {

// The plans of several queries; those of a query that stands for itself are missing.
struct SharedPlans {
  // They do not move once they are made: scans refer to them.
  std::deque<Plan> plans;
  std::vector<std::optional<std::size_t>> first_of;  // By query; its totals follow.
};

SharedPlans shared_plans(std::span<const Query> queries, const model::Model& model) {
  SharedPlans shared;
  for (const Query& query : queries) {
    shared.first_of.emplace_back();
    if (needs_composing(query, model)) continue;
    auto plan = make_plan(query, model);
    if (!plan) continue;
    shared.first_of.back() = shared.plans.size();
    shared.plans.push_back(std::move(plan).value());
    if (query.with_totals) shared.plans.push_back(totals_of(shared.plans.back()));
  }
  return shared;
}

Result<Answer> timed(Result<Answer> found, std::chrono::steady_clock::time_point start) {
  CIP_TRY_ASSIGN(Answer answer, std::move(found));
  answer.elapsed_us = elapsed_us(start);
  return answer;
}

}  // namespace

std::vector<Result<Answer>> run_all(std::span<const Query> queries, const Dataset& dataset,
                                    const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto [plans, first_of] = shared_plans(queries, dataset.model());
  std::vector<const Plan*> all(plans.size());
  std::ranges::transform(plans, all.begin(), [](const Plan& plan) { return &plan; });
  auto together = scan_together(all, dataset, options);
  std::vector<std::optional<Groups>> groups(all.size());
  if (together) groups = std::move(together).value();
  const auto found = [&](std::size_t place) {
    Found made{all[place], {}};
    if (groups[place]) made.groups = with_places(*all[place], std::move(*groups[place]));
    return made;
  };
  std::vector<Result<Answer>> answers;
  answers.reserve(queries.size());
  for (std::size_t at = 0; at < queries.size(); ++at) {
    // What cannot be shared, or is refused, is so on its own.
    const auto first = first_of[at];
    if (!first) {
      answers.push_back(run(queries[at], dataset, options));
      continue;
    }
    std::optional<Found> whole;
    if (queries[at].with_totals) whole = found(*first + 1);
    answers.push_back(timed(answer_of(found(*first), std::move(whole), dataset, options), start));
  }
  return answers;
}

}  // namespace cip::query
