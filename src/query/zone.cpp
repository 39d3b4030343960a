#include "query/zone.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace cip::query {
namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::uintmax_t kMostBytes = 1U << 20U;
constexpr std::string_view kFolder = "/usr/share/zoneinfo/";

std::int64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t byte = 0; byte < width; ++byte) {
    number = number << 8U | static_cast<unsigned char>(bytes[at + byte]);
  }
  if (width == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
  return static_cast<std::int64_t>(number);
}

struct Counts {
  std::size_t is_ut = 0;
  std::size_t is_standard = 0;
  std::size_t leaps = 0;
  std::size_t times = 0;
  std::size_t types = 0;
  std::size_t letters = 0;

  [[nodiscard]] std::size_t size_bytes(std::size_t width) const {
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + is_standard + is_ut;
  }
};

std::optional<Counts> counts_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + kHeaderBytes || bytes.substr(at, 4) != "TZif") return std::nullopt;
  const auto count = [&](std::size_t place) {
    return static_cast<std::size_t>(number_at(bytes, at + 20 + 4 * place, 4));
  };
  const Counts counts{count(0), count(1), count(2), count(3), count(4), count(5)};
  constexpr std::size_t most = 1U << 16U;
  const bool is_sane = counts.types > 0 && counts.types <= 256 && counts.times < most &&
                       counts.letters < most && counts.leaps < most && counts.is_ut < most &&
                       counts.is_standard < most;
  return is_sane ? std::optional(counts) : std::nullopt;
}

// The second block of a file, which has 64 bits for each time.
std::optional<Zone> parse_zone(std::string_view bytes) {
  const auto first = counts_at(bytes, 0);
  if (!first || bytes[4] < '2') return std::nullopt;
  const std::size_t second = kHeaderBytes + first->size_bytes(4);
  const auto counts = counts_at(bytes, second);
  if (!counts || bytes.size() < second + kHeaderBytes + counts->size_bytes(8)) return std::nullopt;
  const std::size_t times = second + kHeaderBytes;
  const std::size_t kinds = times + 8 * counts->times;
  const std::size_t types = kinds + counts->times;
  const auto ahead_of = [&](std::size_t type) { return number_at(bytes, types + 6 * type, 4); };
  Zone zone;
  // Before the first time: the first type that is no summer time, RFC 8536 section 3.2.
  zone.rules.push_back({std::numeric_limits<Micros>::min(), ahead_of(0)});
  for (std::size_t at = 0; at < counts->times; ++at) {
    const auto type = static_cast<unsigned char>(bytes[kinds + at]);
    if (type >= counts->types) return std::nullopt;
    const std::int64_t since = number_at(bytes, times + 8 * at, 8);
    // Older than any data: local mean time and the like; the latest of these is kept.
    if (since < -4'000'000'000) {
      zone.rules.front().ahead_s = ahead_of(type);
      continue;
    }
    zone.rules.push_back({since * kMicrosPerSecond, ahead_of(type)});
  }
  return zone;
}

bool is_zone_name(std::string_view name) {
  const auto is_sign = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/' || c == '+' || c == '-';
  };
  return !name.empty() && name.size() < 64 && name.front() != '/' &&
         std::ranges::all_of(name, is_sign);
}

Result<std::shared_ptr<const Zone>> load_zone(std::string_view name) {
  const auto unknown = [name] {
    return fail(Errc::InvalidArgument,
                fmt::format("no time zone '{}' is known here; wanted a name such as Europe/Berlin",
                            name.substr(0, 64)));
  };
  if (name == "UTC") return std::make_shared<const Zone>(Zone{"UTC", {{0, 0}}});
  if (!is_zone_name(name)) return unknown();
  const auto bytes = read_file(std::string(kFolder) + std::string(name), kMostBytes);
  if (!bytes) return unknown();
  auto zone = parse_zone(*bytes);
  if (!zone) return unknown();
  zone->name = name;
  return std::make_shared<const Zone>(std::move(*zone));
}

}  // namespace

Micros Zone::local_of(Micros at) const noexcept {
  const auto after =
      std::upper_bound(rules.begin(), rules.end(), at,
                       [](Micros instant, const ZoneRule& rule) { return instant < rule.since; });
  const ZoneRule& rule = after == rules.begin() ? *after : *std::prev(after);
  return at + rule.ahead_s * kMicrosPerSecond;
}

Micros Zone::start_of(Days on) const noexcept {
  const Micros midnight = on * kMicrosPerDay;
  // The instants at which clocks can show this midnight lie within a day of it; local time rises
  // there but for steps back, so the earliest instant from which it is on or past the midnight.
  Micros low = midnight - kMicrosPerDay;
  Micros high = midnight + kMicrosPerDay;
  while (low < high) {
    const Micros middle = low + (high - low) / 2;
    if (local_of(middle) >= midnight) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

Result<std::shared_ptr<const Zone>> find_zone(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Zone>, std::less<>> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  CIP_TRY_ASSIGN(auto zone, load_zone(name));
  known.emplace(std::string(name), zone);
  return zone;
}

}  // namespace cip::query
