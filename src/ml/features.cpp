#include "ml/features.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "base/json.h"
#include "base/text.h"

namespace cip::ml {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double code_of(std::span<const std::string> categories, std::string_view text) {
  const auto found = std::ranges::lower_bound(categories, text);
  if (found == categories.end() || *found != text) return kMissing;
  return static_cast<double>(found - categories.begin());
}

// Ties between equally frequent categories fall to the one that comes first in the alphabet, so
// that the order of the rows does not matter.
std::vector<std::string> frequent_texts(const frame::Column& column) {
  std::map<std::string, std::size_t> counts;
  for (std::size_t row = 0; row < column.num_rows(); ++row) {
    if (column.has(row)) ++counts[column.text_at(row)];
  }
  std::vector<std::pair<std::size_t, std::string>> ordered;
  ordered.reserve(counts.size());
  for (auto& [text, count] : counts) ordered.emplace_back(count, text);
  std::ranges::stable_sort(ordered, std::ranges::greater{},
                           [](const auto& at) { return at.first; });
  ordered.resize(std::min(ordered.size(), kMaxCategories));

  std::vector<std::string> texts;
  texts.reserve(ordered.size());
  for (auto& [count, text] : ordered) texts.push_back(std::move(text));
  std::ranges::sort(texts);
  return texts;
}

Result<const frame::Column*> find_column(const frame::Table& table, const FeatureSpec& spec) {
  const frame::Column* column = table.find(spec.name);
  if (column != nullptr) return column;
  std::vector<std::string> names;
  for (const frame::Column& known : table.columns()) names.push_back(known.name());
  return fail(Errc::InvalidArgument, unknown_name_message("feature", spec.name, names));
}

Result<std::vector<double>> read_numbers(const frame::Column& column) {
  if (column.type() == Type::Text) {
    return fail(
        Errc::InvalidArgument,
        fmt::format("feature '{}' should be a number, its column holds text", column.name()));
  }
  return column.to_doubles();
}

std::vector<double> read_codes(const frame::Column& column,
                               std::span<const std::string> categories) {
  std::vector<double> codes(column.num_rows(), kMissing);
  for (std::size_t row = 0; row < column.num_rows(); ++row) {
    if (column.has(row)) codes[row] = code_of(categories, column.text_at(row));
  }
  return codes;
}

Result<double> encode_number(const Feature& feature, const Json& value) {
  if (value.is_null()) return kMissing;
  if (value.is_bool()) return value.as_bool() ? 1.0 : 0.0;
  if (value.is_number()) {
    const auto number = value.to_number<double>();
    if (std::isfinite(number)) return number;
  }
  return fail(Errc::InvalidArgument,
              fmt::format("feature '{}' should be a number or null, found {}", feature.spec.name,
                          to_text(value)));
}

Result<double> encode_category(const Feature& feature, const Json& value) {
  if (value.is_null()) return kMissing;
  if (const auto* text = value.if_string()) {
    return code_of(feature.categories, std::string_view(text->data(), text->size()));
  }
  // Categories of a column of another type, such as booleans, travel as the text they print as.
  if (value.is_primitive()) return code_of(feature.categories, to_text(value));
  return fail(Errc::InvalidArgument, fmt::format("feature '{}' should be a text or null, found {}",
                                                 feature.spec.name, to_text(value)));
}

double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

std::vector<double> present_sorted(std::span<const double> values) {
  std::vector<double> present;
  std::ranges::copy_if(values, std::back_inserter(present),
                       [](double value) { return !std::isnan(value); });
  std::ranges::sort(present);
  return present;
}

void fill_histogram(std::span<const double> sorted, FeatureProfile& profile) {
  const double low = sorted.front();
  // One value only still gets a histogram with width, around it to the right.
  const double high = sorted.back() > low ? sorted.back() : low + 1;
  profile.edges.resize(kNumHistogramBins + 1);
  for (std::size_t edge = 0; edge <= kNumHistogramBins; ++edge) {
    profile.edges[edge] =
        std::lerp(low, high, static_cast<double>(edge) / static_cast<double>(kNumHistogramBins));
  }
  profile.counts.assign(kNumHistogramBins, 0);
  std::size_t bin = 0;
  for (const double value : sorted) {
    while (bin + 1 < kNumHistogramBins && value >= profile.edges[bin + 1]) ++bin;
    ++profile.counts[bin];
  }
}

void profile_numbers(std::span<const double> sorted, FeatureProfile& profile) {
  profile.min = sorted.front();
  profile.max = sorted.back();
  double sum = 0;
  for (const double value : sorted) sum += value;
  profile.mean = sum / static_cast<double>(sorted.size());
  profile.median = quantile(sorted, 0.5);
  profile.p2 = quantile(sorted, 0.02);
  profile.p98 = quantile(sorted, 0.98);
  fill_histogram(sorted, profile);
}

void profile_categories(const Feature& feature, std::span<const double> sorted,
                        FeatureProfile& profile) {
  std::vector<std::size_t> counts(feature.categories.size(), 0);
  for (const double code : sorted) ++counts[static_cast<std::size_t>(code)];
  const auto num_rows = static_cast<double>(profile.num_missing + sorted.size());
  for (std::size_t code = 0; code < counts.size(); ++code) {
    profile.shares.push_back(
        {feature.categories[code], static_cast<double>(counts[code]) / num_rows});
  }
}

}  // namespace

