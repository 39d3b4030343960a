#include "ingest/expression.h"

#include <algorithm>

#include "base/text.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// The end of what begins at `at` and protects its inside: '...', {...} or (...). kNone if it is not
// closed.
std::size_t end_of_protected(std::string_view text, std::size_t at) {
  if (text[at] == '{') return text.find('}', at);
  if (text[at] == '\'') {
    std::size_t end = text.find('\'', at + 1);
    while (end != kNone && text.substr(end + 1).starts_with('\'')) end = text.find('\'', end + 2);
    return end;
  }
  for (std::size_t inside = at + 1; inside < text.size(); ++inside) {
    const char c = text[inside];
    if (c == ')') return inside;
    if (c == '{' || c == '\'' || c == '(') inside = end_of_protected(text, inside);
    if (inside == kNone) return kNone;
  }
  return kNone;
}

// Cuts a text at a separator, but not inside of quotes, braces and parentheses. nullopt, with the
// place, for one of these that is not closed.
std::optional<std::vector<std::string_view>> cut(std::string_view text, std::string_view separator,
                                                 std::size_t& unclosed) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (text.substr(at).starts_with(separator)) {
      pieces.push_back(text.substr(begin, at - begin));
      at += separator.size() - 1;
      begin = at + 1;
    } else if (c == '\'' || c == '{' || c == '(') {
      const std::size_t end = end_of_protected(text, at);
      if (end == kNone) {
        unclosed = at;
        return std::nullopt;
      }
      at = end;
    }
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

