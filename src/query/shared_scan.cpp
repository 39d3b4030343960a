#include "query/shared_scan.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>

#include "base/number.h"
#include "base/text.h"

namespace cip::query {
namespace {

// With more, the groups of the whole no longer fit in the second cache.
constexpr std::size_t kMostCombinations = std::size_t{1} << 14U;

bool is_same(const Measure& left, const Measure& right) {
  return left.aggregate == right.aggregate && left.column == right.column &&
         left.where == right.where && left.quantile == right.quantile &&
         left.is_null_zero == right.is_null_zero;
}

// What plans must have in common.
std::optional<std::string> kind_of(const Plan& plan) {
  if (plan.bases.size() != 1) return std::nullopt;
  const bool is_filtered_measure = std::ranges::any_of(
      plan.measures, [](const Measure& measure) { return !measure.where.empty(); });
  if (is_filtered_measure) return std::nullopt;
  return fmt::format("{}|{}|{}|{}|{}", plan.bases.front().table, plan.from.value_or(-1'000'000),
                     plan.to.value_or(-1'000'000), plan.zone, plan.rows_text);
}

// The rows of a plan without what it asks about them.
Plan rows_of(const Plan& plan) {
  Plan bare = plan;
  bare.by.clear();
  bare.measures.clear();
  bare.metrics.clear();
  bare.groups = {};
  bare.bases.front().measures.clear();
  return bare;
}

// The place of a measure in a plan, which asks for it from now on.
std::size_t place_of(const Measure& measure, Plan& plan) {
  const auto found = std::ranges::find_if(
      plan.measures, [&measure](const Measure& each) { return is_same(each, measure); });
  const auto place = static_cast<std::size_t>(found - plan.measures.begin());
  if (found == plan.measures.end()) {
    plan.bases.front().measures.push_back(place);
    plan.measures.push_back(measure);
  }
  return place;
}

Measure part_of(const Measure& average, model::Aggregate aggregate, const PackedColumn& column) {
  Measure part = average;
  part.aggregate = aggregate;
  const bool is_decimal = aggregate == model::Aggregate::Sum && column.type == Type::Decimal;
  part.type = is_decimal ? Type::Decimal : Type::Integer;
  part.scale = is_decimal ? column.scale : 0;
  return part;
}

// Where a measure of a plan comes from.
struct Origin {
  bool is_of_whole = false;     // Added up from the whole; else from the plan's own groups.
  std::size_t measure = 0;      // Its place there; of an average, that of the sum.
  std::size_t num_measure = 0;  // Of an average, that of the number of rows.
};

struct Member {
  const Plan* plan = nullptr;
  bool is_in_whole = false;
  std::optional<std::size_t> own;  // Its place among the plans of groups of their own.
  std::vector<Origin> origins;     // Per measure.
};

// Groups of the whole, gathered into those of a plan.
struct Places {
  Groups groups;
  std::vector<std::uint32_t> target;  // Per group of the whole.
};

Result<void> add_up(model::Aggregate aggregate, const MeasureValues& parts,
                    const std::vector<std::uint32_t>& target, MeasureValues& made) {
  for (std::size_t at = 0; at < target.size(); ++at) {
    if (parts.has[at] == 0) continue;
    std::int64_t& into = made.wholes[target[at]];
    const bool is_first = made.has[target[at]] == 0;
    made.has[target[at]] = 1;
    const std::int64_t part = parts.wholes[at];
    if (aggregate == model::Aggregate::Min) {
      into = is_first ? part : std::min(into, part);
    } else if (aggregate == model::Aggregate::Max) {
      into = is_first ? part : std::max(into, part);
    } else if (__builtin_add_overflow(into, part, &into)) {
      return fail(Errc::LimitExceeded, "a sum does not fit in 64 bits; ask for smaller groups");
    }
  }
  return {};
}

// Plans over the same rows: what adds up from parts is asked once, by all dimensions together; the
// rest by the dimensions of each plan.
class Together {
 public:
  Together(const Plan& first, const Dataset& dataset) : dataset_(dataset), whole_(rows_of(first)) {}

