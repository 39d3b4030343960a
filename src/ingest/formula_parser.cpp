#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "ingest/formula.h"
#include "ingest/formula_op.h"

namespace cip::ingest {

namespace {

using Op = FormulaOp;

constexpr int kMaxDepth = 64;
constexpr std::size_t kNone = std::string_view::npos;

struct Token {
  enum class Kind { Column, Text, Number, Word, Symbol, End };
  Kind kind = Kind::End;
  std::string text;
  std::size_t offset = 0;
};

struct Comparison {
  std::string_view symbol;
  Op op;
};

constexpr std::array<Comparison, 10> kComparisons = {{{"=", Op::Equal},
                                                      {"==", Op::Equal},
                                                      {"!=", Op::NotEqual},
                                                      {"<>", Op::NotEqual},
                                                      {"<", Op::Less},
                                                      {"<=", Op::LessOrEqual},
                                                      {">", Op::Greater},
                                                      {">=", Op::GreaterOrEqual},
                                                      {"matches", Op::Matches},
                                                      {"contains", Op::Contains}}};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

bool is_number_byte(char c) noexcept { return is_digit(c) || c == '.' || c == 'e' || c == 'E'; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  // nullopt with a message if what stands there begins nothing.
  std::optional<Token> next(std::string& message) {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (at_ == text_.size()) return Token{Token::Kind::End, "", at_};
    const char c = text_[at_];
    if (c == '{') return column(message);
    if (c == '\'') return quoted(message);
    if (is_digit(c) || c == '.') return run(Token::Kind::Number, is_number_byte);
    if (is_word_byte(c)) return run(Token::Kind::Word, is_word_byte);
    const std::size_t size = is_two_signs() ? 2 : 1;
    const Token token{Token::Kind::Symbol, std::string(text_.substr(at_, size)), at_};
    at_ += size;
    return token;
  }

  [[nodiscard]] bool is_call() const noexcept {
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_);
    return next != kNone && text_[next] == '(';
  }

 private:
  [[nodiscard]] bool is_two_signs() const noexcept {
    constexpr std::array<std::string_view, 5> kTwo = {"<=", ">=", "!=", "<>", "=="};
    return std::ranges::find(kTwo, text_.substr(at_, 2)) != kTwo.end();
  }

  std::optional<Token> column(std::string& message) {
    const std::size_t end = text_.find('}', at_);
    if (end == kNone) {
      message = "a '{' that is not closed";
      return std::nullopt;
    }
    Token token{Token::Kind::Column, std::string(trimmed(text_.substr(at_ + 1, end - at_ - 1))),
                at_};
    at_ = end + 1;
    return token;
  }

  std::optional<Token> quoted(std::string& message) {
    Token token{Token::Kind::Text, "", at_};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') {
        if (!text_.substr(at_ + 1).starts_with('\'')) {
          ++at_;
          return token;
        }
        ++at_;  // '' is one quote.
      }
      token.text += text_[at_];
    }
    message = "a quote that is not closed";
    return std::nullopt;
  }

  Token run(Token::Kind kind, bool (*belongs)(char) noexcept) {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return {kind, std::string(text_.substr(begin, at_ - begin)), begin};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::size_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

}  // namespace

// Recursive descent: or, and, not, comparison, sum, product, factor.
class FormulaParser {
 public:
  FormulaParser(std::string_view text, Formula::Wanted wanted) : tokens_(text), wanted_(wanted) {}

  std::optional<Formula> parse() {
    if (!advance()) return std::nullopt;
    const Index root = parse_or(0);
    if (!root) return std::nullopt;
    const bool wants_truth = wanted_ != Formula::Wanted::Value;
    if (wants_truth && !is_truth(made_.nodes_[*root].op)) {
      refuse_comparison();
      return std::nullopt;
    }
    if (token_.kind != Token::Kind::End) {
      refuse(fmt::format("wanted {} or the end, found '{}'",
                         wants_truth ? "'and', 'or'" : "an operator", token_.text));
      return std::nullopt;
    }
    made_.root_ = *root;
    return std::move(made_);
  }

  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  using Index = std::optional<std::size_t>;

