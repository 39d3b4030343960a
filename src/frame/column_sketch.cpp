#include "frame/column_sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

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

// The memory of one thread's batches: a sketch lives long, its work space need not.
struct WorkSpace {
  BatchTally values;
  std::vector<std::uint64_t> hashes;
  std::vector<double> numbers;
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

void ColumnSketch::describe(std::span<const Tally> tallies, const std::vector<double>& numbers) {
  for (const Tally& tally : tallies) {
    distinct_.add(tally.hash);
    quantiles_.add(numbers[tally.first], tally.count);
    sum_ += numbers[tally.first] * tally.count;
  }
}

void ColumnSketch::add_units(std::span<const std::int64_t> units) {
  WorkSpace& space = work_space();
  space.hashes.clear();
  space.numbers.clear();
  const double factor = type_ == Type::Decimal ? std::pow(10.0, -scale_) : 1.0;
  for (const std::int64_t unit : units) {
    space.hashes.push_back(hash_of(static_cast<std::uint64_t>(unit)));
    space.numbers.push_back(static_cast<double>(unit) * factor);
  }
  num_values_ += units.size();
  const std::span<const Tally> tallies = space.values.count(space.hashes);
  describe(tallies, space.numbers);
  std::array<char, 8> bytes{};
  top_.add(tallies, [&units, &bytes](std::uint32_t at) {
    bytes = bytes_of(static_cast<std::uint64_t>(units[at]));
    return std::string_view(bytes.data(), bytes.size());
  });
}

void ColumnSketch::add_numbers(std::span<const double> numbers) {
  WorkSpace& space = work_space();
  space.hashes.clear();
  space.numbers.assign(numbers.begin(), numbers.end());
  for (const double number : numbers) space.hashes.push_back(hash_of(word_of(number)));
  num_values_ += numbers.size();
  const std::span<const Tally> tallies = space.values.count(space.hashes);
  describe(tallies, space.numbers);
  std::array<char, 8> bytes{};
  top_.add(tallies, [&numbers, &bytes](std::uint32_t at) {
    bytes = bytes_of(word_of(numbers[at]));
    return std::string_view(bytes.data(), bytes.size());
  });
}

void ColumnSketch::add_texts(std::span<const std::string_view> texts) {
  WorkSpace& space = work_space();
  space.hashes.clear();
  for (const std::string_view text : texts) space.hashes.push_back(hash64(text));
  num_values_ += texts.size();
  const std::span<const Tally> tallies = space.values.count(space.hashes);
  for (const Tally& tally : tallies) distinct_.add(tally.hash);
  top_.add(tallies, [&texts](std::uint32_t at) { return texts[at]; });
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
