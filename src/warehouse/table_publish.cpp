#include "warehouse/table_publish.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "warehouse/earlier_rows.h"
#include "warehouse/schema.h"
#include "warehouse/spill_file.h"
#include "warehouse/staged_row.h"

namespace cip::warehouse {
namespace {

// Below this share of the table, single look-ups cost less than reading all of it.
constexpr std::int64_t kScanShare = 8;
constexpr std::size_t kKeysPerLookup = 500;

// Indexes are dropped and built again where a load brings at least this part of the table: sorting
// once beats finding a place per row.
constexpr std::int64_t kRebuildShare = 4;

constexpr std::uint64_t kRowsPerReport = 16'384;

RowKey key_of(const sql::RowView& row, bool is_text) {
  RowKey key;
  key.is_text = is_text;
  if (is_text) {
    key.text = row.text(0);
  } else {
    key.integer = row.integer(0);
  }
  return key;
}

sql::Param param_of(const RowKey& key) {
  return key.is_text ? sql::Param(key.text) : sql::Param(key.integer);
}

bool has_text_key(const model::TableDef& table) {
  return table.find(table.key)->type == Type::Text;
}

}  // namespace

// Comparing.

// Integer keys in their own order, which is that of the table: reading it meets the entries one
// after the other.
bool TablePublish::is_less(const Fingerprint& a, const Fingerprint& b) const noexcept {
  if (has_text_key(*staged_->table)) return a < b;
  return static_cast<std::int64_t>(a.high) < static_cast<std::int64_t>(b.high);
}

Result<std::int64_t> TablePublish::num_rows() const {
  CIP_TRY_ASSIGN(const Value count,
                 connection_->value_of(
                     {fmt::format("SELECT count(*) FROM {}", sql::quoted(staged_->table->name))}));
  return std::get<std::int64_t>(count);
}

// Whether the staged rows are all new and in order: in an empty table, or behind its last key. Then
// nothing has to be known of the single row, and memory stays flat whatever comes.
Result<bool> TablePublish::lie_behind_all() const {
  if (!staged_->is_ascending || staged_->has_superseded) return false;
  const model::TableDef& table = *staged_->table;
  if (num_before_ == 0) return true;
  if (has_text_key(table) || staged_->counts.loaded == 0) return false;
  CIP_TRY_ASSIGN(const Value last,
                 connection_->value_of({fmt::format(
                     "SELECT max({}) FROM {}", sql::quoted(table.key), sql::quoted(table.name))}));
  const RowCodec codec(table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  CIP_TRY_ASSIGN(const std::string_view first, reader.next());
  return codec.head_of(first).key.integer > std::get<std::int64_t>(last);
}

Result<void> TablePublish::compare() {
  CIP_TRY_ASSIGN(num_before_, num_rows());
  CIP_TRY_ASSIGN(takes_rows_as_they_lie_, lie_behind_all());
  if (takes_rows_as_they_lie_) return {};
  CIP_TRY(read_entries());
  const auto num_entries = static_cast<std::int64_t>(entries_.size());
  CIP_TRY(num_entries * kScanShare < num_before_ ? compare_some() : compare_all());

  // By which row is the newest staging has gone already.
  const bool asks_run = spec_->winner != ingest::Winner::Newest;
  if (!spec_->replays.empty() && asks_run) CIP_TRY(find_newer());
  const auto num_of = [this](Fate fate) {
    return static_cast<std::uint64_t>(
        std::count_if(entries_.begin(), entries_.end(),
                      [fate](const Entry& entry) { return entry.fate == fate; }));
  };
  counts_.loaded = num_of(Fate::New);
  counts_.updated = num_of(Fate::Changed);
  counts_.unchanged = num_of(Fate::Unchanged);
  counts_.duplicates = staged_->counts.duplicates + num_of(Fate::Newer);
  if (has_text_key(*staged_->table)) {  // Fingerprints have no order worth keeping.
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.offset < b.offset; });
  }
  return {};
}

Result<void> TablePublish::read_entries() {
  const RowCodec codec(*staged_->table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  entries_.clear();
  entries_.reserve(staged_->counts.loaded +
                   (staged_->has_superseded ? staged_->counts.duplicates : 0));
  while (!reader.is_done()) {
    const std::uint64_t offset = reader.offset();
    CIP_TRY_ASSIGN(const std::string_view record, reader.next());
    const StagedHead head = codec.head_of(record);
    entries_.push_back({.key = head.key.fingerprint(), .offset = offset, .hash = head.hash});
  }
  std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
    return a.key == b.key ? a.offset > b.offset : is_less(a.key, b.key);
  });
  // The last record of a key comes first here, and stays.
  const auto end = std::unique(entries_.begin(), entries_.end(),
                               [](const Entry& a, const Entry& b) { return a.key == b.key; });
  entries_.erase(end, entries_.end());
  return {};
}

