#include "service/empty_answer.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "query/filter_text.h"

namespace cip::service {
namespace {

bool is_about_metrics(const model::Model& model, const query::Filter& filter) {
  if (filter.kind == query::Filter::Kind::Test) {
    return model.find_metric(filter.test.field) != nullptr;
  }
  for (const query::Filter& part : filter.parts) {
    if (is_about_metrics(model, part)) return true;
  }
  return false;
}

// The conditions that must all hold.
std::vector<query::Filter> parts_of(const query::Filter& where) {
  if (where.is_everything()) return {};
  if (where.kind != query::Filter::Kind::And) return {where};
  std::vector<query::Filter> parts;
  for (const query::Filter& part : where.parts) {
    for (query::Filter& inner : parts_of(part)) parts.push_back(std::move(inner));
  }
  return parts;
}

// How many rows the question would look at under another filter.
Result<std::size_t> num_matched(View& view, const query::Query& query, query::Filter where) {
  query::Query plain;
  plain.metrics = query.metrics;
  if (plain.metrics.empty()) plain.by = query.by;
  plain.where = std::move(where);
  plain.from = query.from;
  plain.to = query.to;
  plain.zone = query.zone;
  plain.limit = 1;
  CIP_TRY_ASSIGN(const auto found, view.answers().answer(plain, view.dataset()));
  return found->rows_matched;
}

std::string period_text(const query::Query& query) {
  std::string text;
  if (query.from) text += " from " + date_text(*query.from);
  if (query.to) text += " to before " + date_text(*query.to);
  return text;
}

}  // namespace

bool is_empty(const query::Query& query, const query::Answer& answer) {
  return answer.num_rows == 0 || (query.by.empty() && answer.rows_matched == 0);
}

Result<std::string> why_empty(View& view, const query::Query& query, const query::Answer& answer) {
  const model::Model& model = view.dataset()->model();
  CIP_TRY_ASSIGN(const std::size_t num_rows, num_matched(view, query, {}));
  const std::string period = period_text(query);
  if (num_rows == 0) return period.empty() ? "there are no rows" : "there are no rows" + period;
  query::Filter so_far;
  std::vector<std::string> on_metrics;
  for (const query::Filter& part : parts_of(query.where)) {
    const std::string text = query::filter_text(part);
    if (is_about_metrics(model, part)) {
      on_metrics.push_back(text);
      continue;
    }
    CIP_TRY_ASSIGN(const std::size_t alone, num_matched(view, query, part));
    if (alone == 0) return fmt::format("no row fits {}{}", text, period);
    so_far = query::all_of(std::move(so_far), part);
    CIP_TRY_ASSIGN(const std::size_t together, num_matched(view, query, so_far));
    if (together == 0) {
      return fmt::format("no row that fits the conditions before it fits {}{}", text, period);
    }
  }
  if (on_metrics.empty() || answer.rows_matched == 0) return "no row fits" + period;
  return fmt::format("no group fits {}", joined(on_metrics, " and "));
}

}  // namespace cip::service
