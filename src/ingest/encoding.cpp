#include "ingest/encoding.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/rewritten_source.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kPeeked = std::size_t{4} * 1024;

// What windows-1252 has where Latin-1 has control characters, 0x80 to 0x9F.
// Source:  WHATWG Encoding Standard, index-windows-1252.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

/// A source whose first bytes were read already.
class ResumedSource final : public SourceOverSource {
 public:
  ResumedSource(std::unique_ptr<ByteSource> source, std::vector<char> head)
      : SourceOverSource(std::move(source)), head_(std::move(head)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = std::min(buffer.size(), head_.size() - used_);
    if (size == 0) return inner().read(buffer);
    std::memcpy(buffer.data(), head_.data() + used_, size);
    used_ += size;
    return size;
  }

 private:
  std::vector<char> head_;
  std::size_t used_ = 0;
};

/// Turns another encoding into UTF-8.
class DecodedSource final : public RewrittenSource {
 public:
  DecodedSource(std::unique_ptr<ByteSource> source, Encoding encoding)
      : RewrittenSource(std::move(source)), encoding_(encoding) {}

 private:
  Result<void> rewrite(std::string_view block, bool is_end, std::string& out) override {
    if (encoding_ == Encoding::Utf16Le || encoding_ == Encoding::Utf16Be) {
      for (const char byte : block) add_utf16_byte(static_cast<unsigned char>(byte), out);
      if (is_end) finish_utf16(out);
      return {};
    }
    for (const char byte : block) {
      const auto code = static_cast<unsigned char>(byte);
      const bool is_special =
          encoding_ == Encoding::Windows1252 && code >= 0x80 && code < 0x80 + kWindows1252.size();
      append_utf8(out, is_special ? kWindows1252.at(code - 0x80U) : code);
    }
    return {};
  }

  void add_utf16_byte(unsigned char byte, std::string& out) {
    if (!has_byte_) {
      first_byte_ = byte;
      has_byte_ = true;
      return;
    }
    has_byte_ = false;
    const bool is_little = encoding_ == Encoding::Utf16Le;
    const unsigned low = is_little ? first_byte_ : byte;
    const unsigned high = is_little ? byte : first_byte_;
    add_unit(static_cast<char16_t>(high << 8 | low), out);
  }

  void add_unit(char16_t unit, std::string& out) {
    const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
    const char16_t lead = std::exchange(lead_, u'\0');
    if (lead != 0 && is_low) {
      append_utf8(out, 0x10000U + ((lead - 0xD800U) << 10) + (unit - 0xDC00U));
      return;
    }
    if (lead != 0) append_utf8(out, lead);  // A half alone: three bytes that are not UTF-8.
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      lead_ = unit;
    } else {
      append_utf8(out, unit);
    }
  }

  void finish_utf16(std::string& out) {
    if (lead_ != 0) append_utf8(out, std::exchange(lead_, u'\0'));
    if (has_byte_) out.push_back('\xFF');  // Half a character: never valid.
    has_byte_ = false;
  }

  Encoding encoding_;
  unsigned char first_byte_ = 0;
  bool has_byte_ = false;
  char16_t lead_ = u'\0';
};

// Text in Latin letters has a NUL in every other byte of its UTF-16.
bool looks_like_utf16(std::span<const char> bytes) {
  std::array<std::size_t, 2> num_nul{};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] == '\0') ++num_nul.at(at % 2);
  }
  const auto [fewer, more] = std::minmax(num_nul[0], num_nul[1]);
  return bytes.size() >= 4 && more * 10 > bytes.size() * 3 && fewer * 10 < more;
}

/// The source with its first bytes looked at, and given back.
struct Peeked {
  std::unique_ptr<ByteSource> source;
  std::string head;
};

Result<Peeked> peek(std::unique_ptr<ByteSource> source) {
  std::vector<char> head(kPeeked);
  CIP_TRY_ASSIGN(const std::size_t size, read_fully(*source, head));
  head.resize(size);
  std::string text(head.begin(), head.end());
  return Peeked{std::make_unique<ResumedSource>(std::move(source), std::move(head)),
                std::move(text)};
}

