// What people say of what they bought.
#include <array>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"
#include "sample/tables.h"

namespace cip::sample {
namespace {

constexpr std::array<double, 5> kStarEnds = {0.10, 0.20, 0.32, 0.60, 1.0};  // 1 to 5, cumulated.
constexpr double kContrary = 0.10;  // So many reviews say the opposite of their stars.

constexpr std::array<std::string_view, 12> kPraise = {
    "Excellent quality, I love it.",         "Arrived quickly and works perfectly.",
    "Great value, would buy it again.",      "My daughter is delighted with it.",
    "Exactly as described, very happy.",     "Beautiful and sturdy, highly recommended.",
    "Tr\u00e8s bien, je le recommande.",     "Sehr sch\u00f6n, gerne wieder!",
    "The service was friendly and helpful.", "Better than I expected.",
    "It makes every day a little easier.",   "A lovely present, well packed."};

constexpr std::array<std::string_view, 12> kComplaints = {
    "Broke after a week, very disappointed.",
    "Poor quality, not worth the money.",
    "It arrived late and damaged.",
    "Customer service never answered.",
    "The colour is wrong and the size too.",
    "I want a refund, terrible experience.",
    "Tr\u00e8s d\u00e9cevant, \u00e0 \u00e9viter.",
    "Leider kaputt, nie wieder!",
    "Cheap material, it smells awful.",
    "Does not work, waste of money.",
    "The instructions are useless.",
    "Returned it, the second one was faulty as well."};

constexpr std::array<std::string_view, 8> kRemarks = {"I bought it for the kitchen.",
                                                      "It came in a large box.",
                                                      "Ordered two of them in March.",
                                                      "The colour is blue.",
                                                      "It is my second one.",
                                                      "My neighbour has the same.",
                                                      "I use it at work.",
                                                      "It was a present."};

template <std::size_t kSize>
std::string_view pick(const std::array<std::string_view, kSize>& from, Random& random) {
  return from[random.below(kSize)];
}

std::size_t draw_stars(Random& random) {
  const double drawn = random.uniform();
  std::size_t at = 0;
  while (at + 1 < kStarEnds.size() && drawn >= kStarEnds[at]) ++at;
  return at + 1;
}

// Two or three sentences, in any order: most of them go with the stars. Three stars praise and
// complain in one.
void write_text(std::size_t stars, Random& random, std::string& text) {
  const bool is_contrary = random.uniform() < kContrary;
  const auto opinion = [&](std::size_t sentence) {
    const bool is_liked = stars == 3 ? sentence == 0 : (stars > 3) != is_contrary;
    return is_liked ? pick(kPraise, random) : pick(kComplaints, random);
  };
  text = opinion(0);
  if (random.uniform() < 0.7) text += fmt::format(" {}", pick(kRemarks, random));
  if (stars == 3 || random.uniform() < 0.5) text += fmt::format(" {}", opinion(1));
}

}  // namespace

Result<void> write_reviews(const FactSource& source, RecordFile& file, Progress& progress) {
  const std::uint64_t total = source.spec->num_reviews;
  Random random(hash64("reviews", source.spec->seed));
  Schedule schedule(source.demand, total);
  TimestampText timestamp(first_day_of(*source.spec));
  Record record;
  std::string text;
  for (std::uint64_t num_done = 0; num_done < total; ++num_done) {
    const Schedule::Moment moment = schedule.moment_of(num_done, random.uniform());
    const std::size_t stars = draw_stars(random);
    write_text(stars, random, text);
    record.clear();
    record.add_integer(num_done + 1);
    record.add_integer(source.population->draw(moment.day, random) + 1);
    record.add_integer(1 + random.below(products().size()));
    record.add_text(timestamp.of(moment.day, moment.second));
    record.add_integer(stars);
    record.add_text(text);
    CIP_TRY(file.add(record));
    if (num_done % kRecordsPerReport == 0) progress.report("reviews", num_done, total);
  }
  progress.finish("reviews");
  return {};
}

}  // namespace cip::sample
