#include "query/memory_engine.h"

#include <chrono>

#include "query/assemble.h"
#include "query/plan.h"
#include "query/scan.h"

namespace cip::query {
namespace {

Result<Groups> groups_of(const Plan& plan, const Dataset& dataset) {
  std::vector<Groups> by_base;
  for (const Base& base : plan.bases) {
    CIP_TRY_ASSIGN(Groups groups, scan(plan, base, dataset));
    by_base.push_back(std::move(groups));
  }
  return join_groups(plan, std::move(by_base));
}

}  // namespace

Result<Answer> run(const Query& query, const Dataset& dataset) {
  const auto start = std::chrono::steady_clock::now();
  CIP_TRY_ASSIGN(const Plan plan, make_plan(query, dataset.model()));
  CIP_TRY_ASSIGN(const Groups groups, groups_of(plan, dataset));
  CIP_TRY_ASSIGN(Page page, assemble(plan, groups));

  Answer answer;
  answer.fields = plan.fields();
  answer.table = std::move(page.table);
  answer.num_rows = page.num_rows;
  answer.rows_read = groups.rows_read;
  answer.rows_matched = groups.rows_matched;
  answer.notes = plan.notes;
  if (query.with_totals) {
    const Plan whole = totals_of(plan);
    CIP_TRY_ASSIGN(const Groups all, groups_of(whole, dataset));
    CIP_TRY_ASSIGN(Page totals, assemble(whole, all));
    CIP_TRY_ASSIGN(answer.totals, totals_row(answer.table, totals.table));
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  answer.elapsed_us = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  return answer;
}

std::vector<Result<Answer>> run_all(std::span<const Query> queries, const Dataset& dataset) {
  std::vector<Result<Answer>> answers;
  answers.reserve(queries.size());
  for (const Query& query : queries) answers.push_back(run(query, dataset));
  return answers;
}

}  // namespace cip::query
