// Who comes back, who is who, and who holds how much.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "query/field.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "stats/cohort.h"
#include "stats/concentration.h"
#include "stats/numbers.h"
#include "stats/rfm.h"

namespace cip::service {
namespace {

// The periods from the first to the last day, numbered from 0.
struct Periods {
  std::vector<Days> starts;
  Grain grain = Grain::Month;

  [[nodiscard]] std::int32_t number_of(double on) const {
    const auto after = std::ranges::upper_bound(starts, static_cast<Days>(on));
    return static_cast<std::int32_t>(after - starts.begin()) - 1;
  }
};

Periods periods_between(query::DayRange range, Grain grain) {
  Periods periods{{}, grain};
  for (Days on = period_start(range.first, grain); on <= range.last; on = next_period(on, grain)) {
    periods.starts.push_back(on);
  }
  return periods;
}

Result<Grain> grain_of(const std::string& by) {
  const auto grain = by.empty() ? Grain::Month : parse_grain(by);
  if (grain && *grain != Grain::Hour) return *grain;
  return fail(Errc::InvalidArgument,
              fmt::format("cohorts are by day, week, month, quarter or year, not by '{}'", by));
}

// Customers by period of their first purchase, whatever the request's first day: a customer of
// before it is not new within.
Result<std::vector<stats::Cohort>> cohorts(const query::Dataset& dataset,
                                           const AnalysisRequest& request, const Periods& periods,
                                           int& scale) {
  const std::string grain(name_of(periods.grain));
  query::Query query =
      question(request, {request.metric}, {std::string(kCustomerDimension), grain});
  query.from.reset();
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(const auto starts, doubles_of(answer, grain));
  CIP_TRY_ASSIGN(const ExactColumn amounts, exact_column(answer.table[request.metric]));
  const DenseCodes customers = dense_codes(answer.table[kCustomerDimension]);
  std::vector<stats::Activity> activities;
  for (std::size_t row = 0; row < starts.size(); ++row) {
    if (customers.codes[row] == kNoCode || std::isnan(starts[row])) continue;
    activities.push_back(
        {customers.codes[row], periods.number_of(starts[row]), amounts.units[row]});
  }
  scale = amounts.scale;
  return stats::cohorts_of(activities, static_cast<std::int32_t>(periods.starts.size()) - 1);
}

// Of the customers whose cohort is old enough, the share active at each age; periods that the data
// do not cover to their end are left out.
JsonArray mean_retention(const std::vector<stats::Cohort>& shown, bool last_is_complete) {
  std::map<std::size_t, std::pair<double, double>> sums;  // Active, all.
  for (const stats::Cohort& cohort : shown) {
    const std::size_t num_ages = cohort.active.size() - (last_is_complete ? 0 : 1);
    for (std::size_t age = 0; age < num_ages; ++age) {
      sums[age].first += static_cast<double>(cohort.active[age]);
      sums[age].second += static_cast<double>(cohort.num_customers);
    }
  }
  JsonArray list;
  for (const auto& [age, sum] : sums) list.push_back(json_number(sum.first / sum.second));
  return list;
}

JsonObject cohort_json(const stats::Cohort& cohort, const Periods& periods,
                       const ExactColumn& money) {
  JsonArray active;
  JsonArray retention;
  JsonArray amounts;
  for (std::size_t age = 0; age < cohort.active.size(); ++age) {
    active.push_back(cohort.active[age]);
    retention.push_back(json_number(static_cast<double>(cohort.active[age]) /
                                    static_cast<double>(cohort.num_customers)));
    amounts.push_back(json_number(money.value_of(cohort.amounts[age])));
  }
  return {{"cohort", date_text(periods.starts[static_cast<std::size_t>(cohort.period)])},
          {"customers", cohort.num_customers},
          {"active", std::move(active)},
          {"retention", std::move(retention)},
          {"amounts", std::move(amounts)}};
}

// What the members of a group have in common.
JsonObject group_json(stats::RfmGroup group, const std::vector<stats::Buyer>& buyers,
                      const std::vector<stats::RfmScore>& scores, double total) {
  std::vector<double> recency;
  std::vector<double> orders;
  double spent = 0;
  for (std::size_t at = 0; at < buyers.size(); ++at) {
    if (scores[at].group != group) continue;
    recency.push_back(buyers[at].recency_days);
    orders.push_back(buyers[at].num_orders);
    spent += buyers[at].spent;
  }
  std::ranges::sort(recency);
  std::ranges::sort(orders);
  const auto median = [](const std::vector<double>& sorted) {
    return sorted.empty() ? Json(nullptr) : json_number(stats::quantile_of(sorted, 0.5));
  };
  const auto count = static_cast<double>(recency.size());
  return {{"group", stats::name_of(group)},
          {"label", stats::label_of(group)},
          {"meaning", stats::meaning_of(group)},
          {"customers", recency.size()},
          {"share", json_number(count / static_cast<double>(buyers.size()))},
          {"amount", json_number(spent)},
          {"amount_share", total > 0 ? json_number(spent / total) : Json(nullptr)},
          {"median_recency_days", median(recency)},
          {"median_orders", median(orders)},
          {"mean_amount", count > 0 ? json_number(spent / count) : Json(nullptr)}};
}

// How many customers have each pair of recency and frequency-and-money scores: 5 rows of 5.
JsonArray grid_json(const std::vector<stats::RfmScore>& scores) {
  std::array<std::array<std::size_t, 5>, 5> counts{};
  for (const stats::RfmScore& score : scores) {
    const auto both = static_cast<std::size_t>((score.frequency + score.money + 1) / 2);
    ++counts.at(score.recency - 1U).at(both - 1);
  }
  JsonArray rows;
  for (const auto& row : counts) {
    JsonArray cells;
    for (const std::size_t count : row) cells.push_back(count);
    rows.push_back(std::move(cells));
  }
  return rows;
}

// The buyers of an answer by customer, and the rows they stand in.
struct Buyers {
  std::vector<stats::Buyer> buyers;
  std::vector<std::uint32_t> rows;
};

Result<Buyers> buyers_of(const query::Answer& answer, const std::string& metric, Days as_of) {
  CIP_TRY_ASSIGN(const auto orders, doubles_of(answer, "orders"));
  CIP_TRY_ASSIGN(const auto spent, doubles_of(answer, metric));
  CIP_TRY_ASSIGN(const auto last, doubles_of(answer, "last_order"));
  Buyers found;
  for (std::uint32_t row = 0; row < answer.table.num_rows(); ++row) {
    if (!answer.table[kCustomerDimension].has(row) || std::isnan(last[row])) continue;
    found.rows.push_back(row);
    found.buyers.push_back({as_of - std::floor(last[row]),
                            std::isnan(orders[row]) ? 0 : orders[row],
                            std::isnan(spent[row]) ? 0 : spent[row]});
  }
  if (found.buyers.empty()) return fail(Errc::Undefined, "nobody bought anything in that period");
  return found;
}

// The first customers of the list by what they spent.
JsonArray best_customers(const query::Answer& answer, const Buyers& found,
                         const std::vector<stats::RfmScore>& scores, std::int64_t limit) {
  std::vector<std::size_t> order(found.buyers.size());
  for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&found](std::size_t at) { return found.buyers[at].spent; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(limit)));
  JsonArray list;
  for (const std::size_t at : order) {
    const stats::RfmScore& score = scores[at];
    list.push_back(
        JsonObject{{"customer", answer.table[kCustomerDimension].json_at(found.rows[at])},
                   {"recency_days", json_number(found.buyers[at].recency_days)},
                   {"orders", json_number(found.buyers[at].num_orders)},
                   {"amount", json_number(found.buyers[at].spent)},
                   {"score", fmt::format("{}{}{}", score.recency, score.frequency, score.money)},
                   {"group", stats::name_of(score.group)}});
  }
  return list;
}

