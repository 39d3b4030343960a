// Rejects corrected by hand: cell by cell, or in a spreadsheet.

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/civil_time.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/mapping.h"
#include "ingest/record_reader.h"
#include "service/file_load.h"
#include "service/reading.h"
#include "service/rejects.h"
#include "sql/connection.h"

namespace cip::service {
namespace {

constexpr std::string_view kIdColumn = "_reject_id";
constexpr std::string_view kFaultColumn = "_fault";
constexpr std::string_view kRecordColumn = "_record";

// Column and text, in the order of the source; what is missing is empty.
using Cells = std::vector<std::pair<std::string, std::string>>;

// Reads rejects of all sources cell by cell.
class CellReader {
 public:
  CellReader(sql::Connection& database, const Workspace& workspace)
      : database_(&database), workspace_(&workspace) {}

  Result<Cells> cells_of(const warehouse::Reject& reject);

 private:
  Result<RejectReader*> reader_of(const warehouse::Reject& reject);
  Result<std::vector<std::string>> wanted_by(const warehouse::Reject& reject);

  sql::Connection* database_;
  const Workspace* workspace_;
  std::map<std::pair<std::int64_t, std::string>, RejectReader> readers_;  // By run and table.
};

Result<std::vector<std::string>> CellReader::wanted_by(const warehouse::Reject& reject) {
  CIP_TRY_ASSIGN(const auto mappings, wanted_mappings(*workspace_, {reject.source_id}));
  const ingest::Mapping& mapping = mappings.front();
  for (ingest::Pass& pass : ingest::passes_of(mapping)) {
    for (const std::size_t into : pass.into) {
      if (mapping.into[into].table == reject.table) return std::move(pass.wanted);
    }
  }
  return std::vector<std::string>{};
}

Result<RejectReader*> CellReader::reader_of(const warehouse::Reject& reject) {
  const auto key = std::make_pair(reject.run_id, reject.table);
  auto found = readers_.find(key);
  if (found != readers_.end()) return &found->second;
  CIP_TRY_ASSIGN(const std::string text,
                 warehouse::find_reading(*database_, reject.run_id, reject.table));
  CIP_TRY_ASSIGN(Reading reading, reading_of(reject, text));
  std::vector<std::string> wanted;
  if (reading.format != ingest::Format::Csv) {
    CIP_TRY_ASSIGN(wanted, wanted_by(reject));
  }
  found = readers_.try_emplace(key, std::move(reading), std::move(wanted)).first;
  return &found->second;
}

Result<Cells> CellReader::cells_of(const warehouse::Reject& reject) {
  CIP_TRY_ASSIGN(RejectReader * reader, reader_of(reject));
  ingest::RecordBatch batch;
  batch.clear(reader->columns().size());
  reader->add(reject, batch);
  Cells cells;
  for (std::size_t column = 0; column < reader->columns().size(); ++column) {
    cells.emplace_back(reader->columns()[column], batch.field(0, column).text);
  }
  return cells;
}

Result<warehouse::Reject> find_reject(sql::Connection& database, std::int64_t reject_id) {
  std::optional<warehouse::Reject> found;
  CIP_TRY(warehouse::visit_rejects(database, {.ids = {reject_id}}, 1,
                                   [&found](const warehouse::Reject& reject) -> Result<void> {
                                     found = reject;
                                     return {};
                                   }));
  if (found) return std::move(*found);
  return fail(Errc::NotFound, fmt::format("there is no reject {}", reject_id));
}

// The cells that differ, laid over what was corrected before. Of a record that is faulty in form
// all cells are taken, for its bytes do not tell which is which.
JsonObject patch_of(const warehouse::Reject& reject, const Cells& before, const Cells& after) {
  const auto earlier = parse_json(reject.patch);
  JsonObject patch = earlier && earlier->is_object() ? earlier->get_object() : JsonObject{};
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (is_faulty_in_form(reject) || before[at].second != after[at].second) {
      patch[after[at].first] = after[at].second;
    }
  }
  return patch;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos && trimmed(text) == text) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string fault_text(const warehouse::Reject& reject) {
  std::string text;
  for (const warehouse::RejectFault& fault : reject.faults) {
    text += fmt::format("{}{}{}{}: wanted {}", text.empty() ? "" : "; ", fault.code,
                        fault.column.empty() ? "" : " ", fault.column, fault.expected);
  }
  return text;
}

// An exported file on its way back.
class Import {
 public:
  Import(sql::Connection& database, const Workspace& workspace, warehouse::Change change)
      : database_(&database), cells_(database, workspace), change_(std::move(change)) {}

