#include "sample/truth_file.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace cip::sample {
namespace {

std::string_view outcome_of(FaultKind kind) noexcept {
  return kind == FaultKind::DuplicateKey ? "duplicate" : "rejected";
}

std::string column_text(const Layout& layout, const FaultForm& form) {
  switch (form.kind) {
    case FaultKind::DuplicateKey:
    case FaultKind::TooFewFields:
    case FaultKind::TooManyFields:
      return "null";
    default:
      return fmt::format("\"{}\"", layout.columns[form.column]);
  }
}

std::string files_text(std::span<const FaultPlan> plans) {
  std::string text;
  for (const FaultPlan& plan : plans) {
    if (!text.empty()) text += ",\n";
    text += fmt::format(
        "    {{\"file\": \"{}\", \"table\": \"{}\", \"records\": {}, \"valid\": {}, "
        "\"duplicates\": {}, \"rejected\": {}}}",
        plan.layout->file, plan.layout->table, plan.num_valid + plan.num_faults, plan.num_valid,
        plan.num_duplicates(), plan.num_faults - plan.num_duplicates());
  }
  return text;
}

bool is_same_entry(const FaultForm& one, const FaultForm& other) noexcept {
  return one.kind == other.kind && one.column == other.column;
}

// One entry for each kind and column: forms that differ in the text alone are counted together.
std::string counts_text(const FaultPlan& plan) {
  std::string text;
  const std::span<const FaultForm> forms = plan.layout->faults;
  for (std::size_t at = 0; at < forms.size(); ++at) {
    if (at > 0 && is_same_entry(forms[at], forms[at - 1])) continue;
    std::uint64_t count = 0;
    for (std::size_t other = at; other < forms.size(); ++other) {
      if (is_same_entry(forms[at], forms[other])) count += plan.count_of(other);
    }
    text += fmt::format(
        "{}    {{\"file\": \"{}\", \"kind\": \"{}\", \"column\": {}, \"count\": {}, "
        "\"outcome\": \"{}\", \"code\": \"{}\"}}",
        text.empty() ? "\n" : ",\n", plan.layout->file, name_of(forms[at].kind),
        column_text(*plan.layout, forms[at]), count, outcome_of(forms[at].kind), forms[at].code);
  }
  return text;
}

std::string counts_text(std::span<const FaultPlan> plans) {
  std::string text;
  for (const FaultPlan& plan : plans) {
    if (plan.num_faults == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ",", counts_text(plan));
  }
  return text;
}

}  // namespace

std::uint64_t FaultPlan::count_of(std::size_t form) const noexcept {
  const std::size_t num_forms = layout->faults.size();
  return num_faults / num_forms + (form < num_faults % num_forms ? 1 : 0);
}

std::uint64_t FaultPlan::num_duplicates() const noexcept {
  std::uint64_t total = 0;
  for (std::size_t form = 0; form < layout->faults.size(); ++form) {
    if (layout->faults[form].kind == FaultKind::DuplicateKey) total += count_of(form);
  }
  return total;
}

FaultPlan plan_of(const Layout& layout, std::uint64_t num_valid, double rate) noexcept {
  if (rate == 0 || num_valid == 0 || layout.faults.empty()) return {&layout, num_valid, 0};
  const auto wanted =
      static_cast<std::uint64_t>(std::llround(static_cast<double>(num_valid) * rate));
  return {&layout, num_valid, std::max<std::uint64_t>(wanted, layout.faults.size())};
}

TruthFile::TruthFile(OutputFile file) : file_(std::move(file)) {}

Result<TruthFile> TruthFile::create(const SampleSpec& spec, std::span<const FaultPlan> plans) {
  CIP_TRY_ASSIGN(auto file, OutputFile::create(spec.folder / "truth.json"));
  CIP_TRY(file.append(fmt::format(
      "{{\n  \"seed\": {},\n  \"fault_rate\": {},\n  \"last_day\": \"{}\",\n  \"files\": [\n{}\n  "
      "],\n  \"fault_counts\": [{}\n  ],\n  \"faults\": [",
      spec.seed, number_text(spec.fault_rate), date_text(spec.last_day), files_text(plans),
      counts_text(plans))));
  return TruthFile(std::move(file));
}

Result<void> TruthFile::add(const Layout& layout, const FaultForm& form, std::uint64_t record,
                            std::string_view key) {
  const std::string_view separator = is_empty_ ? "\n" : ",\n";
  is_empty_ = false;
  return file_.append(
      fmt::format("{}    {{\"file\": \"{}\", \"record\": {}, \"key\": \"{}\", \"kind\": \"{}\", "
                  "\"column\": {}, \"outcome\": \"{}\", \"code\": \"{}\"}}",
                  separator, layout.file, record, key, name_of(form.kind),
                  column_text(layout, form), outcome_of(form.kind), form.code));
}

Result<void> TruthFile::finish(const SampleTotals& totals) {
  CIP_TRY(file_.append(fmt::format(
      "\n  ],\n  \"totals\": {{\"orders\": {}, \"revenue\": {}.{:02}, \"churned\": {}}}\n}}\n",
      totals.num_orders, totals.revenue_cents / 100, totals.revenue_cents % 100,
      totals.num_churned)));
  return file_.finish();
}

}  // namespace cip::sample
