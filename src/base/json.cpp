#include "base/json.h"

#include <cmath>
#include <optional>

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

std::string written(const Json& value, bool is_pretty) {
  Writer writer(is_pretty);
  writer.write(value);
  return std::move(writer).take();
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::stream_parser parser({}, options);
  boost::json::error_code error;
  const std::size_t num_read = parser.write_some(text.data(), text.size(), error);
  if (error) {
    return fail(Errc::InvalidArgument,
                fmt::format("not JSON at byte {}: {}", num_read, error.message()));
  }
  parser.finish(error);
  if (error) return fail(Errc::InvalidArgument, "JSON ends before its value is complete");
  if (!trimmed(text.substr(num_read)).empty()) {
    return fail(Errc::InvalidArgument, fmt::format("text after the JSON, at byte {}", num_read));
  }
  return parser.release();
}

std::string to_text(const Json& value) { return written(value, false); }

std::string to_pretty_text(const Json& value) { return written(value, true) + '\n'; }

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace cip