  Result<void> take(const Plan& plan) {
    Member member{&plan, false, {}, {}};
    CIP_TRY_ASSIGN(const bool has_room, make_room(plan));
    for (const Measure& measure : plan.measures) {
      const bool is_shared = has_room && adds_up(measure);
      member.is_in_whole = member.is_in_whole || is_shared;
      member.origins.push_back(is_shared
                                   ? origin_in_whole(measure)
                                   : Origin{false, place_of(measure, own_of(plan, member)), 0});
    }
    if (plan.measures.empty()) static_cast<void>(own_of(plan, member));
    members_.push_back(std::move(member));
    return {};
  }

  // That of the whole comes first, whether it is needed or not: it is then of one group.
  [[nodiscard]] std::vector<ScanJob> jobs() const {
    std::vector<ScanJob> jobs = {{&whole_, &whole_.bases.front()}};
    for (const Plan& own : own_) jobs.push_back({&own, &own.bases.front()});
    return jobs;
  }

  // The groups of the member in the order they were taken.
  Result<Groups> groups_of(std::size_t at, const std::vector<Groups>& found) const {
    const Member& member = members_[at];
    Places places;
    if (member.is_in_whole) {
      places = gathered(found.front(), *member.plan);
    } else {
      places.groups = found[1 + *member.own];
      places.groups.measures.clear();
    }
    for (std::size_t measure = 0; measure < member.origins.size(); ++measure) {
      const Origin& origin = member.origins[measure];
      if (!origin.is_of_whole) {
        places.groups.measures.push_back(found[1 + *member.own].measures[origin.measure]);
        continue;
      }
      CIP_TRY_ASSIGN(MeasureValues values,
                     from_whole(member.plan->measures[measure], origin, found.front(), places));
      places.groups.measures.push_back(std::move(values));
    }
    return std::move(places.groups);
  }

 private:
  // The last bits of doubles depend on the order in which they are added up.
  [[nodiscard]] bool adds_up(const Measure& measure) const {
    switch (measure.aggregate) {
      case model::Aggregate::Count:
        return true;
      case model::Aggregate::Average:
      case model::Aggregate::Sum:
      case model::Aggregate::Min:
      case model::Aggregate::Max:
        return column_of(measure)->type != Type::Number;
      case model::Aggregate::Distinct:
      case model::Aggregate::Quantile:
        break;
    }
    return false;
  }

  [[nodiscard]] const PackedColumn* column_of(const Measure& measure) const {
    return dataset_.tables().find(measure.column.table)->second.find(measure.column.column);
  }

  Origin origin_in_whole(const Measure& measure) {
    if (measure.aggregate != model::Aggregate::Average) {
      return {true, place_of(measure, whole_), 0};
    }
    const PackedColumn& column = *column_of(measure);
    const Measure sum = part_of(measure, model::Aggregate::Sum, column);
    const Measure num_rows = part_of(measure, model::Aggregate::Count, column);
    return {true, place_of(sum, whole_), place_of(num_rows, whole_)};
  }

  // The plan of the groups of its own, that of an earlier member with the same dimensions if there
  // is one.
  Plan& own_of(const Plan& plan, Member& member) {
    if (!member.own) {
      std::string key;
      for (const PlannedDimension& planned : plan.by) key += planned.field.name + "|";
      const auto [found, is_new] = own_by_dimensions_.try_emplace(key, own_.size());
      if (is_new) {
        own_.push_back(rows_of(plan));
        own_.back().by = plan.by;
      }
      member.own = found->second;
    }
    return own_[*member.own];
  }

  // Adds the dimensions of a plan to the whole; false if they have too many combinations.
  Result<bool> make_room(const Plan& plan) {
    std::vector<PlannedDimension> more;
    std::size_t num_keys = num_keys_;
    if (std::ranges::none_of(plan.measures, [this](const Measure& of) { return adds_up(of); })) {
      return false;
    }
    for (const PlannedDimension& planned : plan.by) {
      if (place_in_whole(planned) != whole_.by.size()) continue;
      CIP_TRY_ASSIGN(const auto codes, dataset_.codes(plan.bases.front().table, planned.dimension));
      num_keys *= codes->num_codes();
      if (num_keys > kMostCombinations) return false;
      more.push_back(planned);
    }
    num_keys_ = num_keys;
    whole_.by.insert(whole_.by.end(), more.begin(), more.end());
    return true;
  }

