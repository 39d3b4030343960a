#include "query/shared_scan.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/text.h"

namespace cip::query {
namespace {

// With more, the groups of the whole no longer fit in the second cache.
constexpr std::size_t kMostCombinations = std::size_t{1} << 14U;

bool adds_up(const Measure& measure) {
  switch (measure.aggregate) {
    case model::Aggregate::Count:
      return true;
    case model::Aggregate::Sum:
    case model::Aggregate::Min:
    case model::Aggregate::Max:
      return measure.type != Type::Number;  // The last bits of doubles depend on the order.
    case model::Aggregate::Distinct:
    case model::Aggregate::Average:
    case model::Aggregate::Quantile:
      break;
  }
  return false;
}

bool is_same(const Measure& left, const Measure& right) {
  return left.aggregate == right.aggregate && left.column == right.column &&
         left.where == right.where;
}

// What plans must have in common.
std::optional<std::string> kind_of(const Plan& plan) {
  if (plan.bases.size() != 1 || !std::ranges::all_of(plan.measures, adds_up)) return std::nullopt;
  const bool is_filtered_measure = std::ranges::any_of(
      plan.measures, [](const Measure& measure) { return !measure.where.empty(); });
  if (is_filtered_measure) return std::nullopt;
  return fmt::format("{}|{}|{}|{}|{}", plan.bases.front().table, plan.from.value_or(-1'000'000),
                     plan.to.value_or(-1'000'000), plan.zone, plan.rows_text);
}

// One question that asks for all that several plans ask for.
class Union {
 public:
  Union(const Plan& first, const Dataset& dataset) : dataset_(dataset), whole_(first) {
    whole_.by.clear();
    whole_.measures.clear();
    whole_.metrics.clear();
    whole_.groups = {};
    whole_.bases.front().measures.clear();
  }

  // Whether there is room for the dimensions of this plan too.
  Result<bool> take(const Plan& plan) {
    std::vector<PlannedDimension> more;
    std::size_t num_keys = num_keys_;
    for (const PlannedDimension& planned : plan.by) {
      if (place_of(planned) != whole_.by.size()) continue;
      CIP_TRY_ASSIGN(const auto codes, dataset_.codes(plan.bases.front().table, planned.dimension));
      num_keys *= codes->num_codes();
      if (num_keys > kMostCombinations) return false;
      more.push_back(planned);
    }
    num_keys_ = num_keys;
    whole_.by.insert(whole_.by.end(), more.begin(), more.end());
    for (const Measure& measure : plan.measures) {
      if (measure_of(measure) != whole_.measures.size()) continue;
      whole_.bases.front().measures.push_back(whole_.measures.size());
      whole_.measures.push_back(measure);
    }
    return true;
  }

  [[nodiscard]] const Plan& whole() const noexcept { return whole_; }

  // The groups of one plan out of those of the whole.
  Result<Groups> part_of(const Groups& groups, const Plan& plan) const {
    const std::vector<std::size_t> dimensions = dimensions_of(plan);
    std::map<std::vector<std::uint32_t>, std::uint32_t> places;
    if (plan.by.empty()) places.emplace(std::vector<std::uint32_t>{}, 0);
    std::vector<std::vector<std::uint32_t>> keys(groups.num_groups);
    for (std::size_t at = 0; at < groups.num_groups; ++at) {
      for (const std::size_t of : dimensions) keys[at].push_back(groups.codes[of][at]);
      places.emplace(keys[at], 0);
    }
    std::uint32_t next = 0;
    for (auto& [key, place] : places) place = next++;

    Groups made;
    made.num_groups = places.size();
    made.rows_read = groups.rows_read;
    made.rows_matched = groups.rows_matched;
    made.codes.resize(plan.by.size());
    for (const auto& [key, place] : places) {
      for (std::size_t of = 0; of < key.size(); ++of) made.codes[of].push_back(key[of]);
    }
    for (const std::size_t of : dimensions) made.values.push_back(groups.values[of]);
    std::vector<std::uint32_t> target;
    target.reserve(keys.size());
    for (const auto& key : keys) target.push_back(places.at(key));
    for (const Measure& measure : plan.measures) {
      CIP_TRY_ASSIGN(MeasureValues values, added_up(measure, groups.measures[measure_of(measure)],
                                                    target, made.num_groups));
      made.measures.push_back(std::move(values));
    }
    return made;
  }

 private:
  [[nodiscard]] std::size_t place_of(const PlannedDimension& planned) const {
    const auto found = std::ranges::find_if(whole_.by, [&planned](const PlannedDimension& each) {
      return each.field.name == planned.field.name;
    });
    return static_cast<std::size_t>(found - whole_.by.begin());
  }

  [[nodiscard]] std::size_t measure_of(const Measure& measure) const {
    const auto found = std::ranges::find_if(
        whole_.measures, [&measure](const Measure& each) { return is_same(each, measure); });
    return static_cast<std::size_t>(found - whole_.measures.begin());
  }

  [[nodiscard]] std::vector<std::size_t> dimensions_of(const Plan& plan) const {
    std::vector<std::size_t> places;
    for (const PlannedDimension& planned : plan.by) places.push_back(place_of(planned));
    return places;
  }

  static Result<MeasureValues> added_up(const Measure& measure, const MeasureValues& parts,
                                        const std::vector<std::uint32_t>& target,
                                        std::size_t num_groups) {
    const bool is_count = measure.aggregate == model::Aggregate::Count;
    MeasureValues made;
    made.resize(num_groups);
    if (is_count) std::ranges::fill(made.has, std::uint8_t{1});
    for (std::size_t at = 0; at < target.size(); ++at) {
      if (parts.has[at] == 0) continue;
      std::int64_t& into = made.wholes[target[at]];
      const bool is_first = made.has[target[at]] == 0;
      made.has[target[at]] = 1;
      const std::int64_t part = parts.wholes[at];
      if (measure.aggregate == model::Aggregate::Min) {
        into = is_first ? part : std::min(into, part);
      } else if (measure.aggregate == model::Aggregate::Max) {
        into = is_first ? part : std::max(into, part);
      } else if (__builtin_add_overflow(into, part, &into)) {
        return fail(Errc::LimitExceeded, "a sum does not fit in 64 bits; ask for smaller groups");
      }
    }
    return made;
  }

  const Dataset& dataset_;
  Plan whole_;
  std::size_t num_keys_ = 1;
};

}  // namespace

Result<std::vector<std::optional<Groups>>> scan_together(const std::vector<const Plan*>& plans,
                                                         const Dataset& dataset,
                                                         const RunOptions& options) {
  std::vector<std::optional<Groups>> found(plans.size());
  std::map<std::string, std::vector<std::size_t>> kinds;
  for (std::size_t at = 0; at < plans.size(); ++at) {
    if (const auto kind = kind_of(*plans[at])) kinds[*kind].push_back(at);
  }
  for (const auto& [kind, members] : kinds) {
    Union together(*plans[members.front()], dataset);
    std::vector<std::size_t> taken;
    for (const std::size_t at : members) {
      CIP_TRY_ASSIGN(const bool has_room, together.take(*plans[at]));
      if (has_room) taken.push_back(at);
    }
    if (taken.size() < 2) continue;
    const Plan& whole = together.whole();
    CIP_TRY_ASSIGN(Groups groups, scan(whole, whole.bases.front(), dataset, options));
    for (const std::size_t at : taken) {
      CIP_TRY_ASSIGN(found[at], together.part_of(groups, *plans[at]));
    }
  }
  return found;
}

}  // namespace cip::query
