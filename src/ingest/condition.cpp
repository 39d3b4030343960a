#include "ingest/condition.h"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

#include "base/text.h"
#include "ingest/rule.h"

namespace cip::ingest {

namespace {

using Operation = Condition::Operation;
using Operand = Condition::Operand;
using Node = Condition::Node;

constexpr int kMaxDepth = 64;

struct Token {
  enum class Kind { Column, Text, Number, Word, Symbol, End };
  Kind kind = Kind::End;
  std::string text;
  std::size_t offset = 0;
};

struct Comparison {
  std::string_view symbol;
  Operation operation;
};

constexpr std::array<Comparison, 9> kComparisons = {{{"=", Operation::Equal},
                                                     {"==", Operation::Equal},
                                                     {"!=", Operation::NotEqual},
                                                     {"<>", Operation::NotEqual},
                                                     {"<", Operation::Less},
                                                     {"<=", Operation::LessOrEqual},
                                                     {">", Operation::Greater},
                                                     {">=", Operation::GreaterOrEqual},
                                                     {"matches", Operation::Matches}}};

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_number_byte(char c) noexcept {
  return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E';
}

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
    if (is_word_byte(c)) return run(Token::Kind::Word, is_word_byte);
    if ((c >= '0' && c <= '9') || c == '-' || c == '.') {
      return run(Token::Kind::Number, is_number_byte);
    }
    const std::size_t size = is_two_signs() ? 2 : 1;
    const Token token{Token::Kind::Symbol, std::string(text_.substr(at_, size)), at_};
    at_ += size;
    return token;
  }

 private:
  [[nodiscard]] bool is_two_signs() const noexcept {
    constexpr std::array<std::string_view, 5> kTwo = {"<=", ">=", "!=", "<>", "=="};
    return std::ranges::find(kTwo, text_.substr(at_, 2)) != kTwo.end();
  }

  std::optional<Token> column(std::string& message) {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
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

}  // namespace

// Recursive descent: or, and, not, comparison.
class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : tokens_(text) {}

