#include "ingest/json_keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cip::ingest {
namespace {

// Records whose keys are data, such as numbers of orders, shall not fill the memory.
constexpr std::size_t kMostKeys = 4'096;

}  // namespace

const JsonKeys::Key* JsonKeys::find(std::string_view quoted) {
  draft_ = quoted;
  const auto found = places_.find(draft_);
  if (found == places_.end()) return nullptr;
  next_ = found->second + 1;
  return &keys_[found->second];
}

void JsonKeys::add(std::string_view quoted, std::size_t child) {
  if (keys_.size() == kMostKeys) return;
  Key key{std::string(quoted), child};
  std::array<char, 16> bytes{};
  std::array<char, 16> own{};
  const std::size_t size = std::min(quoted.size(), bytes.size());
  std::memcpy(bytes.data(), quoted.data(), size);
  std::memset(own.data(), 0xFF, size);
  std::memcpy(key.words.data(), bytes.data(), bytes.size());
  std::memcpy(key.masks.data(), own.data(), own.size());
  places_.emplace(key.quoted, keys_.size());
  keys_.push_back(std::move(key));
  next_ = keys_.size();
}

}  // namespace cip::ingest
