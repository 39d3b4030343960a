#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace cip {
namespace {

constexpr std::size_t kMaxDepth = 64;

// Boost would print 0.1 as 1E-1; people and diffs want 0.1.
class Writer {
 public:
  explicit Writer(bool is_pretty) : is_pretty_(is_pretty) {}

  void write(const Json& value) {
    if (const auto* object = value.if_object()) {
      write_all(*object, '{', '}', [this](const auto& member) {
        out_ += boost::json::serialize(member.key());
        out_ += is_pretty_ ? ": " : ":";
        write(member.value());
      });
    } else if (const auto* array = value.if_array()) {
      write_all(*array, '[', ']', [this](const Json& element) { write(element); });
    } else if (const auto* number = value.if_double()) {
      out_ += std::isfinite(*number) ? number_text(*number) : "null";
    } else {
      out_ += boost::json::serialize(value);
    }
  }

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  template <class Elements, class Write>
  void write_all(const Elements& elements, char open, char close, Write write_one) {
    out_ += open;
    ++depth_;
    bool is_first = true;
    for (const auto& element : elements) {
      if (!is_first) out_ += ',';
      is_first = false;
      break_line();
      write_one(element);
    }
    --depth_;
    if (!is_first) break_line();
    out_ += close;
  }

  void break_line() {
    if (!is_pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  bool is_pretty_;
  std::size_t depth_ = 0;
  std::string out_;
};

// Boost's own parser rounds one double in ten to a neighbour (up to 1.81), and a number that is
// written and read back has to be the same number. So doubles are read again from their text.
class Reader {
 public:
  // The names and limits that boost::json::basic_parser asks of a handler.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();  // NOLINT
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();   // NOLINT
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();     // NOLINT
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();  // NOLINT

  using Text = boost::json::string_view;
  using Code = boost::json::error_code;

  Reader() { values_.reset(); }

  [[nodiscard]] Json take() { return values_.release(); }

  bool on_document_begin(Code& /*error*/) { return true; }
  bool on_document_end(Code& /*error*/) { return true; }
  bool on_object_begin(Code& /*error*/) { return true; }
  bool on_object_end(std::size_t size, Code& /*error*/) { return values_.push_object(size), true; }
  bool on_array_begin(Code& /*error*/) { return true; }
  bool on_array_end(std::size_t size, Code& /*error*/) { return values_.push_array(size), true; }
  bool on_key_part(Text part, std::size_t /*size*/, Code& /*error*/) { return keep(part); }
  bool on_key(Text part, std::size_t /*size*/, Code& /*error*/) {
    return values_.push_key(part), true;
  }
  bool on_string_part(Text part, std::size_t /*size*/, Code& /*error*/) { return keep(part); }
  bool on_string(Text part, std::size_t /*size*/, Code& /*error*/) {
    return values_.push_string(part), true;
  }
  bool on_number_part(Text part, Code& /*error*/) { return number_ += part, true; }
  bool on_int64(std::int64_t value, Text /*text*/, Code& /*error*/) {
    return number_.clear(), values_.push_int64(value), true;
  }
  bool on_uint64(std::uint64_t value, Text /*text*/, Code& /*error*/) {
    return number_.clear(), values_.push_uint64(value), true;
  }
  bool on_double(double value, Text part, Code& /*error*/) {
    number_ += part;
    values_.push_double(parse_number(number_).value_or(value));
    return number_.clear(), true;
  }
  bool on_bool(bool value, Code& /*error*/) { return values_.push_bool(value), true; }
  bool on_null(Code& /*error*/) { return values_.push_null(), true; }
  bool on_comment_part(Text /*part*/, Code& /*error*/) { return true; }
  bool on_comment(Text /*part*/, Code& /*error*/) { return true; }

 private:
  bool keep(Text part) { return values_.push_chars(part), true; }

  boost::json::value_stack values_;
  std::string number_;
};

std::string written(const Json& value, bool is_pretty) {
  Writer writer(is_pretty);
  writer.write(value);
  return std::move(writer).take();
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Reader> parser(options);
  boost::json::error_code error;
  const std::size_t num_read = parser.write_some(false, text.data(), text.size(), error);
  if (error == boost::json::error::incomplete) {
    return fail(Errc::InvalidArgument, "JSON ends before its value is complete");
  }
  if (error) {
    return fail(Errc::InvalidArgument,
                fmt::format("not JSON at byte {}: {}", num_read, error.message()));
  }
  if (!trimmed(text.substr(num_read)).empty()) {
    return fail(Errc::InvalidArgument, fmt::format("text after the JSON, at byte {}", num_read));
  }
  return parser.handler().take();
}

std::string to_text(const Json& value) { return written(value, false); }

std::string to_pretty_text(const Json& value) { return written(value, true) + '\n'; }

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace cip
