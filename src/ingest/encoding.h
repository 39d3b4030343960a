// ingest/encoding.h: text in old encodings, turned into UTF-8 before a reader sees it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/byte_source.h"

namespace cip::ingest {

/// Auto is UTF-8 unless a byte order mark says UTF-16.
enum class Encoding { Auto, Utf8, Latin1, Windows1252, Utf16Le, Utf16Be };

[[nodiscard]] std::string_view name_of(Encoding encoding) noexcept;

/// "utf-8", "latin1", "iso-8859-1", "windows-1252", "cp1252", "utf-16le", "utf-16be", "auto"; in
/// any case of letters.
[[nodiscard]] std::optional<Encoding> parse_encoding(std::string_view name);

/// The same text in UTF-8. UTF-8 itself passes through unread: readers judge it record by record.
///
/// A half of a surrogate pair comes out as bytes that are not UTF-8, so that the record that holds
/// it is found faulty like any other. Bytes without a meaning in windows-1252 become
/// U+0080..U+009F, as the WHATWG Encoding Standard has it.
///
/// Errors:  InvalidArgument  Auto, and the text looks like UTF-16 without a byte order mark
Result<std::unique_ptr<ByteSource>> decode(std::unique_ptr<ByteSource> source, Encoding encoding);

/// The same for an XML document, in the encoding that its byte order mark or its declaration says;
/// the declaration itself stays as it is.
///
/// Errors:  InvalidArgument  an encoding that is not among these
Result<std::unique_ptr<ByteSource>> decode_xml(std::unique_ptr<ByteSource> source);

/// The encoding that the front of a file is in, and what shows it.
struct FoundEncoding {
  Encoding encoding = Encoding::Utf8;
  bool has_mark = false;  // A byte order mark.
  std::string why;
};

/// By a byte order mark; by where the NULs of UTF-16 stand; UTF-8 if the bytes are that, but for a
/// character that the end of `head` cuts. Else windows-1252 if bytes from 0x80 to 0x9F are used as
/// it has them, and Latin-1 without such bytes; but UTF-8 where most of what is not ASCII is UTF-8,
/// for then it is the few other bytes that are wrong.
FoundEncoding find_encoding(std::string_view head);

void append_utf8(std::string& text, char32_t point);

/// Writes the 1 to 4 bytes of a character to where there is room for 4; returns how many.
std::size_t write_utf8(char* to, char32_t point) noexcept;

/// True if `text` is UTF-8 and has no NUL byte, which no store takes as text.
[[nodiscard]] bool is_clean_text(std::string_view text) noexcept;

/// The position of the first byte that keeps `text` from being clean; its size if none does.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text) noexcept;

}  // namespace cip::ingest
