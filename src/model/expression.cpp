#include "model/expression.h"

#include <algorithm>
#include <cctype>

#include "base/number.h"
#include "base/text.h"

namespace cip::model {
namespace {

constexpr int kMaxDepth = 64;

Expression operation(Expression::Kind kind, Expression left, Expression right) {
  Expression made;
  made.kind = kind;
  made.parts.push_back(std::move(left));
  made.parts.push_back(std::move(right));
  return made;
}

// Recursive descent, one function per rule of the grammar.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expression> parse() {
    CIP_TRY_ASSIGN(Expression whole, sum());
    if (at_ != text_.size()) return wanted("an operator or the end");
    return whole;
  }

 private:
  Result<Expression> sum() {
    CIP_TRY_ASSIGN(Expression left, product());
    for (;;) {
      if (take('+')) {
        CIP_TRY_ASSIGN(Expression right, product());
        left = operation(Expression::Kind::Add, std::move(left), std::move(right));
      } else if (take('-')) {
        CIP_TRY_ASSIGN(Expression right, product());
        left = operation(Expression::Kind::Subtract, std::move(left), std::move(right));
      } else {
        return left;
      }
    }
  }

  Result<Expression> product() {
    CIP_TRY_ASSIGN(Expression left, factor());
    for (;;) {
      if (take('*')) {
        CIP_TRY_ASSIGN(Expression right, factor());
        left = operation(Expression::Kind::Multiply, std::move(left), std::move(right));
      } else if (take('/')) {
        CIP_TRY_ASSIGN(Expression right, factor());
        left = operation(Expression::Kind::Divide, std::move(left), std::move(right));
      } else {
        return left;
      }
    }
  }

  Result<Expression> factor() {
    if (++depth_ > kMaxDepth) {
      return fail(Errc::LimitExceeded, "an expression may be 64 levels deep, not deeper");
    }
    Result<Expression> made = unguarded_factor();
    --depth_;
    return made;
  }

  Result<Expression> unguarded_factor() {
    if (take('-')) {
      CIP_TRY_ASSIGN(Expression inner, factor());
      Expression made;
      made.kind = Expression::Kind::Negate;
      made.parts.push_back(std::move(inner));
      return made;
    }
    if (take('(')) {
      CIP_TRY_ASSIGN(Expression inner, sum());
      if (!take(')')) return wanted("')'");
      return inner;
    }
    if (take('{')) return metric();
    return number();
  }

  Result<Expression> metric() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return wanted("a metric and '}'");
    Expression made;
    made.kind = Expression::Kind::Metric;
    made.metric = trimmed(text_.substr(at_, end - at_));
    if (made.metric.empty()) return wanted("the name of a metric");
    at_ = end + 1;
    skip_space();
    return made;
  }

  Result<Expression> number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')) {
      ++at_;
    }
    const auto value = parse_number(text_.substr(begin, at_ - begin));
    if (!value) {
      at_ = begin;
      return wanted("a number, a {metric} or '('");
    }
    skip_space();
    Expression made;
    made.number = *value;
    return made;
  }

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char sign) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != sign) return false;
    ++at_;
    skip_space();
    return true;
  }

  [[nodiscard]] Failure wanted(std::string_view what) const {
    const std::string found =
        at_ < text_.size() ? fmt::format("'{}'", text_.substr(at_, 1)) : std::string("the end");
    return fail(Errc::InvalidArgument,
                fmt::format("expression \"{}\", column {}: wanted {}, found {}", text_, at_ + 1,
                            what, found));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

void collect(const Expression& expression, std::vector<std::string>& names) {
  const bool is_new = expression.kind == Expression::Kind::Metric &&
                      std::ranges::find(names, expression.metric) == names.end();
  if (is_new) names.push_back(expression.metric);
  for (const Expression& part : expression.parts) collect(part, names);
}

}  // namespace

Result<Expression> parse_expression(std::string_view text) { return Parser(text).parse(); }

std::vector<std::string> metrics_of(const Expression& expression) {
  std::vector<std::string> names;
  collect(expression, names);
  return names;
}

}  // namespace cip::model