std::optional<Encoding> marked_encoding(std::string_view head) {
  if (head.starts_with("\xFF\xFE")) return Encoding::Utf16Le;
  if (head.starts_with("\xFE\xFF")) return Encoding::Utf16Be;
  return std::nullopt;
}

Result<std::unique_ptr<ByteSource>> decode_auto(std::unique_ptr<ByteSource> source) {
  CIP_TRY_ASSIGN(auto peeked, peek(std::move(source)));
  if (const auto marked = marked_encoding(peeked.head)) {
    return decode(std::move(peeked.source), *marked);
  }
  if (looks_like_utf16(peeked.head)) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' looks like UTF-16 without a byte order mark; say encoding = "
                            "\"utf-16le\" or \"utf-16be\"",
                            peeked.source->name()));
  }
  return std::move(peeked.source);
}

// What stands behind encoding= in <?xml version="1.0" encoding="..."?>; empty without it.
std::string_view declared_encoding(std::string_view head) {
  if (!head.starts_with("<?xml")) return {};
  const std::string_view declaration = head.substr(0, head.find("?>"));
  const std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  const std::size_t open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const std::string_view rest = declaration.substr(open + 1);
  return rest.substr(0, rest.find(declaration[open]));
}

}  // namespace

std::string_view name_of(Encoding encoding) noexcept {
  switch (encoding) {
    case Encoding::Auto:
      return "auto";
    case Encoding::Utf8:
      return "utf-8";
    case Encoding::Latin1:
      return "latin1";
    case Encoding::Windows1252:
      return "windows-1252";
    case Encoding::Utf16Le:
      return "utf-16le";
    case Encoding::Utf16Be:
      return "utf-16be";
  }
  return "";
}

std::optional<Encoding> parse_encoding(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Encoding>, 10> names = {{
      {"auto", Encoding::Auto},
      {"utf-8", Encoding::Utf8},
      {"utf8", Encoding::Utf8},
      {"latin1", Encoding::Latin1},
      {"latin-1", Encoding::Latin1},
      {"iso-8859-1", Encoding::Latin1},
      {"windows-1252", Encoding::Windows1252},
      {"cp1252", Encoding::Windows1252},
      {"utf-16le", Encoding::Utf16Le},
      {"utf-16be", Encoding::Utf16Be},
  }};
  const std::string wanted = lowered(name);
  const auto* const found =
      std::ranges::find(names, wanted, &std::pair<std::string_view, Encoding>::first);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

Result<std::unique_ptr<ByteSource>> decode(std::unique_ptr<ByteSource> source, Encoding encoding) {
  if (encoding == Encoding::Auto) return decode_auto(std::move(source));
  if (encoding == Encoding::Utf8) return source;
  return std::unique_ptr<ByteSource>(std::make_unique<DecodedSource>(std::move(source), encoding));
}

Result<std::unique_ptr<ByteSource>> decode_xml(std::unique_ptr<ByteSource> source) {
  CIP_TRY_ASSIGN(auto peeked, peek(std::move(source)));
  if (const auto marked = marked_encoding(peeked.head)) {
    return decode(std::move(peeked.source), *marked);
  }
  const std::string_view name = declared_encoding(peeked.head);
  const auto encoding = name.empty() || lowered(name) == "us-ascii" ? std::optional(Encoding::Utf8)
                                                                    : parse_encoding(name);
  if (!encoding) {
    return fail(
        Errc::InvalidArgument,
        fmt::format("'{}' is in the encoding {}, which is not read here; turn it into UTF-8 "
                    "first",
                    peeked.source->name(), name));
  }
  return decode(std::move(peeked.source), *encoding);
}

namespace {

/// What is not ASCII in a text.
struct HighBytes {
  std::size_t num_characters = 0;  // That are whole in UTF-8.
  std::size_t num_bad = 0;         // Bytes that are not.
  std::size_t first_bad = 0;
  bool has_c1 = false;  // 0x80 to 0x9F: letters and signs in windows-1252, nothing in Latin-1.
  bool has_undefined = false;  // Nothing in either.
};

constexpr std::string_view kUndefined = "\x81\x8D\x8F\x90\x9D";  // In windows-1252.

HighBytes high_bytes_of(std::string_view text) {
  HighBytes found;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      continue;
    }
    std::size_t size = 2;
    while (size <= 4 && !is_valid_utf8(text.substr(at, size))) ++size;
    if (size <= 4) {
      ++found.num_characters;
      at += size;
      continue;
    }
    if (at + 4 > text.size() && byte >= 0xC2) break;  // Perhaps cut by the end.
    if (found.num_bad++ == 0) found.first_bad = at;
    found.has_c1 = found.has_c1 || byte < 0xA0;
    found.has_undefined =
        found.has_undefined || kUndefined.find(text[at]) != std::string_view::npos;
    ++at;
  }
  return found;
}

}  // namespace

