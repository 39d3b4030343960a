#include "sample/generate.h"

#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"
#include "sample/population.h"
#include "sample/record_file.h"
#include "sample/tables.h"
#include "sample/truth_file.h"

namespace cip::sample {
namespace {

constexpr std::uint64_t kMaxCustomers = 50'000'000;
constexpr std::uint64_t kMaxFacts = 10'000'000'000;
constexpr double kMaxFaultRate = 0.5;
constexpr std::size_t kNumAlways = 5;  // Files that are made however few records they hold.

Result<void> check_range(std::string_view what, std::uint64_t value, std::uint64_t lowest,
                         std::uint64_t highest) {
  if (value >= lowest && value <= highest) return {};
  return fail(Errc::InvalidArgument, fmt::format("the number of {} must be {} to {}, it is {}",
                                                 what, lowest, highest, value));
}

Result<void> check(const SampleSpec& spec) {
  CIP_TRY(check_range("customers", spec.num_customers, 1, kMaxCustomers));
  CIP_TRY(check_range("transactions", spec.num_transactions, 0, kMaxFacts));
  CIP_TRY(check_range("sessions", spec.num_sessions, 0, kMaxFacts));
  CIP_TRY(check_range("reviews", spec.num_reviews, 0, kMaxFacts));
  const bool is_rate = spec.fault_rate >= 0 && spec.fault_rate <= kMaxFaultRate;
  if (!is_rate) {
    return fail(Errc::InvalidArgument, fmt::format("the share of faults must be 0 to {}, it is {}",
                                                   kMaxFaultRate, spec.fault_rate));
  }
  // The text of a date has four digits for the year, also of the earliest sign-up.
  const int year = civil_date_of(spec.last_day).year;
  if (year < 1900 || year > 9999) {
    return fail(Errc::InvalidArgument,
                fmt::format("the last day must be in the years 1900 to 9999, it is in {}", year));
  }
  return {};
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (!code) return {};
  return fail(Errc::Unavailable,
              fmt::format("cannot make the folder '{}': {}", folder.string(), code.message()));
}

std::vector<double> demand_of(const SampleSpec& spec, const Population& population) {
  std::vector<double> weights(population.activity().begin(), population.activity().end());
  for (std::size_t day = 0; day < weights.size(); ++day) {
    weights[day] *= busyness_of(first_day_of(spec) + static_cast<Days>(day));
  }
  return weights;
}

// The files of one run: written one after the other, shown together at the end.
class Generation {
 public:
  Generation(const SampleSpec& spec, TruthFile truth, Progress& progress)
      : spec_(spec), truth_(std::move(truth)), progress_(progress) {}

  template <class Write>
  Result<void> make(const FaultPlan& plan, Write write) {
    CIP_TRY_ASSIGN(auto file, RecordFile::create(spec_.folder, plan, spec_.seed, truth_));
    CIP_TRY(write(file));
    CIP_TRY(file.finish());
    files_.push_back(std::move(file));
    return {};
  }

  Result<void> make_dimensions(std::span<const FaultPlan> plans) {
    CIP_TRY(make(plans[0], write_segments));
    CIP_TRY(make(plans[1], [this](RecordFile& file) {
      return write_customers(spec_, file, totals_, progress_);
    }));
    return make(plans[2], write_products);
  }

  Result<void> make_facts(std::span<const FaultPlan> plans) {
    const Population population(spec_.seed, spec_.num_customers);
    const std::vector<double> demand = demand_of(spec_, population);
    const FactSource source{&spec_, &population, demand};
    CIP_TRY(make(plans[3], [&](RecordFile& file) {
      return write_transactions(source, file, totals_, progress_);
    }));
    CIP_TRY(
        make(plans[4], [&](RecordFile& file) { return write_sessions(source, file, progress_); }));
    if (plans.size() == kNumAlways) return {};
    return make(plans[5], [&](RecordFile& file) { return write_reviews(source, file, progress_); });
  }

  Result<SampleFiles> publish() {
    CIP_TRY(truth_.finish(totals_));
    SampleFiles done{{}, truth_.path(), totals_};
    for (RecordFile& file : files_) {
      CIP_TRY(file.publish());
      const FaultPlan& plan = file.plan();
      const std::uint64_t num_duplicates = plan.num_duplicates();
      done.files.push_back({file.path(), std::string(plan.layout->table),
                            plan.num_valid + plan.num_faults, plan.num_valid, num_duplicates,
                            plan.num_faults - num_duplicates});
    }
    CIP_TRY(truth_.publish());
    return done;
  }

 private:
  const SampleSpec& spec_;
  TruthFile truth_;
  Progress& progress_;
  std::vector<RecordFile> files_;
  SampleTotals totals_;
};

}  // namespace

Result<SampleFiles> generate(const SampleSpec& spec, Progress& progress) {
  CIP_TRY(check(spec));
  CIP_TRY(make_folder(spec.folder));
  std::vector<FaultPlan> plans = {
      plan_of(segments_layout(), kSegments.size(), spec.fault_rate),
      plan_of(customers_layout(), spec.num_customers, spec.fault_rate),
      plan_of(products_layout(), products().size(), spec.fault_rate),
      plan_of(transactions_layout(), spec.num_transactions, spec.fault_rate),
      plan_of(sessions_layout(), spec.num_sessions, spec.fault_rate)};
  CIP_EXPECTS(plans.size() == kNumAlways);
  if (spec.num_reviews > 0) {
    plans.push_back(plan_of(reviews_layout(), spec.num_reviews, spec.fault_rate));
  }
  CIP_TRY_ASSIGN(auto truth, TruthFile::create(spec, plans));
  Generation generation(spec, std::move(truth), progress);
  CIP_TRY(generation.make_dimensions(plans));
  CIP_TRY(generation.make_facts(plans));
  return generation.publish();
}

}  // namespace cip::sample
