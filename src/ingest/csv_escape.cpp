#include "ingest/csv_escape.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/rewritten_source.h"

namespace cip::ingest {
namespace {

class UnescapedSource final : public RewrittenSource {
 public:
  UnescapedSource(std::unique_ptr<ByteSource> source, char quote, char escape,
                  std::shared_ptr<EscapeLog> log)
      : RewrittenSource(std::move(source)), rewriter_(quote, escape, std::move(log)) {}

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
  CutSource(std::unique_ptr<ByteSource> source, std::size_t num_lines, std::size_t max_bytes,
            std::shared_ptr<CutLines> cut)
      : RewrittenSource(std::move(source)),
        num_lines_(num_lines),
        max_bytes_(max_bytes),
        cut_(std::move(cut)) {}

 private:
  Result<void> rewrite(std::string_view block, bool is_end, std::string& out) override {
    held_ += block;
    const bool lacks_line_end = is_end && !held_.empty() && !held_.ends_with('\n');
    if (lacks_line_end) held_ += '\n';
    const std::size_t size = begin_of_last_lines();
    if (!is_end || size > 0) {
      out.append(held_, 0, size);
      held_.erase(0, size);
    }
    if (is_end && cut_ != nullptr) {
      cut_->num_bytes = held_.size() - (lacks_line_end ? 1U : 0U);
      cut_->num_lines = static_cast<std::uint64_t>(std::ranges::count(held_, '\n'));
    }
    if (is_end) held_.clear();
    if (held_.size() <= max_bytes_) return {};
    return fail(Errc::LimitExceeded,
                fmt::format("the last {} lines of '{}' are larger than {} bytes", num_lines_,
                            name(), max_bytes_));
  }

  // Of the whole lines that are held; a last line without an end belongs to what falls away.
  [[nodiscard]] std::size_t begin_of_last_lines() const {
    std::size_t begin = held_.rfind('\n') + 1;  // 0 where there is none.
    for (std::size_t left = num_lines_; left > 0 && begin > 0;) {
      const std::size_t end = begin - 1;
      begin = end == 0 ? 0 : held_.rfind('\n', end - 1) + 1;
      if (!trimmed(std::string_view(held_).substr(begin, end - begin)).empty()) --left;
    }
    return begin;
  }

  std::size_t num_lines_;
  std::size_t max_bytes_;
  std::shared_ptr<CutLines> cut_;
  std::string held_;
};

}  // namespace

void EscapeLog::forget(std::uint64_t before) {
  for (; !entries_.empty() && entries_.front().at < before; entries_.pop_front()) {
    if (!entries_.front().is_quote) ++num_lost_;
  }
}

std::uint64_t EscapeLog::original(std::uint64_t at) const noexcept {
  std::uint64_t num_lost = num_lost_;
  for (const Entry& entry : entries_) {
    if (entry.at >= at) break;
    if (!entry.is_quote) ++num_lost;
  }
  return at + num_lost;
}

std::optional<std::string> EscapeLog::original(std::string_view text, std::uint64_t at) const {
  std::optional<std::string> made;
  std::size_t used = 0;
  for (const Entry& entry : entries_) {
    if (entry.at < at) continue;
    if (entry.at >= at + text.size()) break;
    if (!made) made.emplace();
    const std::size_t place = entry.at - at;
    made->append(text, used, place - used);
    *made += escape_;
    *made += entry.is_quote ? quote_ : escape_;
    used = std::min(place + (entry.is_quote ? 2 : 1), text.size());
  }
  if (made) made->append(text, used);
  return made;
}

void EscapeToDouble::append(std::string_view text, std::string& out) {
  const std::uint64_t begin = num_out_ - out.size();
  for (const char c : text) {
    if (c == escape_ && is_inside_ && !has_escape_) {
      has_escape_ = true;
      continue;
    }
    if (std::exchange(has_escape_, false) && take_escaped(c, begin, out)) continue;
    if (c == quote_) is_inside_ = !is_inside_;
    out += c;
  }
  num_out_ = begin + out.size();
}

// What stands behind an escape; false, with the escape written, if it means no more than it says.
bool EscapeToDouble::take_escaped(char c, std::uint64_t begin, std::string& out) {
  const bool is_rewritten = c == quote_ || c == escape_;
  if (is_rewritten) note(begin + out.size(), c == quote_);
  if (c == quote_) out += quote_;
  out += c == quote_ ? quote_ : escape_;
  return is_rewritten;
}

void EscapeToDouble::finish(std::string& out) {
  if (std::exchange(has_escape_, false)) out += escape_;
}

std::unique_ptr<ByteSource> unescape(std::unique_ptr<ByteSource> source, char quote, char escape,
                                     std::shared_ptr<EscapeLog> log) {
  return std::make_unique<UnescapedSource>(std::move(source), quote, escape, std::move(log));
}

std::unique_ptr<ByteSource> without_last_lines(std::unique_ptr<ByteSource> source,
                                               std::size_t num_lines, std::size_t max_bytes,
                                               std::shared_ptr<CutLines> cut) {
  return std::make_unique<CutSource>(std::move(source), num_lines, max_bytes, std::move(cut));
}

}  // namespace cip::ingest
