#include "frame/column_sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "base/civil_time.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "frame/text_pattern.h"

namespace cip::frame {
namespace {

constexpr std::uint64_t kVersion = 1;

// splitmix64's last steps: every bit of a small number reaches every bit of the hash.
std::uint64_t hash_of(std::uint64_t value) noexcept {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EB;
  return value ^ (value >> 31U);
}

// Eight bytes, the same on every machine.
std::array<char, 8> bytes_of(std::uint64_t value) noexcept {
  std::array<char, 8> bytes{};
  for (unsigned at = 0; at < 8; ++at) bytes[at] = static_cast<char>((value >> (8 * at)) & 0xFFU);
  return bytes;
}

std::uint64_t from_bytes_of(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (unsigned at = 0; at < 8 && at < bytes.size(); ++at) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at])) << (8 * at);
  }
  return value;
}

std::uint64_t word_of(double number) noexcept {
  return std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);  // No minus nought.
}

// In lanes that do not wait for each other.
double sum_of(std::span<const double> numbers) noexcept {
  constexpr std::size_t kLanes = 4;
  std::array<double, kLanes> sums{};
  std::size_t at = 0;
  for (; at + kLanes <= numbers.size(); at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += numbers[at + lane];
  }
  for (; at < numbers.size(); ++at) sums[0] += numbers[at];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// The memory of one thread's batches: a sketch lives long, its work space need not.
struct WorkSpace {
  BatchTally values;
  std::vector<std::uint64_t> hashes;
  std::vector<double> numbers;
  RareFilter filter;
  std::vector<std::uint64_t> frequent_hashes;
  std::vector<Tally> frequent;
  // Of the different texts of a batch: their lengths and patterns, how often each came, and again
  // the different ones among those.
  BatchTally shapes;
  std::vector<std::uint64_t> lengths;
  std::vector<std::uint64_t> pattern_hashes;
  std::vector<std::uint32_t> weights;
  std::vector<std::string> patterns;
};

WorkSpace& work_space() {
  thread_local WorkSpace space;
  return space;
}

}  // namespace

ColumnSketch::ColumnSketch(Type type, int scale) : type_(type), scale_(scale) {}

void ColumnSketch::describe(std::span<const Tally> tallies, std::span<const double> numbers) {
  for (const Tally& tally : tallies) {
    distinct_.add(tally.hash);
    quantiles_.add(numbers[tally.first], tally.count);
    sum_ += numbers[tally.first] * tally.count;
  }
}

// Few different values are worth counting before anything else is done with them; where there are
// many, every step is taken for all of them at once.
void ColumnSketch::add_hashed(std::span<const std::uint64_t> hashes,
                              std::span<const double> numbers, const TopValues::ValueOf& value_of) {
  num_values_ += hashes.size();
  if (distinct_.is_exact()) {
    const std::span<const Tally> tallies = work_space().values.count(hashes);
    describe(tallies, numbers);
    top_.add(tallies, value_of);
    return;
  }
  distinct_.add(hashes);
  quantiles_.add(numbers);
  sum_ += sum_of(numbers);
  add_frequent(hashes, value_of);
}

void ColumnSketch::add_frequent(std::span<const std::uint64_t> hashes,
                                const TopValues::ValueOf& value_of) {
  WorkSpace& space = work_space();
  const std::span<const std::uint32_t> places = space.filter.frequent(hashes);
  const std::uint64_t num_rare = hashes.size() - places.size();
  top_.leave_out(num_rare, std::min<std::uint64_t>(num_rare, RareFilter::missed(hashes.size())));
  space.frequent_hashes.clear();
  for (const std::uint32_t place : places) space.frequent_hashes.push_back(hashes[place]);
  top_.add(space.values.count(space.frequent_hashes),
           [&](std::uint32_t at) { return value_of(places[at]); });
}

void ColumnSketch::add_frequent(std::span<const Tally> tallies, std::uint64_t num_values,
                                const TopValues::ValueOf& value_of) {
  std::vector<Tally>& frequent = work_space().frequent;
  frequent.clear();
  std::uint64_t num_rare = 0;
  std::uint64_t most_of_one = 0;
  for (const Tally& tally : tallies) {
    if (tally.count > RareFilter::missed(num_values)) {
      frequent.push_back(tally);
    } else {
      num_rare += tally.count;
      most_of_one = std::max<std::uint64_t>(most_of_one, tally.count);
    }
  }
  top_.leave_out(num_rare, most_of_one);
  top_.add(frequent, value_of);
}

void ColumnSketch::add_units(std::span<const std::int64_t> units) {
  WorkSpace& space = work_space();
  space.hashes.resize(units.size());
  space.numbers.resize(units.size());
  const double factor = type_ == Type::Decimal ? std::pow(10.0, -scale_) : 1.0;
  std::uint64_t* const hashes = space.hashes.data();
  double* const numbers = space.numbers.data();
  for (std::size_t at = 0; at < units.size(); ++at) {
    hashes[at] = hash_of(static_cast<std::uint64_t>(units[at]));
    numbers[at] = static_cast<double>(units[at]) * factor;
  }
  std::array<char, 8> bytes{};
  add_hashed(space.hashes, space.numbers, [&units, &bytes](std::uint32_t at) {
    bytes = bytes_of(static_cast<std::uint64_t>(units[at]));
    return std::string_view(bytes.data(), bytes.size());
  });
}

void ColumnSketch::add_numbers(std::span<const double> numbers) {
  WorkSpace& space = work_space();
  space.hashes.resize(numbers.size());
  std::uint64_t* const hashes = space.hashes.data();
  for (std::size_t at = 0; at < numbers.size(); ++at) hashes[at] = hash_of(word_of(numbers[at]));
  std::array<char, 8> bytes{};
  add_hashed(space.hashes, numbers, [&numbers, &bytes](std::uint32_t at) {
    bytes = bytes_of(word_of(numbers[at]));
    return std::string_view(bytes.data(), bytes.size());
  });
}

