// How long until customers buy again, and until they are gone.

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "stats/numbers.h"
#include "stats/repeat.h"
#include "stats/survival.h"

namespace cip::service {
namespace {

// A customer who does not come back for so long as nine of ten take is called lost, but not before
// a month.
constexpr double kUsual = 0.9;
constexpr double kLeastGap = 30;
constexpr std::size_t kMostGroups = 8;

// The days on which each customer bought, and which customer of the answer that is.
struct Purchases {
  std::vector<stats::Purchase> days;
  std::size_t num_customers = 0;
  std::vector<Json> customers;  // By code.
};

Result<Purchases> purchases_of(const query::Dataset& dataset, const AnalysisRequest& request) {
  const query::Query query =
      question(request, {"orders"}, {std::string(kCustomerDimension), "day"});
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(const auto days, doubles_of(answer, "day"));
  const frame::Column& column = answer.table[kCustomerDimension];
  const DenseCodes customers = dense_codes(column);
  Purchases found;
  found.num_customers = customers.first_rows.size();
  for (const std::uint32_t row : customers.first_rows)
    found.customers.push_back(column.json_at(row));
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (customers.codes[row] == kNoCode || std::isnan(days[row])) continue;
    found.days.push_back({customers.codes[row], static_cast<Days>(days[row])});
  }
  if (found.days.empty()) return fail(Errc::Undefined, "nobody bought anything in that period");
  return found;
}

// The first, the second and the last day of each customer.
struct Life {
  Days first = 0;
  std::optional<Days> second;
  Days last = 0;
};

std::vector<Life> lives_of(const Purchases& purchases) {
  std::vector<stats::Purchase> sorted = purchases.days;
  std::ranges::sort(sorted, {}, &stats::Purchase::on);
  std::vector<std::optional<Life>> lives(purchases.num_customers);
  for (const stats::Purchase& day : sorted) {
    std::optional<Life>& life = lives[day.customer];
    if (!life) {
      life = Life{day.on, std::nullopt, day.on};
      continue;
    }
    if (!life->second && day.on > life->first) life->second = day.on;
    life->last = day.on;
  }
  std::vector<Life> known;
  known.reserve(lives.size());
  for (const auto& life : lives) known.push_back(life.value_or(Life{}));
  return known;
}

double usual_gap(const Purchases& purchases) {
  const auto repeats = stats::repeat_purchases(purchases.days);
  if (repeats.intervals.empty()) return kLeastGap;
  return std::max(kLeastGap, std::ceil(stats::quantile_of(repeats.intervals, kUsual)));
}

// From the first purchase to the second; or to the last, which is the end of those who have been
// away for longer than the gap. Of the others no more is known than that they were there.
std::vector<stats::Lifetime> lifetimes_of(const std::vector<Life>& lives, bool until_repeat,
                                          double gap_days, Days end) {
  std::vector<stats::Lifetime> lifetimes;
  for (const Life& life : lives) {
    if (until_repeat) {
      lifetimes.push_back(
          {static_cast<double>(life.second.value_or(end) - life.first), life.second.has_value()});
    } else {
      lifetimes.push_back({static_cast<double>(life.last - life.first),
                           static_cast<double>(end - life.last) > gap_days});
    }
  }
  return lifetimes;
}

// The value of a dimension that each customer has most orders with, by the customer's code.
Result<std::vector<std::string>> group_of_each(const query::Dataset& dataset,
                                               const AnalysisRequest& request,
                                               const Purchases& purchases) {
  query::Query query = question(request, {"orders"}, {std::string(kCustomerDimension), request.by});
  query.sort = {{"orders", true}};
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  std::map<std::string, std::string> groups;
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    const std::string customer = answer.table[kCustomerDimension].text_at(row);
    groups.try_emplace(customer, answer.table[request.by].text_at(row));  // The first has most.
  }
  std::vector<std::string> of_each;
  for (const Json& customer : purchases.customers) {
    of_each.push_back(
        groups[customer.is_string() ? std::string(customer.as_string()) : to_text(customer)]);
  }
  return of_each;
}

Json curve_json(const std::string& group, const stats::SurvivalCurve& curve) {
  JsonArray points;
  for (const stats::SurvivalPoint& point : curve.points) {
    points.push_back(JsonObject{{"day", json_number(point.time)},
                                {"at_risk", point.at_risk},
                                {"events", point.num_events},
                                {"survival", json_number(point.survival)},
                                {"se", json_number(point.standard_error)},
                                {"lower", json_number(point.lower)},
                                {"upper", json_number(point.upper)}});
  }
  return JsonObject{{"group", group},
                    {"n", curve.num_subjects},
                    {"events", curve.num_events},
                    {"median_days", optional_json(curve.median)},
                    {"points", std::move(points)}};
}

