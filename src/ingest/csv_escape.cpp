#include "ingest/csv_escape.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/rewritten_source.h"

namespace cip::ingest {
namespace {

class UnescapedSource final : public RewrittenSource {
 public:
  UnescapedSource(std::unique_ptr<ByteSource> source, char quote, char escape)
      : RewrittenSource(std::move(source)), rewriter_(quote, escape) {}

 private:
  Result<void> rewrite(std::string_view block, bool is_end, std::string& out) override {
    rewriter_.append(block, out);
    if (is_end) rewriter_.finish(out);
    return {};
  }

  EscapeToDouble rewriter_;
};

class CutSource final : public RewrittenSource {
 public:
  CutSource(std::unique_ptr<ByteSource> source, std::size_t num_lines, std::size_t max_bytes)
      : RewrittenSource(std::move(source)), num_lines_(num_lines), max_bytes_(max_bytes) {}

 private:
  Result<void> rewrite(std::string_view block, bool is_end, std::string& out) override {
    held_ += block;
    if (is_end && !held_.empty() && !held_.ends_with('\n')) held_ += '\n';
    // So many line ends from the back belong to the lines that fall away; what is before them goes.
    std::size_t cut = held_.size();
    for (std::size_t line = 0; line <= num_lines_; ++line) {
      const std::size_t end = cut == 0 ? std::string::npos : held_.rfind('\n', cut - 1);
      if (end == std::string::npos) {
        cut = 0;
        break;
      }
      cut = end;
    }
    const std::size_t size = cut == 0 && !held_.starts_with('\n') ? 0 : cut + 1;
    if (!is_end || size > 0) {
      out.append(held_, 0, size);
      held_.erase(0, size);
    }
    if (is_end) held_.clear();
    if (held_.size() <= max_bytes_) return {};
    return fail(Errc::LimitExceeded,
                fmt::format("the last {} lines of '{}' are larger than {} bytes", num_lines_,
                            name(), max_bytes_));
  }

  std::size_t num_lines_;
  std::size_t max_bytes_;
  std::string held_;
};

}  // namespace

void EscapeToDouble::append(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (has_escape_) {
      has_escape_ = false;
      if (c == quote_) {
        out += quote_;
        out += quote_;
        continue;
      }
      out += escape_;
      if (c == escape_) continue;
    } else if (c == escape_ && is_inside_) {
      has_escape_ = true;
      continue;
    }
    if (c == quote_) is_inside_ = !is_inside_;
    out += c;
  }
}

void EscapeToDouble::finish(std::string& out) {
  if (std::exchange(has_escape_, false)) out += escape_;
}

std::unique_ptr<ByteSource> unescape(std::unique_ptr<ByteSource> source, char quote, char escape) {
  return std::make_unique<UnescapedSource>(std::move(source), quote, escape);
}

std::unique_ptr<ByteSource> without_last_lines(std::unique_ptr<ByteSource> source,
                                               std::size_t num_lines, std::size_t max_bytes) {
  return std::make_unique<CutSource>(std::move(source), num_lines, max_bytes);
}

}  // namespace cip::ingest