  std::optional<Condition> parse() {
    if (!advance()) return std::nullopt;
    const auto root = parse_or(0);
    if (!root) return std::nullopt;
    if (token_.kind != Token::Kind::End) {
      fail_here(fmt::format("wanted 'and', 'or' or the end, found '{}'", token_.text));
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
    Index left = parse_and(depth);
    while (left && is_word("or")) {
      if (!advance()) return {};
      const Index right = parse_and(depth);
      if (!right) return {};
      left = add_node({Operation::Or, *left, *right, {}});
    }
    return left;
  }

  Index parse_and(int depth) {
    Index left = parse_not(depth);
    while (left && is_word("and")) {
      if (!advance()) return {};
      const Index right = parse_not(depth);
      if (!right) return {};
      left = add_node({Operation::And, *left, *right, {}});
    }
    return left;
  }

  Index parse_not(int depth) {
    if (depth > kMaxDepth) return fail_here("too many parentheses");
    if (is_word("not")) {
      if (!advance()) return {};
      return negated(parse_not(depth + 1));
    }
    if (is_symbol("(")) {
      if (!advance()) return {};
      const Index inner = parse_or(depth + 1);
      if (!inner) return {};
      if (!is_symbol(")")) return fail_here("wanted ')'");
      return advance() ? inner : Index{};
    }
    return parse_comparison();
  }

  Index negated(Index inner) {
    if (!inner) return {};
    return add_node({Operation::Not, *inner, 0, {}});
  }

  Index parse_comparison() {
    Node node{Operation::Equal, 0, 0, {}};
    if (!take_operand(node)) return {};
    if (is_word("is")) return parse_missing(std::move(node));
    if (is_word("in")) return parse_in(std::move(node));
    if (is_word("not")) {
      if (!advance()) return {};
      if (!is_word("in")) return fail_here("wanted 'in' after 'not'");
      return negated(parse_in(std::move(node)));
    }
    if (!take_operator(node.operation)) return {};
    if (!take_operand(node)) return {};
    return add_node(std::move(node));
  }

  Index parse_missing(Node node) {
    if (!advance()) return {};
    const bool is_negated = is_word("not");
    if (is_negated && !advance()) return {};
    if (!is_word("missing")) return fail_here("wanted 'missing' after 'is'");
    if (!advance()) return {};
    node.operation = Operation::IsMissing;
    const Index index = add_node(std::move(node));
    return is_negated ? negated(index) : index;
  }

  Index parse_in(Node node) {
    if (!advance()) return {};
    if (!is_symbol("(")) return fail_here("wanted '(' after 'in'");
    do {
      if (!advance()) return {};
      if (token_.kind == Token::Kind::Word) token_.kind = Token::Kind::Text;
      if (!take_operand(node)) return {};
    } while (is_symbol(","));
    if (!is_symbol(")")) return fail_here("wanted ',' or ')'");
    if (!advance()) return {};
    node.operation = Operation::In;
    return add_node(std::move(node));
  }

  bool take_operator(Operation& operation) {
    for (const Comparison& known : kComparisons) {
      if (token_.text == known.symbol && token_.kind != Token::Kind::Text) {
        operation = known.operation;
        return advance();
      }
    }
    if (is_word("contains")) {
      operation = Operation::Contains;
      return advance();
    }
    const bool is_start = is_word("starts");
    if (!is_start && !is_word("ends")) {
      fail_here(fmt::format(
          "wanted a comparison (= != < <= > >=, starts with, ends with, contains, matches, in, is "
          "missing), found '{}'",
          token_.text));
      return false;
    }
    operation = is_start ? Operation::StartsWith : Operation::EndsWith;
    if (!advance()) return false;
    if (!is_word("with")) {
      fail_here("wanted 'with'");
      return false;
    }
    return advance();
  }

  bool take_operand(Node& node) {
    Operand operand;
    if (token_.kind == Token::Kind::Column && !token_.text.empty()) {
      operand.kind = Operand::Kind::Column;
      operand.column = column_index(token_.text);
    } else if (token_.kind == Token::Kind::Text) {
      operand.kind = Operand::Kind::Text;
      operand.text = token_.text;
    } else if (const auto number = parse_exact(token_.text);
               number && token_.kind == Token::Kind::Number) {
      operand.kind = Operand::Kind::Number;
      operand.number = *number;
      operand.text = token_.text;
    } else {
      fail_here(fmt::format("wanted a {{column}}, a number or a 'text', found '{}'", token_.text));
      return false;
    }
    node.operands.push_back(std::move(operand));
    return advance();
  }

  std::size_t column_index(const std::string& name) {
    const auto found = std::ranges::find(made_.columns_, name);
    if (found != made_.columns_.end()) {
      return static_cast<std::size_t>(found - made_.columns_.begin());
    }
    made_.columns_.push_back(name);
    return made_.columns_.size() - 1;
  }

  Index add_node(Node node) {
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

  Index fail_here(const std::string& message) {
    message_ = token_.kind == Token::Kind::End ? message + " (the condition ends here)" : message;
    offset_ = token_.offset;
    return {};
  }

  Tokenizer tokens_;
  Token token_;
  Condition made_;
  std::size_t offset_ = 0;
  std::string message_;
};

namespace {

enum class Truth { False, True, Unknown };

Truth truth_of(bool value) noexcept { return value ? Truth::True : Truth::False; }

Truth inverse(Truth truth) noexcept {
  if (truth == Truth::Unknown) return truth;
  return truth == Truth::True ? Truth::False : Truth::True;
}

// One condition put to one record.
class Judge {
 public:
  Judge(const std::vector<Node>& nodes, const RecordBatch& batch, std::size_t record,
        std::span<const std::size_t> positions)
      : nodes_(nodes), batch_(batch), record_(record), positions_(positions) {}

  [[nodiscard]] Truth judge(std::size_t index) const {
    const Node& node = nodes_[index];
    switch (node.operation) {
      case Operation::And:
        return both(judge(node.left), judge(node.right));
      case Operation::Or:
        return inverse(both(inverse(judge(node.left)), inverse(judge(node.right))));
      case Operation::Not:
        return inverse(judge(node.left));
      case Operation::IsMissing:
        return truth_of(!text_of(node.operands[0]));
      case Operation::In:
        return judge_in(node);
      default:
        return compare_operands(node.operation, node.operands[0], node.operands[1]);
    }
  }

 private:
  static Truth both(Truth left, Truth right) noexcept {
    if (left == Truth::False || right == Truth::False) return Truth::False;
    return left == Truth::True && right == Truth::True ? Truth::True : Truth::Unknown;
  }

  [[nodiscard]] std::optional<std::string_view> text_of(const Operand& operand) const {
    if (operand.kind != Operand::Kind::Column) return operand.text;
    const Field field = batch_.field(record_, positions_[operand.column]);
    if (field.state != FieldState::Value || trimmed(field.text).empty()) return std::nullopt;
    return field.text;
  }

  [[nodiscard]] std::optional<Exact> number_of(const Operand& operand) const {
    if (operand.kind == Operand::Kind::Number) return operand.number;
    const auto text = text_of(operand);
    return text ? parse_exact(trimmed(*text)) : std::nullopt;
  }

  [[nodiscard]] Truth judge_in(const Node& node) const {
    Truth found = Truth::False;
    for (std::size_t at = 1; at < node.operands.size(); ++at) {
      const Truth same = compare_operands(Operation::Equal, node.operands[0], node.operands[at]);
      if (same == Truth::True) return Truth::True;
      if (same == Truth::Unknown) found = Truth::Unknown;
    }
    return found;
  }

  [[nodiscard]] Truth compare_operands(Operation operation, const Operand& left,
                                       const Operand& right) const {
    if (operation == Operation::StartsWith || operation == Operation::EndsWith ||
        operation == Operation::Contains || operation == Operation::Matches) {
      return compare_form(operation, left, right);
    }
    using Kind = Operand::Kind;
    const bool wants_text = left.kind == Kind::Text || right.kind == Kind::Text;
    const bool wants_number = left.kind == Kind::Number || right.kind == Kind::Number;
    if (!wants_text || wants_number) {
      const auto left_number = number_of(left);
      const auto right_number = number_of(right);
      if (left_number && right_number)
        return decide(operation, compare(*left_number, *right_number));
      if (wants_number) return Truth::Unknown;
    }
    const auto left_text = text_of(left);
    const auto right_text = text_of(right);
    if (!left_text || !right_text) return Truth::Unknown;
    return decide(operation, *left_text <=> *right_text);
  }

  [[nodiscard]] Truth compare_form(Operation operation, const Operand& left,
                                   const Operand& right) const {
    const auto text = text_of(left);
    const auto form = text_of(right);
    if (!text || !form) return Truth::Unknown;
    if (operation == Operation::StartsWith) return truth_of(text->starts_with(*form));
    if (operation == Operation::EndsWith) return truth_of(text->ends_with(*form));
    if (operation == Operation::Matches) return truth_of(matches_glob(*text, *form));
    return truth_of(text->find(*form) != std::string_view::npos);
  }

  static Truth decide(Operation operation, std::partial_ordering order) noexcept {
    switch (operation) {
      case Operation::Equal:
        return truth_of(std::is_eq(order));
      case Operation::NotEqual:
        return truth_of(std::is_neq(order));
      case Operation::Less:
        return truth_of(std::is_lt(order));
      case Operation::LessOrEqual:
        return truth_of(std::is_lteq(order));
      case Operation::Greater:
        return truth_of(std::is_gt(order));
      default:
        return truth_of(std::is_gteq(order));
    }
  }

  const std::vector<Node>& nodes_;
  const RecordBatch& batch_;
  std::size_t record_;
  std::span<const std::size_t> positions_;
};

}  // namespace

std::optional<Condition> Condition::parse(std::string_view text, std::size_t& offset,
                                          std::string& message) {
  ConditionParser parser(text);
  auto condition = parser.parse();
  offset = parser.offset();
  message = parser.message();
  return condition;
}

bool Condition::holds(const RecordBatch& batch, std::size_t record,
                      std::span<const std::size_t> positions) const {
  return Judge(nodes_, batch, record, positions).judge(root_) == Truth::True;
}

}  // namespace cip::ingest
