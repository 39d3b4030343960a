#include "stats/missing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "stats/numbers.h"

namespace cip::stats {
namespace {

constexpr double kMost = 0.60;
constexpr double kMany = 0.20;
constexpr double kSkewed = 1.0;
constexpr double kCommon = 0.5;

constexpr std::array<std::string_view, 7> kNames = {
    "none",          "fill_with_mean", "fill_with_median", "fill_with_mode", "mark_as_unknown",
    "keep_and_flag", "drop_column"};

struct Advice {
  Treatment treatment;
  std::string reason;
};

double skewness_of(std::span<const double> values, const Moments& moments) {
  if (moments.count < 3 || moments.standard_deviation == 0) return 0;
  double cubes = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    cubes += std::pow((value - moments.mean) / moments.standard_deviation, 3);
  }
  const auto count = static_cast<double>(moments.count);
  return cubes * count / ((count - 1) * (count - 2));
}

Advice advice_for_numbers(const frame::Column& column) {
  const std::vector<double> values = column.to_doubles().value();
  const auto moments = moments_of(values);
  // Some value is there: a column without any was dropped before this.
  if (!moments) return {Treatment::FillWithMedian, "the values are too large for a mean"};
  const double skewness = skewness_of(values, *moments);
  if (std::abs(skewness) > kSkewed) {
    return {Treatment::FillWithMedian,
            fmt::format("skewness {:.1f}: the mean would be pulled to one side", skewness)};
  }
  return {Treatment::FillWithMean, fmt::format("skewness {:.1f}: the values lie evenly", skewness)};
}

// How often each value of a text or yes/no column occurs, by its code.
std::vector<std::size_t> counts_by_code(const frame::Column& column) {
  std::vector<std::size_t> counts;
  const auto count = [&](const auto& codes, std::size_t num_codes) {
    counts.resize(num_codes);
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (column.has(row)) ++counts[codes[row]];
    }
  };
  if (column.type() == Type::Text) {
    const auto& texts = column.as<frame::Texts>();
    count(texts.values, texts.dictionary->size());
  } else {
    count(column.as<frame::Booleans>().values, 2);
  }
  return counts;
}

Advice advice_for_texts(const frame::Column& column) {
  const std::vector<std::size_t> counts = counts_by_code(column);
  const auto common = std::ranges::max_element(counts);
  const std::size_t most = common == counts.end() ? 0 : *common;
  const auto code = static_cast<std::size_t>(common - counts.begin());
  std::string mode;
  if (most != 0 && column.type() == Type::Text)
    mode = (*column.as<frame::Texts>().dictionary)[code];
  if (most != 0 && column.type() == Type::Boolean) mode = code == 1 ? "true" : "false";
  const auto present = static_cast<double>(column.num_rows() - column.num_nulls());
  const double share = static_cast<double>(most) / std::max(present, 1.0);
  if (share >= kCommon) {
    return {Treatment::FillWithMode,
            fmt::format("{:.0f} % of the rows that have a value say '{}'", 100 * share, mode)};
  }
  return {Treatment::MarkAsUnknown,
          fmt::format("no value stands out, the most common holds {:.0f} %", 100 * share)};
}

Advice advice_for(const frame::Column& column, double share) {
  if (column.num_nulls() == 0) return {Treatment::None, "every row has a value"};
  const std::string missing = fmt::format("{:.1f} % are missing", 100 * share);
  if (share > kMost) return {Treatment::DropColumn, missing + ": too few values to learn from"};
  if (share > kMany) {
    return {Treatment::KeepAndFlag, missing + ": a fill would invent much of the column"};
  }
  switch (column.type()) {
    case Type::Date:
    case Type::Datetime:
      return {Treatment::KeepAndFlag, missing + ": a made-up time would be taken for an event"};
    case Type::Text:
    case Type::Boolean:
      return advice_for_texts(column);
    case Type::Integer:
    case Type::Number:
    case Type::Decimal:
      return advice_for_numbers(column);
  }
  return advice_for_texts(column);
}

}  // namespace

std::string_view name_of(Treatment treatment) noexcept {
  return kNames[static_cast<std::size_t>(treatment)];
}

std::vector<MissingValues> missing_values(const frame::Table& table) {
  std::vector<MissingValues> report;
  for (const frame::Column& column : table.columns()) {
    const auto num_rows = static_cast<double>(column.num_rows());
    const double share =
        column.num_rows() == 0 ? 0 : static_cast<double>(column.num_nulls()) / num_rows;
    Advice advice = advice_for(column, share);
    report.push_back({column.name(), column.type(), column.num_nulls(), share, advice.treatment,
                      std::move(advice.reason)});
  }
  return report;
}

}  // namespace cip::stats