JsonObject concentration_json(const stats::Concentration& found) {
  JsonArray curve;
  for (const stats::LorenzPoint& point : found.curve) {
    curve.push_back(
        JsonArray{json_number(point.share_of_holders), json_number(point.share_of_total)});
  }
  JsonArray top;
  for (const double share : {0.01, 0.05, 0.1, 0.2, 0.5}) {
    top.push_back(JsonObject{{"holders", share}, {"share", json_number(found.held_by_top(share))}});
  }
  return {{"n", found.num_holders},
          {"left_out", found.num_left_out},
          {"total", json_number(found.total)},
          {"gini", json_number(found.gini)},
          {"share_of_top_fifth", json_number(found.share_of_top_fifth)},
          {"holders_of_four_fifths", json_number(found.holders_of_four_fifths)},
          {"top", std::move(top)},
          {"curve", std::move(curve)}};
}

}  // namespace

Result<Json> analyze_cohort(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const Grain grain, grain_of(request.by));
  CIP_TRY_ASSIGN(Json metric, field_json(dataset.model(), request.metric));
  AnalysisRequest whole = request;
  whole.from.reset();
  CIP_TRY_ASSIGN(const query::DayRange range, range_of(dataset, whole));
  const Periods periods = periods_between(range, grain);
  ExactColumn money;
  CIP_TRY_ASSIGN(std::vector<stats::Cohort> shown, cohorts(dataset, request, periods, money.scale));
  if (request.from) {
    const Days first = period_start(*request.from, grain);
    std::erase_if(shown, [&](const stats::Cohort& cohort) {
      return periods.starts[static_cast<std::size_t>(cohort.period)] < first;
    });
  }
  if (shown.empty())
    return fail(Errc::Undefined, "nobody bought for the first time in that period");
  const bool last_is_complete = next_period(periods.starts.back(), grain) - 1 <= range.last;
  JsonArray list;
  std::size_t num_customers = 0;
  for (const stats::Cohort& cohort : shown) {
    num_customers += cohort.num_customers;
    list.push_back(cohort_json(cohort, periods, money));
  }
  return Json(JsonObject{{"grain", name_of(grain)},
                         {"metric", std::move(metric)},
                         {"n", num_customers},
                         {"last_complete", last_is_complete},
                         {"cohorts", std::move(list)},
                         {"mean_retention", mean_retention(shown, last_is_complete)}});
}

