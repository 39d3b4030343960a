#include "frame/top_values.h"

#include <algorithm>
#include <functional>

namespace cip::frame {
namespace {

constexpr std::size_t kMostEntries = 256;
constexpr std::size_t kNumSlots = 1024;
constexpr std::size_t kMostBytes = 100;  // Of a value: a label for people, not the data again.

// The beginning of a text, with no half of a character at its end.
std::string_view beginning_of(std::string_view text) {
  if (text.size() <= kMostBytes) return text;
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

TopValues::Entry* TopValues::find(std::uint64_t hash) noexcept {
  if (slots_.empty()) return nullptr;
  for (std::size_t slot = hash % kNumSlots; slots_[slot] != 0; slot = (slot + 1) % kNumSlots) {
    Entry& entry = entries_[slots_[slot] - 1U];
    if (entry.hash == hash) return &entry;
  }
  return nullptr;
}

void TopValues::insert(std::uint64_t hash, std::uint64_t count, std::string_view value) {
  slots_.resize(kNumSlots);
  entries_.push_back({hash, count, std::string(beginning_of(value))});
  std::size_t slot = hash % kNumSlots;
  while (slots_[slot] != 0) slot = (slot + 1) % kNumSlots;
  slots_[slot] = static_cast<std::uint16_t>(entries_.size());
}

std::uint64_t TopValues::surplus(std::span<const std::uint64_t> fresh) {
  if (entries_.size() + fresh.size() <= kMostEntries) return 0;
  counts_.assign(fresh.begin(), fresh.end());
  for (const Entry& entry : entries_) counts_.push_back(entry.count);
  const auto next = counts_.begin() + kMostEntries;
  std::ranges::nth_element(counts_, next, std::greater());
  return *next;
}

void TopValues::take_from_all(std::uint64_t surplus) {
  if (surplus == 0) return;
  error_ += surplus;
  std::erase_if(entries_, [surplus](const Entry& entry) { return entry.count <= surplus; });
  for (Entry& entry : entries_) entry.count -= surplus;
  renew_index();
}

void TopValues::renew_index() {
  slots_.assign(kNumSlots, 0);
  for (std::size_t at = 0; at < entries_.size(); ++at) {
    std::size_t slot = entries_[at].hash % kNumSlots;
    while (slots_[slot] != 0) slot = (slot + 1) % kNumSlots;
    slots_[slot] = static_cast<std::uint16_t>(at + 1);
  }
}

void TopValues::add(std::span<const Tally> tallies, const ValueOf& value_of) {
  std::vector<const Tally*> fresh;
  std::vector<std::uint64_t> counts;
  for (const Tally& tally : tallies) {
    total_ += tally.count;
    if (Entry* const known = find(tally.hash); known != nullptr) {
      known->count += tally.count;
    } else {
      fresh.push_back(&tally);
      counts.push_back(tally.count);
    }
  }
  const std::uint64_t taken = surplus(counts);
  take_from_all(taken);
  for (const Tally* const tally : fresh) {
    if (tally->count > taken) insert(tally->hash, tally->count - taken, value_of(tally->first));
  }
}

void TopValues::merge(const TopValues& other) {
  total_ += other.total_;
  error_ += other.error_;
  std::vector<const Entry*> fresh;
  std::vector<std::uint64_t> counts;
  for (const Entry& entry : other.entries_) {
    if (Entry* const known = find(entry.hash); known != nullptr) {
      known->count += entry.count;
    } else {
      fresh.push_back(&entry);
      counts.push_back(entry.count);
    }
  }
  const std::uint64_t taken = surplus(counts);
  take_from_all(taken);
  for (const Entry* const entry : fresh) {
    if (entry->count > taken) insert(entry->hash, entry->count - taken, entry->value);
  }
}

std::vector<TopValues::Entry> TopValues::most_frequent(std::size_t limit) const {
  std::vector<Entry> sorted = entries_;
  std::ranges::sort(sorted, [](const Entry& a, const Entry& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  if (sorted.size() > limit) sorted.resize(limit);
  return sorted;
}

void TopValues::write(SketchWriter& out) const {
  out.count(error_);
  out.count(total_);
  out.count(entries_.size());
  for (const Entry& entry : entries_) {
    out.word(entry.hash);
    out.count(entry.count);
    out.text(entry.value);
  }
}

void TopValues::read(SketchReader& in) {
  error_ = in.count();
  total_ = in.count();
  entries_.resize(std::min<std::size_t>(in.size(), kMostEntries));
  for (Entry& entry : entries_) {
    entry.hash = in.word();
    entry.count = in.count();
    entry.value = in.text();
  }
  renew_index();
}

}  // namespace cip::frame
