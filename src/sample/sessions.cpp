// What people look at: visits to the shop's pages.
#include <array>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"
#include "sample/tables.h"

namespace cip::sample {
namespace {

// Mobile, Desktop, Tablet, cumulated; the young ones first.
constexpr std::array<std::array<double, 2>, 2> kDeviceEnds = {{{0.70, 0.94}, {0.38, 0.84}}};
constexpr std::array<double, 5> kSourceEnds = {0.34, 0.56, 0.72, 0.86, 0.93};
constexpr std::array<double, 3> kConversion = {0.16, 0.08, 0.04};  // By segment.

template <std::size_t kSize>
std::size_t pick(const std::array<double, kSize>& ends, Random& random) noexcept {
  const double drawn = random.uniform();
  std::size_t at = 0;
  while (at < kSize && drawn >= ends[at]) ++at;
  return at;
}

// Those who buy in the store or by phone seldom come to the pages.
std::size_t draw_visitor(const Population& population, int day, Random& random) noexcept {
  for (;;) {
    const std::size_t at = population.draw(day, random);
    const std::uint8_t channel = population.member(at).channel;
    if (channel == kOnline || channel == kMobileApp || random.uniform() < 0.35) return at;
  }
}

void fill_visit(const Population::Member& member, Random& random, Record& record) {
  // A third look at one page and go; the others turn pages with an even chance to go on.
  const bool bounces = random.uniform() < 0.33;
  const double depth = -std::log(1 - random.uniform());
  const auto num_pages = bounces ? 1U : 2U + static_cast<std::uint64_t>(depth * 4.5);
  const double seconds_per_page = 12 + 50 * random.uniform();
  const auto duration =
      static_cast<std::uint64_t>(static_cast<double>(num_pages) * seconds_per_page);
  const std::size_t device = pick(kDeviceEnds[member.is_young ? 0 : 1], random);
  const std::size_t source = pick(kSourceEnds, random);
  const double interest = std::fmin(static_cast<double>(num_pages) / 5.0, 2.5);
  const bool is_converted = random.uniform() < kConversion[member.segment] * interest;

  record.add_integer(num_pages);
  record.add_integer(duration);
  record.add_text(kDevices[device]);
  record.add_text(random.uniform() < 0.02 ? "" : kTrafficSources[source]);
  record.add_text(is_converted ? "true" : "false");
}

}  // namespace

Result<void> write_sessions(const FactSource& source, RecordFile& file, Progress& progress) {
  const std::uint64_t total = source.spec->num_sessions;
  Random random(hash64("sessions", source.spec->seed));
  Schedule schedule(source.demand, total);
  TimestampText timestamp(first_day_of(*source.spec));
  Record record;
  std::string session_id;
  for (std::uint64_t num_done = 0; num_done < total; ++num_done) {
    const Schedule::Moment moment = schedule.moment_of(num_done, random.uniform());
    const std::size_t at = draw_visitor(*source.population, moment.day, random);
    session_id.clear();
    fmt::format_to(std::back_inserter(session_id), "S{:08}", num_done + 1);
    record.clear();
    record.add_text(session_id);
    record.add_integer(at + 1);
    record.add_text(timestamp.of(moment.day, moment.second));
    fill_visit(source.population->member(at), random, record);
    CIP_TRY(file.add(record));
    if (num_done % kRecordsPerReport == 0) progress.report("sessions", num_done, total);
  }
  progress.finish("sessions");
  return {};
}

}  // namespace cip::sample