  Result<void> take_all(const std::filesystem::path& file);

  std::uint64_t num_repaired = 0;
  std::uint64_t num_unchanged = 0;

 private:
  Result<void> open(const std::filesystem::path& file);
  Result<void> take(const ingest::RecordBatch& records, std::size_t record);
  Result<Cells> cells_in(const ingest::RecordBatch& records, std::size_t record,
                         const Cells& before) const;
  [[nodiscard]] Failure at_line(const ingest::RecordBatch& records, std::size_t record,
                                const std::string& message) const;

  sql::Connection* database_;
  CellReader cells_;
  warehouse::Change change_;
  std::string name_;
  std::unique_ptr<ingest::RecordReader> reader_;
  std::size_t id_column_ = 0;
};

Failure Import::at_line(const ingest::RecordBatch& records, std::size_t record,
                        const std::string& message) const {
  return fail(Errc::InvalidArgument,
              fmt::format("{}:{}: {}", name_, records.place(record).line_first, message));
}

Result<void> Import::open(const std::filesystem::path& file) {
  name_ = file.string();
  ingest::FormatSpec spec;
  spec.format = ingest::Format::Csv;
  CIP_TRY_ASSIGN(reader_, ingest::open_reader(file, spec, {}));
  const auto found = std::ranges::find(reader_->columns(), kIdColumn);
  if (found == reader_->columns().end()) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' has no column {}; it is not a file made by cip rejects --export",
                            name_, kIdColumn));
  }
  id_column_ = static_cast<std::size_t>(found - reader_->columns().begin());
  return {};
}

// The cells of the file that belong to the reject's source; those of other sources are empty.
Result<Cells> Import::cells_in(const ingest::RecordBatch& records, std::size_t record,
                               const Cells& before) const {
  Cells after = before;
  for (std::size_t column = 0; column < reader_->columns().size(); ++column) {
    const std::string& name = reader_->columns()[column];
    if (name == kIdColumn || name == kFaultColumn || name == kRecordColumn) continue;
    const std::string text(records.field(record, column).text);
    const auto cell = std::ranges::find(after, name, &Cells::value_type::first);
    if (cell != after.end()) {
      cell->second = text;
    } else if (!text.empty()) {
      return at_line(records, record,
                     fmt::format("the source of this reject has no column '{}'", name));
    }
  }
  return after;
}

Result<void> Import::take(const ingest::RecordBatch& records, std::size_t record) {
  if (const ingest::Fault* fault = records.fault_of(record); fault != nullptr) {
    return at_line(records, record, fmt::format("wanted {}", fault->expected));
  }
  const std::string_view text = records.field(record, id_column_).text;
  const auto id = parse_int(trimmed(text));
  if (!id) return at_line(records, record, fmt::format("'{}' is no number of a reject", text));
  CIP_TRY_ASSIGN(const warehouse::Reject reject, find_reject(*database_, *id));
  CIP_TRY_ASSIGN(const Cells before, cells_.cells_of(reject));
  CIP_TRY_ASSIGN(const Cells after, cells_in(records, record, before));
  if (before == after) {
    ++num_unchanged;
    return {};
  }
  ++num_repaired;
  return warehouse::set_patch(*database_, *id, to_text(patch_of(reject, before, after)), change_);
}

Result<void> Import::take_all(const std::filesystem::path& file) {
  CIP_TRY(open(file));
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(*database_));
  ingest::RecordBatch records;
  for (;;) {
    CIP_TRY_ASSIGN(const bool has_more, reader_->next(records));
    if (!has_more) break;
    for (std::size_t at = 0; at < records.num_records(); ++at) CIP_TRY(take(records, at));
  }
  return transaction.commit();
}

}  // namespace