std::size_t column_index(SourceExpression& source, std::string_view name) {
  const auto found = std::ranges::find(source.columns, name);
  if (found != source.columns.end()) {
    return static_cast<std::size_t>(found - source.columns.begin());
  }
  source.columns.emplace_back(name);
  return source.columns.size() - 1;
}

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, Type type, TextFault& fault)
      : text_(text), type_(type), fault_(fault) {}

  std::optional<Expression> parse() {
    std::size_t unclosed = 0;
    const auto halves = cut(text_, "::", unclosed);
    if (!halves) {
      refuse_at(text_.substr(unclosed),
                fmt::format("'{}' is not closed; a column with such a sign in its name is written "
                            "in braces, {{like this}}",
                            text_[unclosed]));
      return std::nullopt;
    }
    if (halves->size() > 2) {
      refuse_at((*halves)[2], "only one '::' separates the value from its rules");
      return std::nullopt;
    }
    if (!parse_value((*halves)[0])) return std::nullopt;
    if (halves->size() == 2 && !parse_rule_list((*halves)[1])) return std::nullopt;
    return std::move(made_);
  }

 private:
  bool parse_value(std::string_view text) {
    std::size_t unclosed = 0;
    const auto pieces = cut(text, "|", unclosed);
    std::string_view source = trimmed(pieces->front());
    if (source.starts_with('?')) {
      made_.is_suggestion = true;
      source = trimmed(source.substr(1));
    }
    if (source.empty()) return refuse_at(text, "wanted a source column before the pipes and rules");
    if (!parse_source(source)) return false;
    for (std::size_t at = 1; at < pieces->size(); ++at) {
      if (!parse_pipe(trimmed((*pieces)[at]))) return false;
    }
    return true;
  }

  bool parse_source(std::string_view text) {
    SourceExpression& source = made_.source;
    if (text.starts_with('#')) return parse_special(text);
    if (text.starts_with('\'') && end_of_protected(text, 0) == text.size() - 1) {
      return parse_quoted(text.substr(1, text.size() - 2));
    }
    if (text.find('{') != kNone || text.find("today()") != kNone) {
      const bool is_one = text.starts_with('{') && text.find('}') == text.size() - 1;
      if (is_one) return parse_column(text.substr(1, text.size() - 2), text);
      return Formula::looks_like(text) ? parse_formula(text) : parse_template(text);
    }
    if (parse_exact(text)) {
      source.kind = SourceKind::Constant;
      source.is_number = true;
      source.constant = text;
      return true;
    }
    return parse_column(text, text);
  }

  bool parse_formula(std::string_view text) {
    std::size_t offset = 0;
    std::string message;
    auto formula = Formula::parse(text, Formula::Wanted::Value, offset, message);
    if (!formula) {
      return refuse_at(text.substr(std::min(offset, text.size())),
                       fmt::format("cannot read '{}': {}; if it is meant as text, put it in "
                                   "quotes: '{}'",
                                   text, message, text));
    }
    made_.source.kind = SourceKind::Formula;
    made_.source.columns = formula->columns();
    made_.source.formula = std::move(*formula);
    return true;
  }

  bool parse_special(std::string_view text) {
    if (text == "#row" || text == "#file") {
      made_.source.kind = text == "#row" ? SourceKind::RowNumber : SourceKind::FileName;
      return true;
    }
    return refuse_at(text, fmt::format("unknown source '{}', known are: #row, #file; a column of "
                                       "this name is written {{{}}}",
                                       text, text));
  }

  bool parse_column(std::string_view name, std::string_view where) {
    name = trimmed(name);
    if (name.empty()) return refuse_at(where, "wanted the name of a column between the braces");
    made_.source.kind = SourceKind::Column;
    column_index(made_.source, name);
    return true;
  }

  bool parse_quoted(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
      plain += text[at];
      if (text[at] == '\'') ++at;  // '' is one quote.
    }
    if (plain.find('{') != kNone) return parse_template(text, plain);
    made_.source.kind = SourceKind::Constant;
    made_.source.constant = std::move(plain);
    return true;
  }

  bool parse_template(std::string_view text) { return parse_template(text, std::string(text)); }

  bool parse_template(std::string_view where, const std::string& text) {
    SourceExpression& source = made_.source;
    source.kind = SourceKind::Template;
    const std::string_view view(text);
    for (std::size_t at = 0; at < view.size();) {
      const std::size_t brace = std::min(view.find('{', at), view.size());
      if (brace > at) source.pieces.push_back({std::string(view.substr(at, brace - at))});
      if (brace == view.size()) break;
      const std::size_t end = view.find('}', brace);
      const std::string_view name =
          end == kNone ? "" : trimmed(view.substr(brace + 1, end - brace - 1));
      if (name.empty()) return refuse_at(where, "wanted the name of a column between the braces");
      source.pieces.push_back({"", column_index(source, name)});
      at = end + 1;
    }
    return true;
  }

  bool parse_pipe(std::string_view text) {
    const std::size_t open = text.find('(');
    const std::string_view name = trimmed(text.substr(0, open));
    const PipeEntry* const entry = find_pipe(name);
    if (entry == nullptr) {
      std::vector<std::string> known;
      for (const PipeEntry& each : pipe_entries()) known.emplace_back(each.name);
      return refuse_at(text, unknown_name_message("pipe", name, known));
    }
    std::string_view inside;
    if (open != kNone) {
      if (text.back() != ')') return refuse_at(text, fmt::format("wanted {}", entry->usage));
      inside = trimmed(text.substr(open + 1, text.size() - open - 2));
    }
    Pipe pipe{entry, {}};
    if (!entry->read(inside, pipe.arguments)) {
      return refuse_at(text, fmt::format("cannot read '{}', wanted {}", text, entry->usage));
    }
    made_.pipes.push_back(std::move(pipe));
    return true;
  }

  bool parse_rule_list(std::string_view text) {
    std::size_t offset = 0;
    std::string message;
    auto rules = parse_rules(text, type_, offset, message);
    if (!rules) return refuse_at(text.substr(std::min(offset, text.size())), std::move(message));
    made_.rules = std::move(*rules);
    return true;
  }

  // `where` is a view into the text.
  bool refuse_at(std::string_view where, std::string message) {
    fault_ = {static_cast<std::size_t>(where.data() - text_.data()), std::move(message)};
    return false;
  }

  std::string_view text_;
  Type type_;
  TextFault& fault_;
  Expression made_;
};

}  // namespace

std::optional<Expression> parse_expression(std::string_view text, Type type, TextFault& fault) {
  return ExpressionParser(text, type, fault).parse();
}

}  // namespace cip::ingest
