#include "query/attributes.h"

#include <map>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_builder.h"

namespace cip::query {
namespace {

struct Growing {
  explicit Growing(std::size_t num_rows) : codes(num_rows), presence(num_rows, false) {}

  frame::Interner interner;
  std::vector<std::uint32_t> codes;
  frame::Bitmap presence;
};

}  // namespace

std::string attribute_text(const Json& value) {
  if (const auto* text = value.if_string()) return {text->data(), text->size()};
  if (const auto* truth = value.if_bool()) return *truth ? "true" : "false";
  if (const auto* whole = value.if_int64()) return std::to_string(*whole);
  if (value.is_double() || value.is_uint64()) {
    // SQLite keeps 15 digits, and always a digit after the point.
    std::string text = fmt::format("{:.15g}", value.to_number<double>());
    if (text.find('.') != std::string::npos) return text;
    const std::size_t exponent = text.find('e');
    return exponent == std::string::npos ? text + ".0" : text.insert(exponent, ".0");
  }
  return to_text(value);
}

std::vector<frame::Column> extract_attributes(const frame::Column& objects) {
  std::map<std::string, Growing> found;
  const auto& texts = objects.as<frame::Texts>();
  for (std::size_t row = 0; row < objects.num_rows(); ++row) {
    if (!objects.has(row)) continue;
    const Result<Json> json = parse_json(texts.at(row));
    if (!json || !json->is_object()) continue;
    for (const auto& member : json->get_object()) {
      if (member.value().is_null()) continue;
      const std::string name(member.key().data(), member.key().size());
      Growing& column = found.try_emplace(name, objects.num_rows()).first->second;
      column.codes[row] = column.interner.code_of(attribute_text(member.value()));
      column.presence.set(row, true);
    }
  }
  std::vector<frame::Column> columns;
  for (auto& [name, column] : found) {
    frame::Texts cells{std::move(column.codes), column.interner.take()};
    columns.push_back(
        frame::Column::make(name, std::move(cells), std::move(column.presence)).value());
  }
  return columns;
}

}  // namespace cip::query