// The groups with the most customers, and what comes of comparing them.
Result<JsonObject> compared(const std::map<std::string, std::vector<stats::Lifetime>>& groups) {
  std::vector<std::pair<std::string, std::vector<stats::Lifetime>>> largest(groups.begin(),
                                                                            groups.end());
  std::ranges::stable_sort(largest, std::ranges::greater{},
                           [](const auto& group) { return group.second.size(); });
  largest.resize(std::min(largest.size(), kMostGroups));
  JsonArray curves;
  std::vector<std::vector<stats::Lifetime>> lifetimes;
  for (const auto& [group, of_group] : largest) {
    CIP_TRY_ASSIGN(const stats::SurvivalCurve curve, stats::kaplan_meier(of_group));
    curves.push_back(curve_json(group, curve));
    lifetimes.push_back(of_group);
  }
  JsonObject json{{"curves", std::move(curves)}, {"groups", groups.size()}};
  if (const auto test = stats::log_rank(lifetimes)) {
    json["log_rank"] = JsonObject{{"chi_square", json_number(test->chi_square)},
                                  {"df", test->degrees_of_freedom},
                                  {"p", json_number(test->p)}};
  } else {
    json["log_rank"] = nullptr;
  }
  return json;
}

Result<bool> is_until_repeat(const std::string& event) {
  if (event == "repeat") return true;
  if (event.empty() || event == "lost") return false;
  return fail(Errc::InvalidArgument,
              fmt::format("the event of a survival curve is lost or repeat, not '{}'", event));
}

}  // namespace

Result<Json> analyze_repeat(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const Purchases purchases, purchases_of(dataset, request));
  const stats::RepeatPurchases found = stats::repeat_purchases(purchases.days);
  JsonArray steps;
  for (const stats::RepeatStep& step : found.steps) {
    const double share =
        static_cast<double>(step.num_repeated) / static_cast<double>(step.num_customers);
    steps.push_back(JsonObject{
        {"number", step.number},
        {"customers", step.num_customers},
        {"repeated", step.num_repeated},
        {"share", json_number(share)},
        {"median_days", step.num_repeated == 0 ? Json(nullptr) : json_number(step.median_days)}});
  }
  JsonObject json{{"n", found.num_customers},
                  {"repeated", found.num_repeated},
                  {"share", json_number(static_cast<double>(found.num_repeated) /
                                        static_cast<double>(found.num_customers))},
                  {"purchases", found.num_purchases},
                  {"steps", std::move(steps)},
                  {"intervals", nullptr}};
  if (!found.intervals.empty()) {
    const auto at = [&found](double p) {
      return json_number(stats::quantile_of(found.intervals, p));
    };
    const auto histogram =
        stats::histogram_of(found.intervals, found.intervals.front(), found.intervals.back(),
                            stats::suitable_bins(found.intervals));
    JsonArray counts;
    for (const std::uint64_t count : histogram.counts) counts.push_back(count);
    json["intervals"] = JsonObject{
        {"n", found.intervals.size()},
        {"mean", json_number(stats::moments_of(found.intervals)->mean)},
        {"p10", at(0.1)},
        {"p25", at(0.25)},
        {"median", at(0.5)},
        {"p75", at(0.75)},
        {"p90", at(0.9)},
        {"histogram",
         JsonObject{{"edges", numbers_json(histogram.edges)}, {"counts", std::move(counts)}}}};
  }
  return Json(std::move(json));
}

Result<Json> analyze_survival(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const bool until_repeat, is_until_repeat(request.event));
  CIP_TRY_ASSIGN(const query::DayRange range, range_of(dataset, request));
  CIP_TRY_ASSIGN(const Purchases purchases, purchases_of(dataset, request));
  const double gap =
      request.gap_days ? static_cast<double>(*request.gap_days) : usual_gap(purchases);
  const auto lifetimes = lifetimes_of(lives_of(purchases), until_repeat, gap, range.last);
  std::map<std::string, std::vector<stats::Lifetime>> groups;
  if (request.by.empty()) {
    groups["all"] = lifetimes;
  } else {
    CIP_TRY_ASSIGN(const auto of_each, group_of_each(dataset, request, purchases));
    for (std::size_t at = 0; at < lifetimes.size(); ++at) {
      groups[of_each[at]].push_back(lifetimes[at]);
    }
  }
  CIP_TRY_ASSIGN(JsonObject json, compared(groups));
  json["event"] = until_repeat ? "repeat" : "lost";
  json["gap_days"] = until_repeat ? Json(nullptr) : json_number(gap);
  json["n"] = lifetimes.size();
  json["until"] = date_text(range.last);
  return Json(std::move(json));
}

}  // namespace cip::service
