#include "query/grouper.h"

#include <algorithm>

#include "query/kernels.h"

namespace cip::query {
namespace {

// Flat arrays may be this long whatever the table, and longer if the table is.
constexpr std::uint64_t kFewKeys = 1U << 16;
constexpr std::uint64_t kMostFlatKeys = 1U << 22;

// Keys of the first dimension start at `start`; those of a later one are added to what is there.
template <bool kIsFirst, class Key, class Code>
void add_listed_digits(const Block& block, const Code* codes, Key weight, Key start, Key* keys) {
  const std::uint32_t* rows = block.rows;
  const std::size_t num_rows = block.num_rows;
  for (std::size_t at = 0; at < num_rows; ++at) {
    const std::size_t row = rows == nullptr ? block.first + at : rows[at];
    const Key digit = static_cast<Key>(codes[row]) * weight;
    keys[at] = kIsFirst ? start + digit : keys[at] + digit;
  }
}

template <bool kIsFirst, class Key, class Code>
void add_digits(const Block& block, const Code* codes, Key weight, Key start, Key* keys) {
  if constexpr (sizeof(Key) == sizeof(std::uint32_t)) {
    if (block.rows == nullptr) {
      return put_digits(codes + block.first, block.num_rows, {weight, start, kIsFirst}, keys);
    }
  }
  add_listed_digits<kIsFirst>(block, codes, weight, start, keys);
}

std::uint64_t code_at(const Codes& codes, std::size_t row) {
  return std::visit([row](const auto& by_row) { return std::uint64_t{by_row[row]}; }, codes.by_row);
}

}  // namespace

Result<Grouper> Grouper::make(std::vector<std::shared_ptr<const Codes>> dimensions,
                              std::size_t num_rows) {
  Grouper made;
  made.strides_.resize(dimensions.size());
  for (std::size_t at = dimensions.size(); at-- > 0;) {
    made.strides_[at] = made.num_keys_;
    if (__builtin_mul_overflow(made.num_keys_, dimensions[at]->num_codes(), &made.num_keys_)) {
      return fail(Errc::LimitExceeded,
                  "these dimensions have more combinations than can be told apart; ask for fewer");
    }
  }
  made.is_flat_ = made.num_keys_ <= kFewKeys ||
                  (made.num_keys_ <= kMostFlatKeys && made.num_keys_ / 4 <= num_rows);
  made.dimensions_ = std::move(dimensions);
  return made;
}

bool Grouper::add_shared(const Block& block, std::uint64_t& key) {
  const std::size_t first = block.rows == nullptr ? block.first : block.rows[0];
  const std::size_t last =
      block.rows == nullptr ? first + block.num_rows - 1 : block.rows[block.num_rows - 1];
  varying_.clear();
  for (std::size_t at = 0; at < dimensions_.size(); ++at) {
    const bool is_shared = dimensions_[at]->is_ascending &&
                           code_at(*dimensions_[at], first) == code_at(*dimensions_[at], last);
    if (is_shared) {
      key += code_at(*dimensions_[at], first) * strides_[at];
    } else {
      varying_.push_back(at);
    }
  }
  return varying_.empty();
}

bool Grouper::assign(const Block& block, std::span<std::uint32_t> groups) {
  std::uint64_t shared = 0;
  if (add_shared(block, shared)) {
    std::fill_n(groups.data(), block.num_rows, group_of(shared));
    return true;
  }
  const auto sum_digits = [this, &block, shared]<class Key>(Key* keys) {
    bool is_first = true;
    for (const std::size_t at : varying_) {
      const auto weight = static_cast<Key>(strides_[at]);
      const auto start = static_cast<Key>(shared);
      std::visit(
          [&](const auto& codes) {
            if (is_first) {
              add_digits<true>(block, codes.data(), weight, start, keys);
            } else {
              add_digits<false>(block, codes.data(), weight, start, keys);
            }
          },
          dimensions_[at]->by_row);
      is_first = false;
    }
  };
  if (is_flat_) {
    sum_digits(groups.data());
    return false;
  }
  keys_.resize(block.num_rows);
  sum_digits(keys_.data());
  for (std::size_t at = 0; at < block.num_rows; ++at) groups[at] = index_.place_of(keys_[at]);
  return false;
}

void Grouper::decode(std::uint64_t key, std::span<std::uint32_t> codes) const {
  for (std::size_t at = 0; at < codes.size(); ++at) {
    codes[at] = static_cast<std::uint32_t>(key / strides_[at]);
    key %= strides_[at];
  }
}

}  // namespace cip::query