  [[nodiscard]] std::size_t place_in_whole(const PlannedDimension& planned) const {
    const auto found = std::ranges::find_if(whole_.by, [&planned](const PlannedDimension& each) {
      return each.field.name == planned.field.name;
    });
    return static_cast<std::size_t>(found - whole_.by.begin());
  }

  [[nodiscard]] Places gathered(const Groups& whole, const Plan& plan) const {
    std::vector<std::size_t> dimensions;
    for (const PlannedDimension& planned : plan.by) dimensions.push_back(place_in_whole(planned));
    std::map<std::vector<std::uint32_t>, std::uint32_t> places;
    if (plan.by.empty()) places.emplace(std::vector<std::uint32_t>{}, 0);
    std::vector<std::vector<std::uint32_t>> keys(whole.num_groups);
    for (std::size_t at = 0; at < whole.num_groups; ++at) {
      for (const std::size_t of : dimensions) keys[at].push_back(whole.codes[of][at]);
      places.emplace(keys[at], 0);
    }
    std::uint32_t next = 0;
    for (auto& [key, place] : places) place = next++;

    Places made;
    made.groups.num_groups = places.size();
    made.groups.rows_read = whole.rows_read;
    made.groups.rows_matched = whole.rows_matched;
    made.groups.codes.resize(plan.by.size());
    for (const auto& [key, place] : places) {
      for (std::size_t of = 0; of < key.size(); ++of) made.groups.codes[of].push_back(key[of]);
    }
    for (const std::size_t of : dimensions) made.groups.values.push_back(whole.values[of]);
    for (const auto& key : keys) made.target.push_back(places.at(key));
    return made;
  }

  [[nodiscard]] Result<MeasureValues> from_whole(const Measure& measure, const Origin& origin,
                                                 const Groups& whole, const Places& places) const {
    const bool is_average = measure.aggregate == model::Aggregate::Average;
    MeasureValues made;
    made.resize(places.groups.num_groups);
    if (measure.aggregate == model::Aggregate::Count) std::ranges::fill(made.has, std::uint8_t{1});
    CIP_TRY(add_up(is_average ? model::Aggregate::Sum : measure.aggregate,
                   whole.measures[origin.measure], places.target, made));
    if (!is_average) return made;

    MeasureValues num_rows;
    num_rows.resize(places.groups.num_groups);
    CIP_TRY(add_up(model::Aggregate::Count, whole.measures[origin.num_measure], places.target,
                   num_rows));
    const int scale = column_of(measure)->scale;
    MeasureValues average;
    average.is_whole = false;
    average.resize(places.groups.num_groups);
    for (std::size_t at = 0; at < made.wholes.size(); ++at) {
      if (made.has[at] == 0 || num_rows.wholes[at] == 0) continue;
      average.has[at] = 1;
      average.numbers[at] =
          from_decimal(made.wholes[at], scale) / static_cast<double>(num_rows.wholes[at]);
    }
    return average;
  }

  const Dataset& dataset_;
  Plan whole_;
  std::size_t num_keys_ = 1;
  std::deque<Plan> own_;  // Jobs refer to them.
  std::map<std::string, std::size_t> own_by_dimensions_;
  std::vector<Member> members_;
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
    if (members.size() < 2) continue;
    Together together(*plans[members.front()], dataset);
    for (const std::size_t at : members) CIP_TRY(together.take(*plans[at]));
    CIP_TRY_ASSIGN(const std::vector<Groups> groups, scan(together.jobs(), dataset, options));
    for (std::size_t at = 0; at < members.size(); ++at) {
      CIP_TRY_ASSIGN(found[members[at]], together.groups_of(at, groups));
    }
  }
  return found;
}

}  // namespace cip::query
