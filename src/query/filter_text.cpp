#include "query/filter_text.h"

#include <array>
#include <cctype>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace cip::query {
namespace {

constexpr int kMaxDepth = 64;

enum class TokenKind { Word, Quoted, Text, Number, Sign, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;        // Without quotes and doubled quotes.
  std::size_t column = 0;  // From 1.
};

bool is_word_sign(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> tokens() {
    std::vector<Token> found;
    for (;;) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      }
      CIP_TRY_ASSIGN(Token token, next());
      found.push_back(token);
      if (token.kind == TokenKind::End) return found;
    }
  }

 private:
  Result<Token> next() {
    Token token{TokenKind::End, {}, at_ + 1};
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (c == '\'' || c == '"') return quoted(c, token);
    const bool starts_number =
        std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+';
    if (starts_number) return number(token);
    if (is_word_sign(c)) {
      token.kind = TokenKind::Word;
      while (at_ < text_.size() && is_word_sign(text_[at_])) token.text += text_[at_++];
      return token;
    }
    return sign(token);
  }

  Result<Token> quoted(char quote, Token token) {
    token.kind = quote == '\'' ? TokenKind::Text : TokenKind::Quoted;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        const bool is_doubled = at_ + 1 < text_.size() && text_[at_ + 1] == quote;
        if (!is_doubled) {
          ++at_;
          return token;
        }
        ++at_;
      }
      token.text += text_[at_];
    }
    return fail(
        Errc::InvalidArgument,
        fmt::format("filter, column {}: the quote {} is never closed", token.column, quote));
  }

  Result<Token> number(Token token) {
    token.kind = TokenKind::Number;
    token.text += text_[at_++];
    while (at_ < text_.size() && (is_word_sign(text_[at_]) || is_exponent_sign())) {
      token.text += text_[at_++];
    }
    if (parse_number(token.text)) return token;
    return fail(Errc::InvalidArgument,
                fmt::format("filter, column {}: '{}' is no number; text stands in single quotes",
                            token.column, token.text));
  }

  [[nodiscard]] bool is_exponent_sign() const {
    const bool is_sign = text_[at_] == '-' || text_[at_] == '+';
    const char before = text_[at_ - 1];
    return is_sign && (before == 'e' || before == 'E');
  }

  Result<Token> sign(Token token) {
    token.kind = TokenKind::Sign;
    for (const std::string_view known : {"!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
      if (!text_.substr(at_).starts_with(known)) continue;
      token.text = known;
      at_ += known.size();
      return token;
    }
    return fail(Errc::InvalidArgument, fmt::format("filter, column {}: '{}' is not understood",
                                                   token.column, text_.substr(at_, 1)));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Recursive descent, one function per rule of the grammar in the header.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Filter> parse() {
    if (here().kind == TokenKind::End) return Filter{};
    CIP_TRY_ASSIGN(Filter whole, any());
    if (here().kind != TokenKind::End) return wanted("'and', 'or' or the end");
    return whole;
  }

 private:
  [[nodiscard]] const Token& here() const { return tokens_[at_]; }

  [[nodiscard]] Failure wanted(std::string_view what) const {
    const std::string found =
        here().kind == TokenKind::End ? std::string("the end") : fmt::format("'{}'", here().text);
    return fail(Errc::InvalidArgument,
                fmt::format("filter, column {}: wanted {}, found {}", here().column, what, found));
  }

  bool take_word(std::string_view word) {
    if (here().kind != TokenKind::Word || lowered(here().text) != word) return false;
    ++at_;
    return true;
  }

  bool take_sign(std::string_view sign) {
    if (here().kind != TokenKind::Sign || here().text != sign) return false;
    ++at_;
    return true;
  }

  Result<Filter> any() { return chain("or", Filter::Kind::Or, &Parser::all); }
  Result<Filter> all() { return chain("and", Filter::Kind::And, &Parser::term); }

  Result<Filter> chain(std::string_view word, Filter::Kind kind, Result<Filter> (Parser::*part)()) {
    CIP_TRY_ASSIGN(Filter first, (this->*part)());
    if (here().kind != TokenKind::Word || lowered(here().text) != word) return first;
    Filter filter;
    filter.kind = kind;
    filter.parts.push_back(std::move(first));
    while (take_word(word)) {
      CIP_TRY_ASSIGN(Filter next, (this->*part)());
      filter.parts.push_back(std::move(next));
    }
    return filter;
  }

  Result<Filter> term() {
    if (++depth_ > kMaxDepth) {
      return fail(Errc::LimitExceeded, "a filter may be 64 levels deep, not deeper");
    }
    Result<Filter> made = unguarded_term();
    --depth_;
    return made;
  }

  Result<Filter> unguarded_term() {
    if (take_word("not")) {
      CIP_TRY_ASSIGN(Filter inner, term());
      Filter filter;
      filter.kind = Filter::Kind::Not;
      filter.parts.push_back(std::move(inner));
      return filter;
    }
    if (take_sign("(")) {
      CIP_TRY_ASSIGN(Filter inner, any());
      if (!take_sign(")")) return wanted("')'");
      return inner;
    }
    return condition();
  }

  Result<Filter> condition() {
    if (here().kind != TokenKind::Word && here().kind != TokenKind::Quoted) {
      return wanted("the name of a dimension or metric");
    }
    Condition made;
    made.field = here().text;
    ++at_;
    constexpr std::array<std::pair<std::string_view, Op>, 7> comparisons = {
        {{"=", Op::Equal},
         {"!=", Op::NotEqual},
         {"<>", Op::NotEqual},
         {"<=", Op::LessEqual},
         {"<", Op::Less},
         {">=", Op::GreaterEqual},
         {">", Op::Greater}}};
    for (const auto& [sign, op] : comparisons) {
      if (!take_sign(sign)) continue;
      made.op = op;
      CIP_TRY(value_into(made));
      return Filter::of(std::move(made));
    }
    return wordy_condition(std::move(made));
  }

  Result<Filter> wordy_condition(Condition made) {
    if (take_word("is")) {
      made.op = take_word("not") ? Op::NotNull : Op::IsNull;
      if (!take_word("null")) return wanted("'null'");
      return Filter::of(std::move(made));
    }
    const bool is_negated = take_word("not");
    if (take_word("in")) {
      made.op = is_negated ? Op::NotIn : Op::In;
      CIP_TRY(list_into(made));
      return Filter::of(std::move(made));
    }
    if (take_word("between")) {
      made.op = Op::Between;
      CIP_TRY(value_into(made));
      if (!take_word("and")) return wanted("'and'");
      CIP_TRY(value_into(made));
    } else if (take_word("contains")) {
      made.op = Op::Contains;
      CIP_TRY(value_into(made));
    } else {
      return wanted("one of = != < <= > >= in, between, contains, is");
    }
    if (!is_negated) return Filter::of(std::move(made));
    Filter filter;
    filter.kind = Filter::Kind::Not;
    filter.parts.push_back(Filter::of(std::move(made)));
    return filter;
  }

  Result<void> list_into(Condition& made) {
    if (!take_sign("(")) return wanted("'('");
    do {
      CIP_TRY(item_into(made));
    } while (take_sign(","));
    if (!take_sign(")")) return wanted("',' or ')'");
    return {};
  }

  // In a list null is a value like any other.
  Result<void> item_into(Condition& made) {
    if (!take_word("null")) return value_into(made);
    made.values.emplace_back();
    return {};
  }

  Result<void> value_into(Condition& made) {
    if (here().kind == TokenKind::Text) {
      made.values.emplace_back(here().text);
    } else if (here().kind == TokenKind::Number) {
      if (const auto whole = parse_int(here().text)) {
        made.values.emplace_back(*whole);
      } else {
        made.values.emplace_back(parse_number(here().text).value_or(0));
      }
    } else if (here().kind == TokenKind::Word &&
               (lowered(here().text) == "true" || lowered(here().text) == "false")) {
      made.values.emplace_back(lowered(here().text));
    } else if (here().kind == TokenKind::Word && lowered(here().text) == "null") {
      return wanted("a value ('is null' asks for what is missing)");
    } else {
      return wanted("a value (text stands in single quotes)");
    }
    ++at_;
    return {};
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::string in_quotes(std::string_view text, char quote) {
  std::string made(1, quote);
  for (const char c : text) {
    if (c == quote) made += c;
    made += c;
  }
  return made + quote;
}

bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 10> keywords = {
      "and", "or", "not", "in", "between", "contains", "is", "null", "true", "false"};
  const std::string low = lowered(word);
  for (const std::string_view keyword : keywords) {
    if (keyword == low) return true;
  }
  return false;
}

std::string field_text(std::string_view field) {
  bool is_plain = !field.empty() && !is_keyword(field) &&
                  std::isdigit(static_cast<unsigned char>(field.front())) == 0;
  for (const char c : field) is_plain = is_plain && is_word_sign(c);
  return is_plain ? std::string(field) : in_quotes(field, '"');
}

std::string value_text(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) {
    std::string text = number_text(*number);
    // A double that happens to be whole keeps a sign of being one.
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return in_quotes(*text, '\'');
  return "null";
}

std::string test_text(const Condition& test) {
  const std::string field = field_text(test.field);
  const auto value = [&test](std::size_t at) {
    return at < test.values.size() ? value_text(test.values[at]) : std::string("null");
  };
  switch (test.op) {
    case Op::In:
    case Op::NotIn: {
      std::vector<std::string> values;
      values.reserve(test.values.size());
      for (const Value& each : test.values) values.push_back(value_text(each));
      return fmt::format("{} {} ({})", field, test.op == Op::In ? "in" : "not in",
                         joined(values, ", "));
    }
    case Op::IsNull:
      return field + " is null";
    case Op::NotNull:
      return field + " is not null";
    case Op::Between:
      return fmt::format("{} between {} and {}", field, value(0), value(1));
    case Op::Contains:
      return fmt::format("{} contains {}", field, value(0));
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      break;
  }
  return fmt::format("{} {} {}", field, name_of(test.op), value(0));
}

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  CIP_TRY_ASSIGN(std::vector<Token> tokens, Lexer(text).tokens());
  return Parser(std::move(tokens)).parse();
}

std::string filter_text(const Filter& filter) {
  if (filter.kind == Filter::Kind::Test) return test_text(filter.test);
  if (filter.kind == Filter::Kind::Not) {
    return fmt::format("not ({})", filter_text(filter.parts.front()));
  }
  std::vector<std::string> parts;
  for (const Filter& part : filter.parts) {
    const bool is_leaf = part.kind == Filter::Kind::Test || part.kind == Filter::Kind::Not;
    parts.push_back(is_leaf ? filter_text(part) : fmt::format("({})", filter_text(part)));
  }
  return joined(parts, filter.kind == Filter::Kind::And ? " and " : " or ");
}

}  // namespace cip::query