  Index parse_or(int depth) {
    if (depth > kMaxDepth) return refuse("too many parentheses");
    Index left = parse_and(depth);
    while (left && is_word("or")) left = joined_truth(Op::Or, *left, depth);
    return left;
  }

  Index parse_and(int depth) {
    Index left = parse_not(depth);
    while (left && is_word("and")) left = joined_truth(Op::And, *left, depth);
    return left;
  }

  Index joined_truth(Op op, std::size_t left, int depth) {
    if (!is_truth(made_.nodes_[left].op)) return refuse_comparison();
    if (!advance()) return {};
    const Index right = op == Op::Or ? parse_and(depth) : parse_not(depth);
    if (!right) return {};
    if (!is_truth(made_.nodes_[*right].op)) return refuse_comparison();
    return add(op, {left, *right});
  }

  Index parse_not(int depth) {
    if (depth > kMaxDepth) return refuse("too many parentheses");
    if (!is_word("not")) return parse_comparison(depth);
    if (!advance()) return {};
    return negated(parse_not(depth + 1));
  }

  Index negated(Index inner) {
    if (!inner) return {};
    if (!is_truth(made_.nodes_[*inner].op)) return refuse_comparison();
    return add(Op::Not, {*inner});
  }

  Index parse_comparison(int depth) {
    const Index left = parse_sum(depth);
    if (!left || is_truth(made_.nodes_[*left].op)) return left;
    if (is_word("is")) return parse_missing(*left);
    if (is_word("in")) return parse_in(*left, depth);
    if (is_word("not")) {
      if (!advance()) return {};
      if (!is_word("in")) return refuse("wanted 'in' after 'not'");
      return negated(parse_in(*left, depth));
    }
    const auto op = take_operator();
    if (!op) return message_.empty() ? left : Index{};
    const Index right = parse_value(depth);
    return right ? add(*op, {*left, *right}) : Index{};
  }

  // A sum that is no condition.
  Index parse_value(int depth) {
    const Index value = parse_sum(depth);
    if (value && is_truth(made_.nodes_[*value].op)) {
      return refuse("wanted a value, found a condition");
    }
    return value;
  }

  Index parse_missing(std::size_t value) {
    if (!advance()) return {};
    const bool is_negated = is_word("not");
    if (is_negated && !advance()) return {};
    if (!is_word("missing")) return refuse("wanted 'missing' after 'is'");
    if (!advance()) return {};
    const Index index = add(Op::IsMissing, {value});
    return is_negated ? negated(index) : index;
  }

  Index parse_in(std::size_t value, int depth) {
    std::vector<std::size_t> inputs = {value};
    if (!advance()) return {};
    if (!is_symbol("(")) return refuse("wanted '(' after 'in'");
    do {
      if (!advance()) return {};
      if (token_.kind == Token::Kind::Word) token_.kind = Token::Kind::Text;
      const Index each = parse_value(depth);
      if (!each) return {};
      inputs.push_back(*each);
    } while (is_symbol(","));
    if (!is_symbol(")")) return refuse("wanted ',' or ')'");
    if (!advance()) return {};
    return add(Op::In, std::move(inputs));
  }

  // nullopt without a message: there is none.
  std::optional<Op> take_operator() {
    for (const Comparison& known : kComparisons) {
      if (token_.text != known.symbol || token_.kind == Token::Kind::Text) continue;
      return advance() ? std::optional(known.op) : std::nullopt;
    }
    const bool is_start = is_word("starts");
    if (!is_start && !is_word("ends")) return std::nullopt;
    if (!advance()) return std::nullopt;
    if (!is_word("with")) {
      refuse("wanted 'with'");
      return std::nullopt;
    }
    if (!advance()) return std::nullopt;
    return is_start ? Op::StartsWith : Op::EndsWith;
  }

  Index parse_sum(int depth) {
    Index left = parse_product(depth);
    while (left && (is_symbol("+") || is_symbol("-"))) {
      left = joined_value(is_symbol("+") ? Op::Add : Op::Subtract, *left, depth);
    }
    return left;
  }

