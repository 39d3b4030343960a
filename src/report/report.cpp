#include "report/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace cip::report {
namespace {

constexpr std::array<std::string_view, 4> kChartNames = {"line", "bar", "pie", "table"};
constexpr std::int64_t kMostRows = 1000;

using Names = std::vector<std::string>;

query::Query question(Names metrics, Names by) {
  query::Query query;
  query.metrics = std::move(metrics);
  query.by = std::move(by);
  query.limit = kMostRows;
  query.with_totals = true;
  return query;
}

// Groups of rows, the largest first.
query::Query ranking(Names metrics, Names by, std::int64_t limit = kMostRows) {
  query::Query query = question(std::move(metrics), std::move(by));
  query.sort = {{query.metrics.front(), true}};
  query.limit = limit;
  return query;
}

Report executive() {
  return {"executive",
          "Executive report",
          "Revenue, customers and orders, and where they come from",
          {{"Key figures", "Over the whole period", Chart::Table,
            question({"revenue", "customers", "orders", "average_order_value", "churn_rate"}, {})},
           {"Revenue by month", "", Chart::Line, question({"revenue", "orders"}, {"month"})},
           {"Revenue by segment", "", Chart::Bar,
            ranking({"revenue", "customers", "average_order_value"}, {"segment"})},
           {"Revenue by country", "The ten largest", Chart::Bar,
            ranking({"revenue", "customers"}, {"country"}, 10)}}};
}

Report sales() {
  return {"sales",
          "Sales report",
          "What was sold when, through which channel, and how it was paid",
          {{"Sales by month", "", Chart::Line,
            question({"revenue", "orders", "units", "average_order_value"}, {"month"})},
           {"Sales by weekday", "", Chart::Bar, question({"revenue", "orders"}, {"weekday"})},
           {"Channels", "", Chart::Pie,
            ranking({"revenue", "orders", "average_order_value"}, {"channel"})},
           {"Payment methods", "", Chart::Pie,
            ranking({"revenue", "orders", "average_order_value"}, {"payment_method"})},
           {"Category by channel", "", Chart::Table,
            ranking({"revenue", "units"}, {"category", "channel"})}}};
}

Report customer() {
  return {"customer",
          "Customer report",
          "Who the customers are, what they spend and how many have left",
          {{"Segments", "All customers, whenever they bought", Chart::Bar,
            ranking({"customer_count", "churn_rate", "average_age"}, {"segment"})},
           {"Spend by age", "", Chart::Bar, question({"revenue", "customers"}, {"age_band"})},
           {"Spend by gender", "", Chart::Pie, ranking({"revenue", "customers"}, {"gender"})},
           {"Countries", "", Chart::Table,
            ranking({"revenue", "customers", "average_order_value"}, {"country"})},
           {"Best customers", "The 25 with the highest revenue", Chart::Table,
            ranking({"revenue", "orders", "average_order_value"}, {"customer"}, 25)}}};
}

Report product() {
  return {"product",
          "Product report",
          "Which products and categories sell",
          {{"Categories", "", Chart::Bar, ranking({"revenue", "units", "orders"}, {"category"})},
           {"Products", "The 50 with the highest revenue", Chart::Table,
            ranking({"revenue", "units", "orders"}, {"product"}, 50)},
           {"Categories by month", "", Chart::Table,
            question({"revenue", "units"}, {"month", "category"})}}};
}

Report marketing() {
  return {
      "marketing",
      "Marketing report",
      "Where visits come from and what becomes of them",
      {{"Traffic sources", "", Chart::Bar,
        ranking({"sessions", "conversion_rate", "page_views"}, {"traffic_source"})},
       {"Devices", "", Chart::Pie, ranking({"sessions", "conversion_rate"}, {"device"})},
       {"Visits by month", "", Chart::Line, question({"sessions", "conversion_rate"}, {"month"})},
       {"Revenue by channel and segment", "", Chart::Table,
        ranking({"revenue", "customers"}, {"channel", "segment"})}}};
}

bool knows(const model::Model& model, const query::Query& query) {
  const auto has_metric = [&](const auto& name) { return model.find_metric(name) != nullptr; };
  const auto has_dimension = [&](const auto& name) {
    return model.find_dimension(name) != nullptr;
  };
  return std::ranges::all_of(query.metrics, has_metric) &&
         std::ranges::all_of(query.by, has_dimension);
}

// The first metric of an answer, as numbers, and what it adds up to.
struct Leading {
  const query::Field* field;
  std::vector<double> values;
  double total;
};

std::optional<Leading> leading_metric(const query::Answer& answer) {
  const auto field = std::ranges::find(answer.fields, query::Role::Metric, &query::Field::role);
  if (field == answer.fields.end() || !answer.totals) return std::nullopt;
  auto values = answer.table[field->name].to_doubles();
  const auto total = (*answer.totals)[field->name].to_doubles();
  if (!values || !total || !(total->front() > 0)) return std::nullopt;
  return Leading{&*field, std::move(values).value(), total->front()};
}

}  // namespace

std::string_view name_of(Chart chart) noexcept {
  return kChartNames[static_cast<std::size_t>(chart)];
}

const std::vector<Report>& prepared_reports() {
  static const std::vector<Report> reports = {executive(), sales(), customer(), product(),
                                              marketing()};
  return reports;
}

Result<const Report*> find_report(std::string_view name) {
  Names known;
  for (const Report& report : prepared_reports()) {
    if (report.name == name) return &report;
    known.push_back(report.name);
  }
  return fail(Errc::NotFound, unknown_name_message("report", name, known));
}

std::vector<Section> sections_for(const Report& report, const model::Model& model) {
  std::vector<Section> sections;
  std::ranges::copy_if(report.sections, std::back_inserter(sections),
                       [&model](const Section& section) { return knows(model, section.query); });
  return sections;
}

std::string sentence_of(const Section& section, const query::Answer& answer) {
  const bool is_ranking = section.query.by.size() == 1 && !section.query.sort.empty();
  if (!is_ranking || answer.table.num_rows() == 0) return {};
  const auto leading = leading_metric(answer);
  if (!leading || std::isnan(leading->values.front())) return {};
  const std::string first = answer.table.columns().front().text_at(0);
  return fmt::format(
      "{}: {} leads with {:.0f} % of {}", section.title, first.empty() ? "(none)" : first,
      100 * leading->values.front() / leading->total, lowered(leading->field->label));
}

}  // namespace cip::report