// A row of the table: its key, its hash. `hint` is where its entry is expected.
Result<void> TablePublish::meet(const sql::RowView& row, std::vector<Entry>::iterator& hint) {
  const Fingerprint key = key_of(row, has_text_key(*staged_->table)).fingerprint();
  const auto less = [this](const Entry& entry, const Fingerprint& wanted) {
    return is_less(entry.key, wanted);
  };
  auto found = hint;
  if (found == entries_.end() || found->key != key) {
    found = std::lower_bound(entries_.begin(), entries_.end(), key, less);
  }
  hint = found;
  if (found == entries_.end() || found->key != key) return {};
  const bool is_same = static_cast<std::int64_t>(found->hash) == row.integer(1);
  found->fate = is_same ? Fate::Unchanged : Fate::Changed;
  ++hint;
  return {};
}

Result<void> TablePublish::compare_all() {
  const model::TableDef& table = *staged_->table;
  auto hint = entries_.begin();
  CIP_TRY(connection_->visit({fmt::format("SELECT {0}, row_hash FROM {1} ORDER BY {0}",
                                          sql::quoted(table.key), sql::quoted(table.name))},
                             [&](const sql::RowView& row) { return meet(row, hint); }));
  return {};
}

Result<void> TablePublish::compare_some() {
  const model::TableDef& table = *staged_->table;
  const RowCodec codec(table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  auto hint = entries_.begin();
  for (std::size_t first = 0; first < entries_.size(); first += kKeysPerLookup) {
    const std::size_t last = std::min(first + kKeysPerLookup, entries_.size());
    sql::Statement lookup;
    std::string marks;
    for (std::size_t at = first; at < last; ++at) {
      CIP_TRY_ASSIGN(const std::string_view record, reader.at(entries_[at].offset));
      const RowKey key = codec.head_of(record).key;
      lookup.params.push_back(key.is_text ? Value(std::string(key.text)) : Value(key.integer));
      marks += at == first ? "?" : ", ?";
    }
    lookup.sql = fmt::format("SELECT {0}, row_hash FROM {1} WHERE {0} IN ({2})",
                             sql::quoted(table.key), sql::quoted(table.name), marks);
    CIP_TRY(connection_->visit(lookup, [&](const sql::RowView& row) { return meet(row, hint); }));
  }
  return {};
}

// Whether the row that is there is to be preferred to the rejected record: it came with a later
// run, or in the same run and wins there.
bool TablePublish::is_newer(const sql::RowView& row, const StagedHead& head) const {
  const auto replayed = std::lower_bound(
      spec_->replays.begin(), spec_->replays.end(), head.record_no,
      [](const Replayed& each, std::uint64_t wanted) { return each.record_no < wanted; });
  CIP_EXPECTS(replayed != spec_->replays.end() && replayed->record_no == head.record_no);
  if (row.integer(0) != replayed->run_id) return row.integer(0) > replayed->run_id;
  const auto record_no = static_cast<std::uint64_t>(row.integer(1));
  return spec_->winner == ingest::Winner::First ? record_no < head.record_no
                                                : record_no > head.record_no;
}

Result<void> TablePublish::find_newer() {
  const model::TableDef& table = *staged_->table;
  const RowCodec codec(table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  const std::string sql = fmt::format("SELECT run_id, record_no FROM {} WHERE {} = ?",
                                      sql::quoted(table.name), sql::quoted(table.key));
  for (Entry& entry : entries_) {
    if (entry.fate != Fate::Changed) continue;
    CIP_TRY_ASSIGN(const std::string_view record, reader.at(entry.offset));
    const StagedHead head = codec.head_of(record);
    const Value key =
        head.key.is_text ? Value(std::string(head.key.text)) : Value(head.key.integer);
    CIP_TRY(connection_->visit({sql, {key}}, [&](const sql::RowView& row) -> Result<void> {
      if (!is_newer(row, head)) return {};
      entry.fate = Fate::Newer;
      outdated_.push_back(head.record_no);
      return {};
    }));
  }
  return {};
}

// Writing.

Result<void> TablePublish::write(std::int64_t run_id, Progress& progress) {
  const auto num_written = static_cast<std::int64_t>(counts_.loaded + counts_.updated);
  if (num_written == 0) return {};
  const bool rebuilds = num_written * kRebuildShare >= num_before_;
  if (rebuilds) CIP_TRY(drop_indexes());
  CIP_TRY(replace_changed(run_id));
  CIP_TRY(insert_rows(run_id, progress));
  if (rebuilds) CIP_TRY(build_indexes(progress));
  return {};
}

Result<void> TablePublish::drop_indexes() {
  for (const IndexDdl& index : index_ddl(*staged_->table)) {
    CIP_TRY(
        connection_->execute({fmt::format("DROP INDEX IF EXISTS {}", sql::quoted(index.name))}));
  }
  return {};
}

Result<void> TablePublish::build_indexes(Progress& progress) {
  const std::string step = fmt::format("index {}", staged_->table->name);
  const std::vector<IndexDdl> indexes = index_ddl(*staged_->table);
  for (std::size_t at = 0; at < indexes.size(); ++at) {
    progress.report(step, at, indexes.size());
    CIP_TRY(connection_->execute({indexes[at].create}));
  }
  progress.finish(step);
  return connection_->execute({fmt::format("ANALYZE {}", sql::quoted(staged_->table->name))});
}

// All old versions leave before the first new one comes: two rows may have swapped a unique value.
// They go where undoing the run finds them.
Result<void> TablePublish::replace_changed(std::int64_t run_id) {
  if (counts_.updated == 0) return {};
  const model::TableDef& table = *staged_->table;
  const RowCodec codec(table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  CIP_TRY_ASSIGN(const auto keeper, connection_->prepare(keep_earlier_sql(table)));
  CIP_TRY_ASSIGN(const auto remover, connection_->prepare(fmt::format("DELETE FROM {} WHERE {} = ?",
                                                                      sql::quoted(table.name),
                                                                      sql::quoted(table.key))));
  std::uint64_t num_deleted = 0;
  for (const Entry& entry : entries_) {
    if (entry.fate != Fate::Changed) continue;
    CIP_TRY_ASSIGN(const std::string_view record, reader.at(entry.offset));
    const RowKey key = codec.head_of(record).key;
    const sql::Param param = param_of(key);
    CIP_TRY(keeper->write(std::array<sql::Param, 2>{run_id, param}));
    CIP_TRY_ASSIGN(const std::int64_t num_changes, remover->write(std::array{param}));
    num_deleted += static_cast<std::uint64_t>(num_changes);
  }
  counts_.updated = num_deleted;
  return {};
}

Result<void> TablePublish::insert_rows(std::int64_t run_id, Progress& progress) {
  const std::string step = fmt::format("publish {}", staged_->table->name);
  RowCodec codec(*staged_->table);
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged_->rows));
  CIP_TRY_ASSIGN(const auto writer, connection_->prepare(codec.insert_sql()));
  const std::uint64_t num_rows = counts_.loaded + counts_.updated;
  std::uint64_t num_inserted = 0;
  const auto insert = [&](std::string_view record) -> Result<void> {
    CIP_TRY_ASSIGN(const std::int64_t num_changes, writer->write(codec.params_of(record, run_id)));
    num_inserted += static_cast<std::uint64_t>(num_changes);
    if (num_inserted % kRowsPerReport == 0) progress.report(step, num_inserted, num_rows);
    return {};
  };
  while (takes_rows_as_they_lie_ && !reader.is_done()) {
    CIP_TRY_ASSIGN(const std::string_view record, reader.next());
    CIP_TRY(insert(record));
  }
  for (const Entry& entry : entries_) {
    if (entry.fate != Fate::New && entry.fate != Fate::Changed) continue;
    CIP_TRY_ASSIGN(const std::string_view record, reader.at(entry.offset));
    CIP_TRY(insert(record));
  }
  progress.finish(step);
  counts_.loaded = num_inserted - counts_.updated;
  return {};
}

Result<void> TablePublish::check_balance() const {
  if (counts_.found != counts_.accounted()) {
    return fail(Errc::Conflict,
                fmt::format("accounting does not balance: table '{}' had {} records, {} loaded + "
                            "{} updated + {} unchanged + {} duplicates + {} rejected + {} skipped "
                            "make {}; nothing was published",
                            counts_.table, counts_.found, counts_.loaded, counts_.updated,
                            counts_.unchanged, counts_.duplicates, counts_.rejected,
                            counts_.skipped, counts_.accounted()));
  }
  CIP_TRY_ASSIGN(const std::int64_t num_after, num_rows());
  const auto num_gained = static_cast<std::uint64_t>(num_after - num_before_);
  if (num_gained == counts_.loaded) return {};
  return fail(Errc::Conflict,
              fmt::format("accounting does not balance: table '{}' grew from {} to {} rows with {} "
                          "loaded; nothing was published",
                          counts_.table, num_before_, num_after, counts_.loaded));
}

}  // namespace cip::warehouse
