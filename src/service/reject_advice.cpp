#include "service/reject_advice.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace cip::service {
namespace {

struct Advice {
  std::string_view code;
  std::string_view text;  // {0}: source, {1}: column of the table, {2}: source column, {3}: value.
};

constexpr std::array<Advice, 20> kAdvice = {{
    {"CAST_DATE", "say how '{2}' writes its dates in sources/{0}.toml, such as | date(dd.mm.yyyy)"},
    {"CAST_DATETIME",
     "say how '{2}' writes its instants in sources/{0}.toml, such as | datetime(dd.mm.yyyy hh:mi)"},
    {"CAST_NUMBER",
     "say which marks '{2}' uses in sources/{0}.toml, such as | number(1.234,5), or "
     "make '{3}' a null word"},
    {"CAST_DECIMAL",
     "say which marks '{2}' uses in sources/{0}.toml, such as | decimal(1.234,5) or "
     "| round(2), or make '{3}' a null word"},
    {"CAST_INTEGER",
     "if '{3}' means that there is no value, add | null('{3}') to '{2}' in sources/{0}.toml"},
    {"CAST_BOOLEAN",
     "if '{3}' means that there is no value, add | null('{3}') to '{2}' in sources/{0}.toml"},
    {"REQUIRED",
     "give '{1}' a value with | default(...) in sources/{0}.toml, leave such records "
     "out with [[skip]], or fill in the cells"},
    {"RANGE",
     "if such values are right, widen the range of '{1}' in sources/{0}.toml or the model; "
     "else mend the cells"},
    {"NOT_IN_LIST",
     "add '{3}' to the list of '{1}' in sources/{0}.toml, or translate it with | "
     "replace or a look-up"},
    {"EMAIL", "mend the cells, or drop the rule email of '{1}' in sources/{0}.toml"},
    {"PATTERN", "mend the cells, or widen the pattern of '{1}' in sources/{0}.toml"},
    {"LOOKUP", "add '{3}' to the table it is looked up in, or make the look-up optional"},
    {"ARITHMETIC", "mend the cells that '{1}' is computed from, such as a 0 that is divided by"},
    {"REFERENCE", "load the file that holds {1} '{3}' first"},
    {"UNIQUE", "two records hold '{3}' in '{1}': mend one of them, or discard it"},
    {"KEY_MISSING", "fill in the key, or leave such records out with [[skip]] in sources/{0}.toml"},
    {"KEY_COLLISION",
     "two things share the key '{3}': give the source a key_space of its own in sources/{0}.toml"},
    {"ENCODING",
     "say the encoding in sources/{0}.toml, such as encoding = \"windows-1252\", and "
     "load the file again"},
    {"RECORD_TOO_LARGE",
     "mend the file and load the file again: only the front of the record was kept"},
    {"BAD_JSON", "mend the record and load the file again, or discard it"},
}};

constexpr std::string_view kOfForm =
    "write these records anew in an exported file (cip rejects --export), then import it";

}  // namespace

std::string advice_for(const warehouse::RejectCause& cause) {
  const auto* const found = std::ranges::find(kAdvice, cause.code, &Advice::code);
  const std::string_view text = found == kAdvice.end() ? kOfForm : found->text;
  std::string mended =
      fmt::format(fmt::runtime(text), cause.source_id, cause.column,
                  cause.source_column.empty() ? cause.column : cause.source_column, cause.value);
  if (text.find("load the file again") != std::string_view::npos) return mended;
  return fmt::format("{}; then: cip rejects replay --cause {}", mended, cause.cause);
}

}  // namespace cip::service