std::string_view name_of(FeatureKind kind) noexcept {
  return kind == FeatureKind::Number ? "number" : "category";
}

FeatureSet FeatureSet::with_features(std::span<const std::size_t> kept) const {
  FeatureSet chosen;
  for (const std::size_t at : kept) chosen.features.push_back(features[at]);
  chosen.values = values.with_columns(kept);
  return chosen;
}

Result<FeatureSet> read_features(const frame::Table& table, std::span<const FeatureSpec> specs) {
  FeatureSet set;
  set.values = Matrix(table.num_rows(), specs.size());
  for (std::size_t at = 0; at < specs.size(); ++at) {
    CIP_TRY_ASSIGN(const frame::Column* column, find_column(table, specs[at]));
    Feature feature{specs[at], {}};
    std::vector<double> cells;
    if (feature.spec.kind == FeatureKind::Category) {
      feature.categories = frequent_texts(*column);
      cells = read_codes(*column, feature.categories);
    } else {
      CIP_TRY_ASSIGN(cells, read_numbers(*column));
    }
    for (std::size_t row = 0; row < cells.size(); ++row) set.values.at(row, at) = cells[row];
    set.features.push_back(std::move(feature));
  }
  return set;
}

JsonObject form_values(const frame::Table& table, std::size_t row,
                       std::span<const Feature> features) {
  JsonObject values;
  for (const Feature& feature : features) {
    const frame::Column* column = table.find(feature.spec.name);
    if (column != nullptr) values[feature.spec.name] = column->json_at(row);
  }
  return values;
}

Result<std::vector<double>> encode_row(std::span<const Feature> features,
                                       const JsonObject& values) {
  std::vector<double> row(features.size(), kMissing);
  for (const auto& [key, value] : values) {
    const std::string_view name(key.data(), key.size());
    const auto found =
        std::ranges::find(features, name, [](const Feature& at) { return at.spec.name; });
    if (found == features.end()) {
      std::vector<std::string> names;
      for (const Feature& feature : features) names.push_back(feature.spec.name);
      return fail(Errc::InvalidArgument, unknown_name_message("feature", name, names));
    }
    const bool is_number = found->spec.kind == FeatureKind::Number;
    CIP_TRY_ASSIGN(row[static_cast<std::size_t>(found - features.begin())],
                   is_number ? encode_number(*found, value) : encode_category(*found, value));
  }
  return row;
}

Json decoded(const Feature& feature, double value) {
  if (std::isnan(value)) return nullptr;
  if (feature.spec.kind == FeatureKind::Number) return value;
  return Json(feature.categories[static_cast<std::size_t>(value)]);
}

FeatureProfile profile_of(const Feature& feature, std::span<const double> values) {
  FeatureProfile profile;
  const std::vector<double> sorted = present_sorted(values);
  profile.num_missing = values.size() - sorted.size();
  if (sorted.empty()) return profile;
  if (feature.spec.kind == FeatureKind::Number) {
    profile_numbers(sorted, profile);
  } else {
    profile_categories(feature, sorted, profile);
  }
  return profile;
}

}  // namespace cip::ml