  Index parse_product(int depth) {
    Index left = parse_factor(depth);
    while (left && (is_symbol("*") || is_symbol("/"))) {
      left = joined_value(is_symbol("*") ? Op::Multiply : Op::Divide, *left, depth);
    }
    return left;
  }

  Index joined_value(Op op, std::size_t left, int depth) {
    if (!advance()) return {};
    const bool is_product = op == Op::Multiply || op == Op::Divide;
    const Index right = is_product ? parse_factor(depth) : parse_product(depth);
    if (!right) return {};
    if (is_truth(made_.nodes_[left].op) || is_truth(made_.nodes_[*right].op)) {
      return refuse("wanted a value, found a condition");
    }
    return add(op, {left, *right});
  }

  Index parse_factor(int depth) {
    if (depth > kMaxDepth) return refuse("too many parentheses");
    if (is_symbol("-")) {
      if (!advance()) return {};
      const Index inner = parse_factor(depth + 1);
      return inner ? add(Op::Negate, {*inner}) : Index{};
    }
    if (is_symbol("(")) return parse_parentheses(depth);
    return token_.kind == Token::Kind::Word ? parse_word(depth) : parse_operand();
  }

  Index parse_parentheses(int depth) {
    if (!advance()) return {};
    const Index inner = parse_or(depth + 1);
    if (!inner) return {};
    if (!is_symbol(")")) return refuse("wanted ')'");
    return advance() ? inner : Index{};
  }

  Index parse_operand() {
    const std::size_t at = add(Op::Text, {});
    FormulaNode& node = made_.nodes_[at];
    node.text = token_.text;
    if (token_.kind == Token::Kind::Column && !token_.text.empty()) {
      node.op = Op::Column;
      node.column = index_of(made_.columns_, token_.text);
    } else if (token_.kind == Token::Kind::Number) {
      const auto number = parse_exact(token_.text);
      if (!number) return refuse_operand();
      node.op = Op::Number;
      node.number = *number;
    } else if (token_.kind != Token::Kind::Text) {
      return refuse_operand();
    }
    return advance() ? Index(at) : Index{};
  }

  Index refuse_operand() {
    return refuse(
        fmt::format("wanted a {{column}}, a number or a 'text', found '{}'", token_.text));
  }

  Index parse_word(int depth) {
    if (tokens_.is_call()) return parse_call(depth);
    if (wanted_ != Formula::Wanted::RowCondition) return refuse_operand();
    const std::size_t at = add(Op::Target, {});
    made_.nodes_[at].text = token_.text;
    made_.nodes_[at].column = index_of(made_.targets_, token_.text);
    return advance() ? Index(at) : Index{};
  }

  Index parse_call(int depth) {
    const FormulaFunction* const function = find_function(token_.text);
    if (function == nullptr) {
      std::vector<std::string> known(std::size(kFormulaFunctions));
      std::ranges::transform(kFormulaFunctions, known.begin(), &FormulaFunction::name);
      return refuse(unknown_name_message("function", token_.text, known));
    }
    const Token name = token_;
    if (!advance() || !advance()) return {};  // The name and the parenthesis.
    std::vector<std::size_t> inputs;
    while (!is_symbol(")")) {
      const Index each = parse_or(depth + 1);
      if (!each) return {};
      inputs.push_back(*each);
      if (is_symbol(",")) {
        if (!advance()) return {};
      } else if (!is_symbol(")")) {
        return refuse("wanted ',' or ')'");
      }
    }
    if (!advance()) return {};
    return call(*function, name, std::move(inputs));
  }

