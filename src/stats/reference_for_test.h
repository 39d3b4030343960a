// stats/reference_for_test.h: what SciPy and statsmodels say; tests/reference made it.
#pragma once

#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/json.h"

namespace cip::stats {

inline const Json& statistics_reference() {
  static const Json loaded = [] {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const auto path = root / "tests" / "reference" / "statistics_reference.json";
    return parse_json(read_file(path).value()).value();
  }();
  return loaded;
}

inline double number_of(const Json& json) { return json.to_number<double>(); }

inline std::vector<double> numbers_of(const Json& json) {
  std::vector<double> numbers;
  for (const Json& number : json.as_array()) numbers.push_back(number_of(number));
  return numbers;
}

}  // namespace cip::stats
