#include "ingest/csv_structure.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "base/contract.h"
#include "ingest/csv_masks.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kChunkBlocks = 32;  // 2 KiB of text: its masks stay in the nearest cache.
constexpr std::uint64_t kAllBits = ~std::uint64_t{0};

/// What one block must know of those before it. A carry is one bit, the last of the block before.
struct Carry {
  std::uint64_t inside = 0;      // All ones while inside of quotes.
  std::uint64_t may_open = 1;    // A quote may open here: a field starts, or one just closed.
  std::uint64_t has_closed = 0;  // A quote closed at the byte before.
};

class Scan {
 public:
  Scan(std::span<const char> piece, CsvStructure& structure)
      : piece_(piece), structure_(structure) {}

  // False when the block holds a quote that must not be there. `in_piece` are the bytes of the
  // block that belong to the piece; those behind it count as line ends where a neighbour is asked
  // for.
  bool add(const CsvMasks& masks, std::size_t at, std::uint64_t in_piece) {
    const std::uint64_t inside = masks.inside ^ carry_.inside;
    const std::uint64_t field_ends = masks.delimiters | masks.line_feeds | masks.carriage_returns;
    const std::uint64_t neighbours = field_ends | masks.quotes;
    const std::uint64_t opening = masks.quotes & inside;
    const std::uint64_t closing = masks.quotes & ~inside;
    const std::uint64_t bad_open = opening & ~(neighbours << 1 | carry_.may_open);
    const std::uint64_t bad_close = (closing << 1 | carry_.has_closed) & ~neighbours;
    const std::uint64_t bad = (bad_open | bad_close) & in_piece;
    const std::uint64_t good = bad == 0 ? in_piece : (bad & -bad) - 1;

    const std::uint64_t line_feeds = masks.line_feeds & in_piece;
    const std::uint64_t line_ends =
        line_feeds | lone_returns(masks.carriage_returns, line_feeds, at);
    non_ascii_ |= masks.non_ascii;
    nuls_ |= masks.nuls;
    quoted_line_ends_ |= line_ends & inside & good;
    write((masks.delimiters | line_ends) & ~inside & good, at);
    carry_ = {std::uint64_t{0} - (inside >> 63), neighbours >> 63, closing >> 63};
    if (bad == 0) return true;
    structure_.is_odd = true;
    structure_.num_scanned = at + static_cast<std::size_t>(std::countr_zero(bad));
    return false;
  }

  void finish() {
    structure_.ends.resize(num_ends_);
    structure_.has_non_ascii = non_ascii_ != 0;
    structure_.has_nul = nuls_ != 0;
    structure_.has_quoted_line_end = quoted_line_ends_ != 0;
    structure_.ends_in_quotes = carry_.inside != 0;
  }

 private:
  // CRs that are line ends of their own: no LF follows.
  [[nodiscard]] std::uint64_t lone_returns(std::uint64_t returns, std::uint64_t line_feeds,
                                           std::size_t at) const noexcept {
    if (returns == 0) return 0;
    const std::size_t next = at + kMaskBytes;
    const bool is_next_feed = next < piece_.size() && piece_[next] == '\n';
    return returns & ~(line_feeds >> 1 | (is_next_feed ? std::uint64_t{1} << 63 : 0));
  }

  void write(std::uint64_t bits, std::size_t at) {
    if (structure_.ends.size() < num_ends_ + kMaskBytes) {
      structure_.ends.resize(std::max<std::size_t>(2 * structure_.ends.size(), 4096));
    }
    std::uint32_t* out = structure_.ends.data() + num_ends_;
    while (bits != 0) {
      *out++ = static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(bits)));
      bits &= bits - 1;
    }
    num_ends_ = static_cast<std::size_t>(out - structure_.ends.data());
  }

  std::span<const char> piece_;
  CsvStructure& structure_;
  Carry carry_;
  std::size_t num_ends_ = 0;
  std::uint64_t non_ascii_ = 0;
  std::uint64_t nuls_ = 0;
  std::uint64_t quoted_line_ends_ = 0;
};

}  // namespace

ScanPath best_scan_path() noexcept {
  return has_vector_masks() ? ScanPath::Vector : ScanPath::Scalar;
}

void scan_structure(std::span<const char> piece, CsvChars chars, ScanPath path,
                    CsvStructure& structure) {
  CIP_EXPECTS(piece.size() < std::numeric_limits<std::uint32_t>::max());
  const auto make_masks = path == ScanPath::Vector ? make_masks_vector : make_masks_scalar;
  structure.is_odd = false;
  structure.num_scanned = piece.size();
  Scan scan(piece, structure);
  std::array<CsvMasks, kChunkBlocks> masks;  // NOLINT(*-init-variables): filled before it is read.
  const std::size_t num_whole = piece.size() / kMaskBytes;
  for (std::size_t block = 0; block < num_whole && !structure.is_odd; block += kChunkBlocks) {
    const std::size_t num_blocks = std::min(kChunkBlocks, num_whole - block);
    make_masks(piece.data() + block * kMaskBytes, num_blocks, chars, masks.data());
    for (std::size_t i = 0; i < num_blocks; ++i) {
      if (!scan.add(masks[i], (block + i) * kMaskBytes, kAllBits)) break;
    }
  }
  const std::size_t rest = piece.size() % kMaskBytes;
  if (rest != 0 && !structure.is_odd) {
    std::array<char, kMaskBytes> padded;  // NOLINT(*-init-variables)
    padded.fill('\n');
    std::memcpy(padded.data(), piece.data() + num_whole * kMaskBytes, rest);
    make_masks(padded.data(), 1, chars, masks.data());
    scan.add(masks[0], num_whole * kMaskBytes, (std::uint64_t{1} << rest) - 1);
  }
  scan.finish();
}

}  // namespace cip::ingest