Result<std::string> export_rejects(Platform& platform, const account::Identity& who,
                                   const warehouse::RejectFilter& filter) {
  CIP_TRY(account::require(who, account::Permission::ViewPersonalData));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  struct Line {
    std::string id;
    std::string fault;
    Cells cells;
    std::string record;
  };
  std::vector<Line> lines;
  std::vector<std::string> columns;
  CIP_TRY(platform.with_database([&](sql::Connection& database) {
    CellReader reader(database, platform.workspace());
    return warehouse::visit_rejects(
        database, filter, 0, [&](const warehouse::Reject& reject) -> Result<void> {
          CIP_TRY_ASSIGN(Cells cells, reader.cells_of(reject));
          for (const auto& [name, text] : cells) {
            if (std::ranges::find(columns, name) == columns.end()) columns.push_back(name);
          }
          lines.push_back({std::to_string(reject.reject_id), fault_text(reject), std::move(cells),
                           is_faulty_in_form(reject) ? reject.raw : ""});
          return {};
        });
  }));
  std::string csv = fmt::format("{},{}", kIdColumn, kFaultColumn);
  for (const std::string& column : columns) csv += ',' + csv_cell(column);
  csv += fmt::format(",{}\r\n", kRecordColumn);
  for (const Line& line : lines) {
    csv += line.id + ',' + csv_cell(line.fault);
    for (const std::string& column : columns) {
      const auto cell = std::ranges::find(line.cells, column, &Cells::value_type::first);
      csv += ',' + (cell == line.cells.end() ? "" : csv_cell(cell->second));
    }
    csv += ',' + csv_cell(line.record) + "\r\n";
  }
  CIP_TRY(platform.audit(who, "export rejects", fmt::format("{} rejects", lines.size()), "done"));
  return csv;
}

Result<Json> import_repairs(Platform& platform, const account::Identity& who,
                            const std::filesystem::path& file) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  JsonObject counts;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    Import import(database, platform.workspace(), {.by = who.name, .at = now_us()});
    auto taken = import.take_all(file);
    counts = {{"repaired", import.num_repaired}, {"unchanged", import.num_unchanged}};
    return taken;
  }));
  CIP_TRY(platform.audit(who, "import repairs", file.filename().string(), "done"));
  return Json(std::move(counts));
}

Result<Json> repair_reject(Platform& platform, const account::Identity& who, std::int64_t reject_id,
                           const Json& cells) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  if (!cells.is_object() || cells.get_object().empty()) {
    return fail(Errc::InvalidArgument, "a repair wants column=value");
  }
  JsonObject patch;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const warehouse::Reject reject, find_reject(database, reject_id));
    CellReader reader(database, platform.workspace());
    CIP_TRY_ASSIGN(const Cells before, reader.cells_of(reject));
    std::vector<std::string> known;
    for (const auto& [name, text] : before) known.push_back(name);
    Cells after = before;
    for (const auto& [name, value] : cells.get_object()) {
      const auto cell = std::ranges::find(after, std::string(name), &Cells::value_type::first);
      if (cell == after.end()) {
        return fail(Errc::InvalidArgument,
                    fmt::format("reject {}: {}", reject_id,
                                unknown_name_message("source column", std::string(name), known)));
      }
      if (!value.is_string()) {
        return fail(Errc::InvalidArgument,
                    fmt::format("the value of '{}' has to be a text", std::string(name)));
      }
      cell->second = std::string(value.get_string());
    }
    if (is_faulty_in_form(reject) && cells.get_object().size() < known.size()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("reject {} is faulty in form: give all its columns ({})", reject_id,
                              joined(known, ", ")));
    }
    patch = patch_of(reject, before, after);
    return warehouse::set_patch(database, reject_id, to_text(patch),
                                {.by = who.name, .at = now_us()});
  }));
  CIP_TRY(platform.audit(who, "repair", fmt::format("reject {}", reject_id), "done"));
  return Json(JsonObject{{"reject_id", reject_id}, {"patch", std::move(patch)}});
}

}  // namespace cip::service