Result<Json> analyze_rfm(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(Json metric, field_json(dataset.model(), request.metric));
  CIP_TRY_ASSIGN(const query::DayRange range, range_of(dataset, request));
  const Days as_of = range.last + 1;
  const query::Query query = question(request, {request.metric, "orders", "last_order"},
                                      {std::string(kCustomerDimension)});
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(const Buyers found, buyers_of(answer, request.metric, as_of));
  const std::vector<stats::RfmScore> scores = stats::rfm_scores(found.buyers);
  double total = 0;
  for (const stats::Buyer& buyer : found.buyers) total += buyer.spent;
  JsonArray groups;
  for (std::size_t at = 0; at < stats::kNumRfmGroups; ++at) {
    groups.push_back(group_json(static_cast<stats::RfmGroup>(at), found.buyers, scores, total));
  }
  return Json(JsonObject{{"metric", std::move(metric)},
                         {"as_of", date_text(as_of)},
                         {"n", found.buyers.size()},
                         {"groups", std::move(groups)},
                         {"grid", grid_json(scores)},
                         {"customers", best_customers(answer, found, scores, request.limit)}});
}

Result<Json> analyze_pareto(const query::Dataset& dataset, const AnalysisRequest& request) {
  const std::string by = request.by.empty() ? std::string(kCustomerDimension) : request.by;
  CIP_TRY_ASSIGN(Json metric, field_json(dataset.model(), request.metric));
  CIP_TRY_ASSIGN(Json dimension, field_json(dataset.model(), by));
  query::Query query = question(request, {request.metric}, {by});
  query.sort = {{request.metric, true}};
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(std::vector<double> values, doubles_of(answer, request.metric));
  const frame::Column& holders = answer.table[by];
  JsonArray best;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!holders.has(row)) values[row] = std::nan("");  // Nobody is no holder.
    if (std::ssize(best) == request.limit || std::isnan(values[row])) continue;
    best.push_back(
        JsonObject{{"value", holders.json_at(row)}, {"amount", json_number(values[row])}});
  }
  CIP_TRY_ASSIGN(const stats::Concentration found, stats::concentration_of(values));
  JsonObject json = concentration_json(found);
  json["metric"] = std::move(metric);
  json["dimension"] = std::move(dimension);
  json["best"] = std::move(best);
  return Json(std::move(json));
}

}  // namespace cip::service