  Index call(const FormulaFunction& function, const Token& name, std::vector<std::size_t> inputs) {
    bool is_right = inputs.size() >= function.min_inputs && inputs.size() <= function.max_inputs;
    for (std::size_t at = 0; at < inputs.size() && is_right; ++at) {
      const bool wants_truth = function.op == Op::If && at == 0;
      is_right = is_truth(made_.nodes_[inputs[at]].op) == wants_truth;
    }
    const std::size_t at = add(function.op, std::move(inputs));
    FormulaNode& node = made_.nodes_[at];
    node.offset = name.offset;
    if (is_right && function.op == Op::Date && node.inputs.size() == 2) {
      const FormulaNode& format = made_.nodes_[node.inputs[1]];
      auto pattern = parse_time_pattern(format.text);
      is_right = format.op == Op::Text && pattern.has_value();
      if (is_right) node.pattern = std::move(*pattern);
    }
    if (is_right) return at;
    message_ = fmt::format("wanted {}", function.usage);
    offset_ = name.offset;
    return {};
  }

  std::size_t add(Op op, std::vector<std::size_t> inputs) {
    FormulaNode node{};
    node.op = op;
    node.inputs = std::move(inputs);
    node.offset = token_.offset;
    made_.nodes_.push_back(std::move(node));
    return made_.nodes_.size() - 1;
  }

  [[nodiscard]] bool is_word(std::string_view word) const {
    return token_.kind == Token::Kind::Word && token_.text == word;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return token_.kind == Token::Kind::Symbol && token_.text == symbol;
  }

  bool advance() {
    auto token = tokens_.next(message_);
    offset_ = token ? token->offset : offset_;
    if (!token) return false;
    token_ = std::move(*token);
    return true;
  }

  Index refuse(const std::string& message) {
    message_ = token_.kind == Token::Kind::End ? message + " (the condition ends here)" : message;
    offset_ = token_.offset;
    return {};
  }

  Index refuse_comparison() {
    return refuse(fmt::format(
        "wanted a comparison (= != < <= > >=, starts with, ends with, contains, matches, in, is "
        "missing), found '{}'",
        token_.text));
  }

  Tokenizer tokens_;
  Formula::Wanted wanted_;
  Token token_;
  Formula made_;
  std::size_t offset_ = 0;
  std::string message_;
};

std::optional<Formula> Formula::parse(std::string_view text, Wanted wanted, std::size_t& offset,
                                      std::string& message) {
  FormulaParser parser(text, wanted);
  auto formula = parser.parse();
  offset = parser.offset();
  message = parser.message();
  return formula;
}

namespace {

// The end of the word that begins at `at`.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word_byte(text[at])) ++at;
  return at;
}

bool is_known_call(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t next = text.find_first_not_of(' ', end);
  return next != kNone && text[next] == '(' &&
         find_function(text.substr(begin, end - begin)) != nullptr;
}

enum class Piece : std::uint8_t { Column, Text, Unclosed, Call, Word, Operator, Operand, Other };

struct FoundPiece {
  Piece piece;
  std::size_t end;
};

FoundPiece piece_at(std::string_view text, std::size_t at) {
  constexpr std::string_view operators = "+-*/";
  constexpr std::string_view operands = "0123456789. ()\t";
  const char c = text[at];
  if (c == '{' || c == '\'') {
    const std::size_t end = text.find(c == '{' ? '}' : '\'', at + 1);
    if (end == kNone) return {Piece::Unclosed, text.size()};
    return {c == '{' ? Piece::Column : Piece::Text, end + 1};
  }
  if (is_word_byte(c) && !is_digit(c)) {
    const std::size_t end = end_of_word(text, at);
    return {is_known_call(text, at, end) ? Piece::Call : Piece::Word, end};
  }
  if (operators.find(c) != kNone) return {Piece::Operator, at + 1};
  return {operands.find(c) != kNone ? Piece::Operand : Piece::Other, at + 1};
}

bool is_arithmetic(Piece piece) noexcept {
  return piece == Piece::Column || piece == Piece::Operator || piece == Piece::Operand;
}

}  // namespace

bool Formula::looks_like(std::string_view text) {
  bool has_operator = false;
  bool has_other = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto [piece, end] = piece_at(text, at);
    if (piece == Piece::Call) return true;
    if (piece == Piece::Unclosed) return false;
    has_operator = has_operator || piece == Piece::Operator;
    has_other = has_other || !is_arithmetic(piece);
    at = end;
  }
  return has_operator && !has_other;
}

}  // namespace cip::ingest
