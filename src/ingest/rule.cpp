#include "ingest/rule.h"

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/text.h"
#include "ingest/pipe.h"

namespace cip::ingest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
const std::array<std::string, 8> kRuleNames = {"required", "unique",  "references", "in",
                                               "email",    "pattern", "outliers",   "0..100"};

bool is_number(Type type) noexcept {
  return type == Type::Integer || type == Type::Number || type == Type::Decimal;
}

std::optional<Bound> parse_bound(std::string_view text, Type type) {
  Bound bound;
  if (is_number(type)) {
    const auto number = parse_exact(text);
    if (!number) return std::nullopt;
    bound.number = *number;
    return bound;
  }
  if (text == "today") {
    bound.is_today = true;
    return bound;
  }
  const auto on = parse_date(text);
  if (!on) return std::nullopt;
  bound.on = *on;
  return bound;
}

// The numbers behind the name of a method; nullopt if one is none, or below zero.
std::optional<std::vector<double>> numbers_behind(const std::vector<std::string>& arguments) {
  std::vector<double> numbers;
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    const auto number = parse_number(arguments[at]);
    if (!number || *number < 0) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// iqr; iqr, 3; z; z, 2.5; percentile; percentile, 5, 95.
bool read_outlier_method(const std::vector<std::string>& arguments, OutlierRule& out) {
  using Method = OutlierRule::Method;
  if (arguments.empty()) return false;
  auto given = numbers_behind(arguments);
  if (!given) return false;
  std::vector<double>& numbers = *given;
  if (arguments[0] == "percentile") {
    if (numbers.empty()) numbers = {1, 99};
    if (numbers.size() != 2 || numbers[0] >= numbers[1] || numbers[1] > 100) return false;
    out = {Method::Percentile, OutlierRule::Action::Flag, numbers[0], numbers[1]};
    return true;
  }
  if (numbers.size() > 1 || (arguments[0] != "iqr" && arguments[0] != "z")) return false;
  const bool is_iqr = arguments[0] == "iqr";
  if (numbers.empty()) numbers = {is_iqr ? 1.5 : 3.0};
  out = {is_iqr ? Method::Iqr : Method::Z, OutlierRule::Action::Flag, numbers[0], numbers[0]};
  return true;
}

Rule rule_of(Rule::Kind kind) {
  Rule rule;
  rule.kind = kind;
  return rule;
}

class RuleParser {
 public:
  RuleParser(std::string_view text, Type type) : text_(text), type_(type) {}

  std::optional<std::vector<Rule>> parse() {
    std::vector<Rule> rules;
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      begin_ = at_;
      auto rule = parse_one(word());
      if (!rule) return std::nullopt;
      rule->text = trimmed(text_.substr(begin_, at_ - begin_));
      rules.push_back(std::move(*rule));
    }
    return rules;
  }

  [[nodiscard]] std::size_t offset() const noexcept { return begin_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  std::optional<Rule> parse_one(std::string_view name) {
    if (name == "required") return parse_required();
    if (name == "unique") return rule_of(Rule::Kind::Unique);
    if (name == "email") return rule_of(Rule::Kind::Email);
    if (name == "references") return parse_reference();
    if (name == "in" || name == "pattern") return parse_list(name);
    if (name == "outliers") return parse_outliers();
    if (name.find("..") != std::string_view::npos) return parse_range(name);
    return refuse(unknown_name_message("rule", name, kRuleNames));
  }

  // required, or required when ({Country} = 'DE').
  std::optional<Rule> parse_required() {
    Rule rule = rule_of(Rule::Kind::Required);
    const std::size_t end = at_;
    skip_blanks();
    if (word() != "when") {
      at_ = end;
      return rule;
    }
    skip_blanks();
    const std::size_t begin = at_ + 1;
    const auto inside = parenthesised();
    if (!inside) return refuse("wanted a condition in parentheses: required when ({A} = 'x')");
    std::size_t offset = 0;
    rule.when = Condition::parse(*inside, offset, message_);
    if (rule.when) return rule;
    begin_ = begin + offset;
    return std::nullopt;
  }

  std::optional<Rule> parse_reference() {
    skip_blanks();
    const std::string_view target = word();
    if (target.empty()) return refuse("references needs a table, as in references customers");
    const std::size_t point = target.find('.');
    Rule rule = rule_of(Rule::Kind::References);
    rule.reference.table = target.substr(0, point);
    if (point != std::string_view::npos) rule.reference.column = target.substr(point + 1);
    return rule;
  }

  std::optional<Rule> parse_list(std::string_view name) {
    skip_blanks();
    const auto inside = parenthesised();
    if (!inside) return refuse(fmt::format("{} needs a list in parentheses", name));
    Rule rule = rule_of(name == "in" ? Rule::Kind::OneOf : Rule::Kind::Pattern);
    rule.texts = split_arguments(*inside);
    if (rule.texts.empty()) return refuse(fmt::format("{} needs at least one value", name));
    if (name == "pattern" && rule.texts.size() != 1) {
      return refuse("pattern needs one glob, as in pattern('[A-Z]*')");
    }
    return rule;
  }

  // outliers(iqr, 1.5) flag: the method, its numbers, and what is done.
  std::optional<Rule> parse_outliers() {
    Rule rule = rule_of(Rule::Kind::Outliers);
    skip_blanks();
    const auto inside = parenthesised();
    if (!inside || !read_outlier_method(split_arguments(*inside), rule.outliers)) {
      return refuse(
          "wanted outliers(iqr), outliers(z, 3) or outliers(percentile, 1, 99), and then "
          "flag, winsorize or reject");
    }
    if (!is_number(type_) && type_ != Type::Date && type_ != Type::Datetime) {
      return refuse(
          fmt::format("outliers need a column of numbers or dates, not {}", name_of(type_)));
    }
    using Action = OutlierRule::Action;
    const std::size_t end = at_;
    skip_blanks();
    const std::string_view action = word();
    rule.outliers.action = action == "winsorize" ? Action::Winsorize
                           : action == "reject"  ? Action::Reject
                                                 : Action::Flag;
    if (rule.outliers.action == Action::Flag && action != "flag") at_ = end;  // The next rule.
    return rule;
  }

  std::optional<Rule> parse_range(std::string_view text) {
    if (!is_number(type_) && type_ != Type::Date && type_ != Type::Datetime) {
      return refuse(
          fmt::format("a range needs a column of numbers or dates, not {}", name_of(type_)));
    }
    const std::size_t dots = text.find("..");
    const std::string_view low = text.substr(0, dots);
    const std::string_view high = text.substr(dots + 2);
    Rule rule = rule_of(Rule::Kind::Range);
    if (!low.empty()) rule.low = parse_bound(low, type_);
    if (!high.empty()) rule.high = parse_bound(high, type_);
    const bool is_read = (low.empty() || rule.low) && (high.empty() || rule.high);
    if (!is_read || (low.empty() && high.empty())) {
      return refuse(fmt::format("cannot read the range '{}' of a {}, wanted e.g. {}", text,
                                name_of(type_),
                                is_number(type_) ? "0..100000" : "1900-01-01..today"));
    }
    return rule;
  }

  std::optional<Rule> refuse(std::string message) {
    message_ = std::move(message);
    return std::nullopt;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  std::string_view word() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n(", at_), text_.size());
    if (at_ == begin && at_ < text_.size()) ++at_;  // A parenthesis without a name.
    return text_.substr(begin, at_ - begin);
  }

  std::optional<std::string_view> parenthesised() {
    if (at_ == text_.size() || text_[at_] != '(') return std::nullopt;
    const std::size_t begin = at_ + 1;
    bool is_quoted = false;
    int depth = 1;
    for (at_ = begin; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'') is_quoted = !is_quoted;
      if (is_quoted) continue;
      depth += c == '(' ? 1 : (c == ')' ? -1 : 0);
      if (depth == 0) return text_.substr(begin, at_++ - begin);
    }
    return std::nullopt;
  }

  std::string_view text_;
  Type type_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // Of the rule being read.
  std::string message_;
};

bool is_domain_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::ranges::all_of(label, [](char c) { return c == '-' || is_domain_byte(c); });
}

}  // namespace

std::optional<std::vector<Rule>> parse_rules(std::string_view text, Type type, std::size_t& offset,
                                             std::string& message) {
  RuleParser parser(text, type);
  auto rules = parser.parse();
  offset = parser.offset();
  message = parser.message();
  return rules;
}

bool is_email(std::string_view text) noexcept {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.find_first_of(" \t\r\n\"(),:;<>[\\]") != std::string_view::npos) return false;
  if (local.front() == '.' || local.back() == '.') return false;
  std::size_t num_labels = 0;
  for (std::size_t begin = 0; begin <= domain.size(); ++num_labels) {
    const std::size_t end = std::min(domain.find('.', begin), domain.size());
    if (!is_label(domain.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return num_labels >= 2;
}

}  // namespace cip::ingest