FoundEncoding find_encoding(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) return {Encoding::Utf8, true, "a byte order mark"};
  if (const auto marked = marked_encoding(head)) return {*marked, true, "a byte order mark"};
  if (looks_like_utf16(head)) {
    const bool is_little = head[1] == '\0';
    return {is_little ? Encoding::Utf16Le : Encoding::Utf16Be, false,
            "every other byte is NUL, as in Latin letters"};
  }
  const HighBytes high = high_bytes_of(head);
  if (high.num_bad == 0) {
    return {Encoding::Utf8, false,
            high.num_characters == 0 ? "nothing but ASCII in the part looked at"
                                     : fmt::format("{} characters beyond ASCII, all of them valid",
                                                   high.num_characters)};
  }
  // Whole characters of UTF-8 hardly come about by chance: where there are as many, or more, it is
  // the few other bytes that are wrong, and their records are refused.
  if (high.num_characters >= high.num_bad) {
    return {
        Encoding::Utf8, false,
        fmt::format("{} characters beyond ASCII are valid, {} bytes are not, the first at byte {}",
                    high.num_characters, high.num_bad, high.first_bad)};
  }
  if (high.has_undefined) {
    return {
        Encoding::Utf8, false,
        fmt::format("{} bytes are not UTF-8, the first at byte {}, and some of them mean nothing "
                    "in Latin-1 or windows-1252 either",
                    high.num_bad, high.first_bad)};
  }
  const std::string mixed =
      high.num_characters == 0
          ? ""
          : fmt::format(
                "; but {} characters are, and read so they change: the file mixes encodings",
                high.num_characters);
  return {high.has_c1 ? Encoding::Windows1252 : Encoding::Latin1, false,
          fmt::format("byte {} (0x{:02X}) is not UTF-8, nor are {} others{}", high.first_bad,
                      static_cast<unsigned char>(head[high.first_bad]), high.num_bad - 1, mixed)};
}

std::size_t write_utf8(char* to, char32_t point) noexcept {
  const auto tail = [point](unsigned shift) {
    return static_cast<char>(0x80 | ((point >> shift) & 0x3F));
  };
  if (point < 0x80) {
    to[0] = static_cast<char>(point);
    return 1;
  }
  if (point < 0x800) {
    to[0] = static_cast<char>(0xC0 | (point >> 6));
    to[1] = tail(0);
    return 2;
  }
  if (point < 0x10000) {
    to[0] = static_cast<char>(0xE0 | (point >> 12));
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xF0 | (point >> 18));
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

void append_utf8(std::string& text, char32_t point) {
  std::array<char, 4> bytes{};
  text.append(bytes.data(), write_utf8(bytes.data(), point));
}

bool is_clean_text(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size()) &&
         text.find('\0') == std::string_view::npos;
}

std::size_t first_bad_byte(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '\0') {
    std::size_t size = 1;
    while (size <= 4 && !is_valid_utf8(text.substr(at, size))) ++size;
    if (size > 4) break;
    at += size;
  }
  return std::min(at, text.size());
}

}  // namespace cip::ingest
