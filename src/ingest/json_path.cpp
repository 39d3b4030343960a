#include "ingest/json_path.h"

#include "base/number.h"
#include "base/text.h"

namespace cip::ingest {
namespace {

// Reads what stands between [ and ].
std::optional<JsonStep> bracket_step(std::string_view inner) {
  if (inner == "*") return JsonStep{JsonStep::Kind::All, "", 0};
  const bool is_quoted = inner.size() > 2 && (inner.front() == '\'' || inner.front() == '"') &&
                         inner.back() == inner.front();
  if (is_quoted) {
    return JsonStep{JsonStep::Kind::Name, std::string(inner.substr(1, inner.size() - 2)), 0};
  }
  const auto index = parse_int(inner);
  if (!index || *index < 0 || inner.starts_with('+')) return std::nullopt;
  return JsonStep{JsonStep::Kind::Index, "", static_cast<std::size_t>(*index)};
}

// Where the bracket that opens at the front of `text` closes; quotes may hold brackets.
std::size_t bracket_end(std::string_view text) {
  char quote = '\0';
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ']') {
      return at;
    }
  }
  return std::string_view::npos;
}

// Takes the step in brackets off the front of `rest`. Returns what is wrong with it, empty if
// nothing is.
std::string_view take_bracket(std::string_view& rest, std::vector<JsonStep>& steps) {
  const std::size_t end = bracket_end(rest);
  if (end == std::string_view::npos) return "a bracket does not close";
  auto step = bracket_step(rest.substr(1, end - 1));
  if (!step) return "in brackets go *, a number from 0 or a name in quotes";
  steps.push_back(std::move(*step));
  rest.remove_prefix(end + 1);
  return {};
}

// The same for a name, which needs a dot before it unless the path may start with it.
std::string_view take_name(std::string_view& rest, bool may_start, std::vector<JsonStep>& steps) {
  if (rest.front() == '.') {
    rest.remove_prefix(1);
  } else if (!may_start) {
    return "a dot is missing";
  }
  const std::string_view name = rest.substr(0, rest.find_first_of(".["));
  if (name.empty()) return "a name is missing";
  steps.push_back({JsonStep::Kind::Name, std::string(name), 0});
  rest.remove_prefix(name.size());
  return {};
}

}  // namespace

Result<std::vector<JsonStep>> parse_json_path(std::string_view path) {
  const auto refuse = [path](std::string_view reason) {
    return fail(Errc::InvalidArgument,
                fmt::format("cannot read the path '{}': {}; paths look like $.items[*] or "
                            "user.tags[0]",
                            path, reason));
  };
  std::vector<JsonStep> steps;
  std::string_view rest = path;
  if (rest.empty()) return refuse("it is empty");
  bool may_start_name = true;
  if (rest == "$" || rest.starts_with("$.") || rest.starts_with("$[")) {
    rest.remove_prefix(1);
    may_start_name = false;
  }
  while (!rest.empty()) {
    const std::string_view fault =
        rest.front() == '[' ? take_bracket(rest, steps) : take_name(rest, may_start_name, steps);
    if (!fault.empty()) return refuse(fault);
    may_start_name = false;
  }
  return steps;
}

}  // namespace cip::ingest
