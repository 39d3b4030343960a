// Analyses as text for a terminal; all that they hold is in --json.

#include <array>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "cli/json_text.h"
#include "cli/print.h"

namespace cip::cli {
namespace {

std::string missing_text(const Json& analysis) {
  std::string out;
  for (const Json& table : list(analysis, "tables")) {
    out += fmt::format("{} ({} rows)\n", text(table, "table"), text(table, "rows"));
    out += table_text(list(table, "columns"),
                      {"column", "type", "missing", "share", "treatment", "reason"});
  }
  return out;
}

std::string outliers_text(const Json& analysis) {
  JsonArray rows;
  for (const Json& column : list(analysis, "columns")) {
    rows.push_back(JsonObject{{"column", text(column, "table") + "." + text(column, "column")},
                              {"n", member(column, "n")},
                              {"mean", member(column, "mean")},
                              {"sd", member(column, "sd")},
                              {"iqr", member(member(column, "iqr"), "count")},
                              {"zscore", member(member(column, "zscore"), "count")},
                              {"percentile", member(member(column, "percentile"), "count")},
                              {"median", member(member(column, "box"), "median")}});
  }
  return table_text(rows, {"column", "n", "mean", "sd", "median", "iqr", "zscore", "percentile"});
}

std::string percent_text(const Json& share) {
  return share.is_number() ? fmt::format("{:.1f} %", 100 * share.to_number<double>()) : "-";
}

std::string percent(const Json& of, std::string_view name) {
  return percent_text(member(of, name));
}

// Columns that are shares become percentages; the others stay as they are.
JsonArray with_percents(const JsonArray& rows, const std::vector<std::string>& shares) {
  JsonArray shown = rows;
  for (Json& row : shown) {
    for (const std::string& share : shares) row.as_object()[share] = percent(row, share);
  }
  return shown;
}

std::string p_text(const Json& p) {
  if (!p.is_number()) return "-";
  const double value = p.to_number<double>();
  return value < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", value);
}

std::string trends_text(const Json& analysis) {
  std::string out = fmt::format("{}\n", text(analysis, "label")) +
                    table_text(list(analysis, "points"),
                               {"period", "value", "change", "growth", "complete", "n"}) +
                    '\n' +
                    table_text(list(analysis, "weekdays"), {"weekday", "value", "share", "n"});
  for (const Json& test : list(analysis, "seasonality")) {
    out += fmt::format("season by {}: ", text(test, "season"));
    if (member(test, "reason").is_null()) {
      out += fmt::format("{} (Kruskal-Wallis, n = {}, p {}), strength {}\n",
                         member(test, "is_significant").as_bool() ? "yes" : "not shown",
                         text(test, "n"), p_text(member(test, "p")), text(test, "strength"));
    } else {
      out += fmt::format("cannot be said, {}\n", text(test, "reason"));
    }
  }
  if (!list(analysis, "anomalies").empty()) {
    out += "\nfar from trend and season\n" +
           table_text(list(analysis, "anomalies"), {"on", "value", "expected", "score"});
  }
  return out;
}

std::string correlations_text(const Json& analysis) {
  JsonArray pairs;
  for (const Json& pair : list(analysis, "pairs")) {
    if (!member(pair, "is_strong").as_bool() && !member(pair, "is_significant").as_bool()) continue;
    Json row = pair;
    row.as_object()["p"] = p_text(member(pair, "p"));
    pairs.push_back(std::move(row));
  }
  const Json& collinearity = member(analysis, "collinearity");
  return fmt::format("pairs over {} customers that are strong or more than chance; p corrected\n",
                     text(analysis, "n")) +
         table_text(pairs, {"a", "b", "measure", "strength", "spearman", "n", "p"}) +
         fmt::format("\nvariance inflation (condition number {})\n",
                     text(collinearity, "condition_number")) +
         table_text(list(collinearity, "factors"), {"name", "vif", "follows_from_others"});
}

std::string test_text(const Json& test, std::string_view what) {
  if (test.is_null()) return "";
  return fmt::format("{}: p {}, effect {}\n", what, p_text(member(test, "p")),
                     text(test, "effect"));
}

std::string patterns_text(const Json& analysis) {
  std::string out;
  for (const Json& dimension : list(analysis, "dimensions")) {
    out += fmt::format("{}\n", text(dimension, "label"));
    out += table_text(list(dimension, "values"),
                      {"value", "orders", "revenue", "share", "average_order_value"});
    out += test_text(member(dimension, "shares_test"), "equal shares (chi-square)");
    out += test_text(member(dimension, "value_test"), "equal order values (Kruskal-Wallis)") + '\n';
  }
  JsonArray rows;
  for (const Json& pair : list(analysis, "associations")) {
    Json row = pair;
    row.as_object()["p"] = p_text(member(pair, "p"));
    rows.push_back(std::move(row));
  }
  return out + "orders by two dimensions; p corrected\n" +
         table_text(rows, {"a", "b", "n", "chi_square", "df", "p", "cramers_v"});
}

std::string cohort_text(const Json& analysis) {
  std::string out =
      fmt::format("{} customers by {} of the first purchase; customers active at each age\n",
                  text(analysis, "n"), text(analysis, "grain"));
  for (const Json& cohort : list(analysis, "cohorts")) {
    out += fmt::format("{} {:>6}", text(cohort, "cohort"), text(cohort, "customers"));
    const JsonArray& active = list(cohort, "active");
    for (std::size_t age = 1; age < active.size(); ++age) out += ' ' + cell_text(active[age]);
    out += '\n';
  }
  out += "retention by age, all cohorts:";
  for (const Json& share : list(analysis, "mean_retention")) out += ' ' + percent_text(share);
  if (!member(analysis, "last_complete").as_bool()) out += "\nnote: the last period is not over";
  return out + '\n';
}

std::string rfm_text(const Json& analysis) {
  return fmt::format("{} customers as of {}\n", text(analysis, "n"), text(analysis, "as_of")) +
         table_text(with_percents(list(analysis, "groups"), {"share", "amount_share"}),
                    {"label", "customers", "share", "amount_share", "median_recency_days",
                     "median_orders", "mean_amount", "meaning"});
}

std::string pareto_text(const Json& analysis) {
  return fmt::format("the top 20 % of {} hold {}; {} hold 80 %; Gini {:.3f}\n", text(analysis, "n"),
                     percent(analysis, "share_of_top_fifth"),
                     percent(analysis, "holders_of_four_fifths"),
                     member(analysis, "gini").to_number<double>()) +
         table_text(with_percents(list(analysis, "top"), {"holders", "share"}),
                    {"holders", "share"}) +
         '\n' + table_text(list(analysis, "best"), {"value", "amount"});
}

std::string basket_text(const Json& analysis) {
  JsonArray rows;
  for (const Json& rule : list(analysis, "rules")) {
    std::string left;
    for (const Json& item : list(rule, "left"))
      left += (left.empty() ? "" : " + ") + cell_text(item);
    Json row = rule;
    row.as_object()["left"] = left;
    rows.push_back(std::move(row));
  }
  return fmt::format("{} baskets of {} items; in at least {} of them: {} sets, {} rules\n",
                     text(analysis, "n"), text(analysis, "items"), text(analysis, "min_baskets"),
                     text(analysis, "sets_found"), text(analysis, "rules_found")) +
         table_text(with_percents(rows, {"support", "confidence"}),
                    {"left", "right", "baskets", "support", "confidence", "lift", "leverage"});
}

std::string steps_text(const Json& of) {
  return table_text(with_percents(list(of, "steps"), {"of_first", "of_before"}),
                    {"label", "count", "of_first", "of_before"});
}

std::string funnel_text(const Json& analysis) {
  std::string out =
      fmt::format("{}, within {} days\n", text(analysis, "unit"), text(analysis, "window_days")) +
      steps_text(analysis);
  for (const Json& group : list(analysis, "groups")) {
    out += fmt::format("\n{}\n", text(group, "value")) + steps_text(group);
  }
  return out;
}

std::string repeat_text(const Json& analysis) {
  const Json& intervals = member(analysis, "intervals");
  return fmt::format(
             "{} of {} customers bought again ({}); days between purchases: median {}, "
             "quartiles {} and {}, 90 % within {}\n",
             text(analysis, "repeated"), text(analysis, "n"), percent(analysis, "share"),
             text(intervals, "median"), text(intervals, "p25"), text(intervals, "p75"),
             text(intervals, "p90")) +
         table_text(with_percents(list(analysis, "steps"), {"share"}),
                    {"number", "customers", "repeated", "share", "median_days"});
}

// The curve at a few ages; --json has every step.
JsonObject curve_row(const Json& curve) {
  JsonObject row{{"group", member(curve, "group")},
                 {"n", member(curve, "n")},
                 {"events", member(curve, "events")},
                 {"median_days", member(curve, "median_days")}};
  for (const double age : {30.0, 90.0, 180.0, 365.0}) {
    const Json* last = nullptr;
    for (const Json& point : list(curve, "points")) {
      if (member(point, "day").to_number<double>() <= age) last = &point;
    }
    row[fmt::format("day {:.0f}", age)] =
        last == nullptr ? "100 %"
                        : fmt::format("{} ({} to {})", percent(*last, "survival"),
                                      percent(*last, "lower"), percent(*last, "upper"));
  }
  return row;
}

std::string survival_text(const Json& analysis) {
  const bool is_repeat = text(analysis, "event") == "repeat";
  std::string out = fmt::format(
      "share of {} customers {}, with 95 % intervals, up to {}\n", text(analysis, "n"),
      is_repeat ? "who have not bought again"
                : fmt::format("not lost (lost is {} days away)", text(analysis, "gap_days")),
      text(analysis, "until"));
  JsonArray rows;
  for (const Json& curve : list(analysis, "curves")) rows.push_back(curve_row(curve));
  out += table_text(
      rows, {"group", "n", "events", "median_days", "day 30", "day 90", "day 180", "day 365"});
  const Json& test = member(analysis, "log_rank");
  if (!test.is_null()) {
    out += fmt::format("log-rank test of the groups: chi-square {}, p {}\n",
                       text(test, "chi_square"), p_text(member(test, "p")));
  }
  return out;
}

std::string explain_text(const Json& analysis) {
  std::string out =
      text(analysis, "sentence") + "\n\n" +
      table_text(list(analysis, "waterfall"), {"label", "value"}) + '\n' +
      table_text(list(analysis, "customers"), {"label", "customers", "before", "after", "change"});
  for (const Json& dimension : list(analysis, "dimensions")) {
    out += fmt::format("\nby {} ({} values, shares moved by {} bits)\n", text(dimension, "name"),
                       text(dimension, "n"), text(dimension, "surprise"));
    JsonArray rows;
    for (const Json& value : list(dimension, "values")) {
      Json row = value;
      const bool is_small = member(value, "is_small").as_bool();
      const bool is_normal = member(value, "is_normal").as_bool();
      row.as_object()["note"] = is_small ? "few customers" : is_normal ? "may be chance" : "";
      rows.push_back(std::move(row));
    }
    out += table_text(with_percents(rows, {"share_of_change"}),
                      {"value", "before", "after", "change", "share_of_change", "note"});
  }
  for (const Json& note : list(analysis, "notes")) out += "note: " + cell_text(note) + '\n';
  return out;
}

using Printer = std::string (*)(const Json&);
constexpr std::array<std::pair<std::string_view, Printer>, 13> kPrinters = {
    {{"missing", missing_text},
     {"outliers", outliers_text},
     {"trends", trends_text},
     {"correlations", correlations_text},
     {"patterns", patterns_text},
     {"cohort", cohort_text},
     {"rfm", rfm_text},
     {"pareto", pareto_text},
     {"basket", basket_text},
     {"funnel", funnel_text},
     {"repeat", repeat_text},
     {"survival", survival_text},
     {"explain", explain_text}}};

}  // namespace

std::string analysis_text(std::string_view name, const Json& analysis) {
  for (const auto& [known, print] : kPrinters) {
    if (known == name) return print(analysis);
  }
  return to_pretty_text(analysis);
}

}  // namespace cip::cli
