#include "service/reporting.h"

#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "report/report.h"
#include "service/asking.h"

namespace cip::service {
namespace {

// A section of a report with its answer.
struct Filled {
  report::Section section;
  query::Answer answer;
};

struct FilledReport {
  const report::Report* report;
  std::vector<Filled> sections;
};

Result<FilledReport> fill(Platform& platform, const account::Identity& who,
                          const ReportRequest& request) {
  CIP_TRY_ASSIGN(const report::Report* found, report::find_report(request.name));
  if (request.from && request.to && *request.from >= *request.to) {
    return fail(Errc::InvalidArgument,
                fmt::format("the period ends before it starts: from {} to {}",
                            date_text(*request.from), date_text(*request.to)));
  }
  FilledReport filled{found, {}};
  for (report::Section& section : report::sections_for(*found, platform.model())) {
    section.query.from = request.from;
    section.query.to = request.to;
    CIP_TRY_ASSIGN(query::Answer answer, service::answer(platform, who, section.query));
    filled.sections.push_back({std::move(section), std::move(answer)});
  }
  return filled;
}

Result<std::optional<Days>> date_of(std::string_view name, std::string_view text) {
  if (text.empty()) return std::optional<Days>();
  const auto on = parse_date(text);
  if (on) return on;
  return fail(Errc::InvalidArgument,
              fmt::format("{} wants a date such as 2024-03-01, got '{}'", name, text));
}

Json optional_date(const std::optional<Days>& on) {
  return on ? Json(date_text(*on)) : Json(nullptr);
}

}  // namespace

Result<ReportRequest> report_request(std::string name, std::string_view from, std::string_view to) {
  ReportRequest request{.name = std::move(name), .from = {}, .to = {}};
  CIP_TRY_ASSIGN(request.from, date_of("from", from));
  CIP_TRY_ASSIGN(request.to, date_of("to", to));
  return request;
}

Json list_reports() {
  JsonArray reports;
  for (const report::Report& report : report::prepared_reports()) {
    reports.push_back(JsonObject{
        {"name", report.name}, {"title", report.title}, {"description", report.description}});
  }
  return JsonObject{{"reports", std::move(reports)}};
}

Result<Json> make_report(Platform& platform, const account::Identity& who,
                         const ReportRequest& request) {
  CIP_TRY_ASSIGN(const FilledReport filled, fill(platform, who, request));
  JsonArray summary;
  JsonArray sections;
  for (const Filled& part : filled.sections) {
    const std::string sentence = report::sentence_of(part.section, part.answer);
    if (!sentence.empty()) summary.emplace_back(sentence);
    sections.push_back(JsonObject{{"title", part.section.title},
                                  {"note", part.section.note},
                                  {"chart", report::name_of(part.section.chart)},
                                  {"query", query::to_json(part.section.query)},
                                  {"answer", query::to_json(part.answer)}});
  }
  return Json(JsonObject{{"name", filled.report->name},
                         {"title", filled.report->title},
                         {"from", optional_date(request.from)},
                         {"to", optional_date(request.to)},
                         {"summary", std::move(summary)},
                         {"sections", std::move(sections)}});
}

Result<std::string> export_report(Platform& platform, const account::Identity& who,
                                  const ReportRequest& request) {
  CIP_TRY(account::require(who, account::Permission::ExportNumbers));
  CIP_TRY_ASSIGN(const FilledReport filled, fill(platform, who, request));
  CIP_TRY(platform.audit(who, "export", "report " + request.name, "done"));
  std::string csv;
  for (const Filled& part : filled.sections) {
    if (!csv.empty()) csv += "\r\n";
    csv += part.section.title + "\r\n" + query::to_csv(part.answer);
  }
  return csv;
}

}  // namespace cip::service
