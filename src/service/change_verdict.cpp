#include "service/change_verdict.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "service/analysis_data.h"

namespace cip::service {
namespace {

constexpr std::size_t kFewestChanges = 4;  // Of earlier periods, before they count as history.

}  // namespace

Verdict verdict_on(std::span<const stats::CustomerFlow> flows, std::vector<double> history,
                   std::int64_t change) {
  Verdict verdict;
  std::vector<double> differences;
  std::size_t num_before = 0;
  std::size_t num_after = 0;
  for (const stats::CustomerFlow& flow : flows) {
    differences.push_back(static_cast<double>(flow.after - flow.before));
    num_before += flow.was_active ? 1 : 0;
    num_after += flow.is_active ? 1 : 0;
  }
  verdict.chance = stats::chance_of(differences);
  double squares = 0;
  for (const double one : history) squares += one * one;
  const bool has_history = history.size() >= kFewestChanges;
  if (!history.empty()) {
    verdict.usual_change = std::sqrt(squares / static_cast<double>(history.size()));
  }
  verdict.history = std::move(history);
  verdict.is_small = std::min(num_before, num_after) < kFewCustomers;
  const bool is_chance = verdict.chance.p > kSignificant;
  const bool is_usual =
      has_history && std::abs(static_cast<double>(change)) <= 2 * verdict.usual_change;
  verdict.is_normal = is_chance || is_usual;
  if (verdict.is_small) {
    verdict.text = fmt::format("few customers ({} before, {} after): read it with care", num_before,
                               num_after);
  } else if (is_chance) {
    verdict.text = "within what the coming and going of single customers makes";
  } else if (is_usual) {
    verdict.text = "within what such periods usually differ by";
  } else {
    verdict.text = "more than single customers or the usual variation explain";
  }
  return verdict;
}

Json verdict_json(const Verdict& verdict, int scale) {
  const double factor = std::pow(10.0, scale);
  return JsonObject{
      {"is_small", verdict.is_small},
      {"is_normal", verdict.is_normal},
      {"z", json_number(verdict.chance.z)},
      {"p", json_number(verdict.chance.p)},
      {"standard_error", json_number(verdict.chance.standard_error / factor)},
      {"usual_change",
       verdict.history.empty() ? Json(nullptr) : json_number(verdict.usual_change / factor)},
      {"earlier_changes", verdict.history.size()},
      {"text", verdict.text}};
}

}  // namespace cip::service
