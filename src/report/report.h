// report/report.h: the prepared reports: which questions each one asks, in which order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "query/answer.h"
#include "query/query.h"

namespace cip::report {

enum class Chart { Line, Bar, Pie, Table };

[[nodiscard]] std::string_view name_of(Chart chart) noexcept;  // "line", "bar", "pie", "table"

struct Section {
  std::string title;
  std::string note;
  Chart chart = Chart::Table;
  query::Query query;  // Without a period: that is the reader's choice.
};

struct Report {
  std::string name;
  std::string title;
  std::string description;
  std::vector<Section> sections;
};

/// The five reports every workspace has: executive, sales, customer, product, marketing.
[[nodiscard]] const std::vector<Report>& prepared_reports();

/// Errors:  NotFound  with the names there are
Result<const Report*> find_report(std::string_view name);

/// The sections whose metrics and dimensions this model knows.
[[nodiscard]] std::vector<Section> sections_for(const Report& report, const model::Model& model);

/// What a section found, in a sentence a leader could repeat; empty if it found nothing.
[[nodiscard]] std::string sentence_of(const Section& section, const query::Answer& answer);

}  // namespace cip::report
