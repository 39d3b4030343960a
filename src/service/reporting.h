// service/reporting.h: the prepared reports, filled with data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/role.h"
#include "base/civil_time.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// {"reports":[{name,title,description}]}.
Json list_reports();

struct ReportRequest {
  std::string name;
  std::optional<Days> from;
  std::optional<Days> to;  // Not included.
};

/// The request as it is typed or stands in a URL; an empty date leaves that end open.
///
/// Errors:  InvalidArgument  a date that is none
Result<ReportRequest> report_request(std::string name, std::string_view from, std::string_view to);

/// A report with its answers: /api/v1/reports/NAME.
///
/// Errors:  NotFound  no report of that name
Result<Json> make_report(Platform& platform, const account::Identity& who,
                         const ReportRequest& request);

/// All tables of a report as one CSV text, each under its title.
///
/// Errors:  Forbidden  the role may not export
Result<std::string> export_report(Platform& platform, const account::Identity& who,
                                  const ReportRequest& request);

}  // namespace cip::service