void ColumnSketch::add_texts(std::span<const std::string_view> texts,
                             std::span<const std::uint32_t> counts) {
  CIP_EXPECTS(counts.empty() || counts.size() == texts.size());
  WorkSpace& space = work_space();
  space.hashes.clear();
  for (const std::string_view text : texts) space.hashes.push_back(hash64(text));
  const std::uint64_t num_values =
      counts.empty() ? texts.size()
                     : std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  num_values_ += num_values;
  const std::span<const Tally> tallies = space.values.count(space.hashes, counts);
  for (const Tally& tally : tallies) distinct_.add(tally.hash);
  const auto value_of = [&texts](std::uint32_t at) { return texts[at]; };
  if (distinct_.is_exact()) {
    top_.add(tallies, value_of);
  } else {
    add_frequent(tallies, num_values, value_of);
  }
  add_shapes(tallies, texts);
}

void ColumnSketch::add_shapes(std::span<const Tally> tallies,
                              std::span<const std::string_view> texts) {
  WorkSpace& space = work_space();
  space.lengths.clear();
  space.pattern_hashes.clear();
  space.weights.clear();
  space.patterns.resize(std::max(space.patterns.size(), tallies.size()));
  for (std::size_t at = 0; at < tallies.size(); ++at) {
    const std::string_view text = texts[tallies[at].first];
    pattern_of(text, space.patterns[at]);
    space.pattern_hashes.push_back(hash64(space.patterns[at]));
    space.lengths.push_back(text.size());
    space.weights.push_back(tallies[at].count);
  }
  for (const Tally& length : space.shapes.count(space.lengths, space.weights)) {
    quantiles_.add(static_cast<double>(length.hash), length.count);
    sum_ += static_cast<double>(length.hash) * length.count;
  }
  patterns_.add(space.shapes.count(space.pattern_hashes, space.weights),
                [&space](std::uint32_t at) { return std::string_view(space.patterns[at]); });
}

void ColumnSketch::merge(const ColumnSketch& other) {
  CIP_EXPECTS(type_ == other.type_ && scale_ == other.scale_);
  num_nulls_ += other.num_nulls_;
  num_values_ += other.num_values_;
  sum_ += other.sum_;
  distinct_.merge(other.distinct_);
  quantiles_.merge(other.quantiles_);
  top_.merge(other.top_);
  patterns_.merge(other.patterns_);
}

std::optional<double> ColumnSketch::mean() const {
  if (num_values_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(num_values_);
}

std::optional<double> ColumnSketch::least() const {
  if (num_values_ == 0) return std::nullopt;
  return quantiles_.least();
}

std::optional<double> ColumnSketch::greatest() const {
  if (num_values_ == 0) return std::nullopt;
  return quantiles_.greatest();
}

std::string ColumnSketch::value_text(const TopValues::Entry& entry) const {
  if (type_ == Type::Text) return entry.value;
  const std::uint64_t word = from_bytes_of(entry.value);
  const auto units = static_cast<std::int64_t>(word);
  switch (type_) {
    case Type::Number:
      return number_text(std::bit_cast<double>(word));
    case Type::Decimal:
      return decimal_text(units, scale_);
    case Type::Date:
      return date_text(static_cast<Days>(units));
    case Type::Datetime:
      return instant_text(units);
    case Type::Boolean:
      return units != 0 ? "true" : "false";
    default:
      return std::to_string(units);
  }
}

std::string ColumnSketch::number_text_of(double number) const {
  // Whatever the bytes said, a time has to fit into its type.
  constexpr double kMost = 9e18;
  const double bounded = std::clamp(number, -kMost, kMost);
  if (type_ == Type::Date) {
    return date_text(static_cast<Days>(std::clamp(std::round(bounded), -700'000.0, 3'000'000.0)));
  }
  if (type_ == Type::Datetime) return instant_text(static_cast<Micros>(std::round(bounded)));
  return number_text(number);
}

std::string ColumnSketch::to_bytes() const {
  SketchWriter out;
  out.count(kVersion);
  out.count(static_cast<std::uint64_t>(type_));
  out.count(static_cast<std::uint64_t>(scale_));
  out.count(num_nulls_);
  out.count(num_values_);
  out.number(sum_);
  distinct_.write(out);
  quantiles_.write(out);
  top_.write(out);
  patterns_.write(out);
  return std::move(out).take();
}

Result<ColumnSketch> ColumnSketch::from_bytes(std::string_view bytes) {
  SketchReader in(bytes);
  const std::uint64_t version = in.count();
  const std::uint64_t type = in.count();
  const std::uint64_t scale = in.count();
  constexpr std::uint64_t kMostDigits = 18;
  if (version != kVersion || type > static_cast<std::uint64_t>(Type::Boolean) ||
      scale > kMostDigits) {
    return fail(Errc::InvalidArgument,
                "this profile was written by another version of the program");
  }
  ColumnSketch sketch(static_cast<Type>(type), static_cast<int>(scale));
  sketch.num_nulls_ = in.count();
  sketch.num_values_ = in.count();
  sketch.sum_ = in.number();
  sketch.distinct_.read(in);
  sketch.quantiles_.read(in);
  sketch.top_.read(in);
  sketch.patterns_.read(in);
  if (in.is_whole() && in.is_at_end()) return sketch;
  return fail(Errc::InvalidArgument, "this profile of a column is damaged");
}

}  // namespace cip::frame
