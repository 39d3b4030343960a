#include "warehouse/table_stage.h"

#include <algorithm>

#include "base/text.h"
#include "warehouse/cell.h"
#include "warehouse/cell_fingerprint.h"
#include "warehouse/row_age.h"
#include "warehouse/staged_reject.h"

namespace cip::warehouse {
namespace {

std::string_view source_key_of(const ingest::MappedBatch& batch, std::size_t row) {
  return row < batch.source_keys.size() ? batch.source_keys[row] : std::string_view();
}

std::string expected_range(Type type) {
  return type == Type::Decimal ? "a decimal of at most 15 digits" : "a year from 0000 to 9999";
}

bool fits(const ingest::MappedColumn& column, std::size_t row, const model::ColumnDef& definition) {
  if (column.type == Type::Text || column.type == Type::Number) return true;
  return fits_database({definition.type, definition.scale}, column.units[row]);
}

}  // namespace

// Opening: what the database already knows.

TableStage::TableStage(Input input) : input_(std::move(input)), codec_(*input_.table) {
  staged_.table = input_.table;
  staged_.rows = input_.rows.path();
  staged_.rejects = input_.rejects.path();
  staged_.counts.table = input_.table->name;
  staged_.skips.resize(input_.spec->skip_reasons.size());
  key_ = static_cast<std::size_t>(input_.table->find(input_.table->key) -
                                  input_.table->columns.data());
}

Result<TableStage> TableStage::open(Input input) {
  TableStage stage(std::move(input));
  CIP_TRY(stage.read_links());
  CIP_TRY(stage.read_uniques());
  CIP_TRY(stage.read_natural_keys());
  CIP_TRY_ASSIGN(const Value has_owners,
                 stage.input_.connection->value_of(
                     {fmt::format("SELECT EXISTS (SELECT 1 FROM {} WHERE source_key IS NOT NULL)",
                                  sql::quoted(stage.table().name))}));
  if (has_owners == Value(1)) CIP_TRY(stage.track_owners());
  if (stage.input_.spec->winner == ingest::Winner::Newest) CIP_TRY(stage.read_ages());
  return stage;
}

Result<void> TableStage::read_links() {
  std::vector<ingest::Reference> references = input_.spec->references;
  for (std::size_t at = 0; at < table().columns.size(); ++at) {
    const auto& parent = table().columns[at].references;
    if (parent) references.push_back({at, *parent, ""});
  }
  for (const ingest::Reference& reference : references) {
    CIP_TRY_ASSIGN(const model::TableDef* parent, input_.known->model().table(reference.table));
    const std::string& column = reference.key.empty() ? parent->key : reference.key;
    CIP_TRY_ASSIGN(const KnownValues* known, input_.known->read(parent->name, column));
    const bool is_text = table().columns[reference.column].type == Type::Text;
    if (known->is_text() != is_text) {
      return fail(
          Errc::InvalidArgument,
          fmt::format("{}.{} and {}.{}, which it refers to, are not of one type", table().name,
                      table().columns[reference.column].name, parent->name, column));
    }
    const bool is_there = std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
      return link.column == reference.column && link.known == known;
    });
    if (!is_there) links_.push_back({reference.column, parent->name, known});
  }
  return {};
}

Result<void> TableStage::read_uniques() {
  std::vector<std::size_t> columns = input_.spec->uniques;
  for (std::size_t at = 0; at < table().columns.size(); ++at) {
    if (table().columns[at].is_unique) columns.push_back(at);
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  for (const std::size_t at : columns) {
    if (at == key_) continue;  // Keys have checks of their own.
    const model::ColumnDef& column = table().columns[at];
    Unique unique{.column = at, .holders = {}, .held = {}};
    const std::string sql =
        fmt::format("SELECT {0}, {1} FROM {2} WHERE {1} IS NOT NULL", sql::quoted(table().key),
                    sql::quoted(column.name), sql::quoted(table().name));
    CellReader reader;
    const bool is_text = table().columns[key_].type == Type::Text;
    CIP_TRY(input_.connection->visit({sql}, [&](const sql::RowView& row) -> Result<void> {
      const Fingerprint value = fingerprint_of(row, 1, reader, column);
      if (value == Fingerprint{}) return {};
      const Fingerprint key =
          is_text ? fingerprint_of(row.text(0)) : fingerprint_of(row.integer(0));
      unique.holders.set(value, key.high);
      unique.held[key.high] = value;
      return {};
    }));
    uniques_.push_back(std::move(unique));
  }
  return {};
}

Result<void> TableStage::read_natural_keys() {
  const std::vector<std::size_t>& keys = input_.spec->keys;
  has_natural_key_ = !keys.empty() && keys != std::vector<std::size_t>{key_};
  if (!has_natural_key_) return {};
  if (table().columns[key_].type == Type::Text) {
    return fail(Errc::InvalidArgument,
                fmt::format("table '{}' has a text key, so its natural key can only be '{}'",
                            table().name, table().key));
  }
  CIP_TRY_ASSIGN(all_keys_, input_.known->read(table().name, table().key));
  std::string sql = "SELECT " + sql::quoted(table().key);
  for (const std::size_t at : keys) sql += ", " + sql::quoted(table().columns[at].name);
  sql += " FROM " + sql::quoted(table().name);
  CellReader reader;
  CIP_TRY(input_.connection->visit({sql}, [&](const sql::RowView& row) -> Result<void> {
    FingerprintMaker natural;
    for (std::size_t at = 0; at < keys.size(); ++at) {
      const bool is_null = row.kind(at + 1) == sql::CellKind::Null;
      natural.add(is_null ? Fingerprint{}
                          : fingerprint_of(row, at + 1, reader, table().columns[keys[at]]));
    }
    natural_keys_.set(natural.fingerprint(), static_cast<std::uint64_t>(row.integer(0)));
    return {};
  }));
  return {};
}

Result<void> TableStage::track_owners() {
  tracks_owners_ = table().columns[key_].type == Type::Integer;
  if (!tracks_owners_) return {};
  CIP_TRY_ASSIGN(all_keys_, input_.known->read(table().name, table().key));
  const std::string sql = fmt::format("SELECT {}, source_key FROM {} WHERE source_key IS NOT NULL",
                                      sql::quoted(table().key), sql::quoted(table().name));
  CIP_TRY(input_.connection->visit({sql}, [this](const sql::RowView& row) -> Result<void> {
    owners_.set(fingerprint_of(row.integer(0)), fingerprint_of(row.text(1)).high);
    return {};
  }));
  return {};
}

Result<void> TableStage::read_ages() {
  const model::ColumnDef& column = table().columns[input_.spec->newest_by];
  const std::string sql = fmt::format("SELECT {}, {} FROM {}", sql::quoted(table().key),
                                      sql::quoted(column.name), sql::quoted(table().name));
  const bool is_text = table().columns[key_].type == Type::Text;
  CellReader reader;
  CIP_TRY(input_.connection->visit({sql}, [&](const sql::RowView& row) -> Result<void> {
    const Fingerprint key = is_text ? fingerprint_of(row.text(0)) : fingerprint_of(row.integer(0));
    published_ages_.set(key, age_of(row, 1, reader, column));
    return {};
  }));
  return {};
}

void TableStage::find_feeds() {
  for (std::size_t at = 0; at < table().columns.size(); ++at) {
    KnownValues* known = input_.known->find(table().name, table().columns[at].name);
    if (known != nullptr) feeds_.emplace_back(at, known);
  }
}

// Judging: one record after the other.

Result<void> TableStage::stage(const ingest::MappedBatch& batch) {
  CIP_EXPECTS(batch.columns.size() == table().columns.size());
  auto fault = batch.faults.begin();
  for (std::uint32_t row = 0; row < batch.num_rows; ++row) {
    ++staged_.counts.found;
    const auto first = fault;
    while (fault != batch.faults.end() && fault->row == row) ++fault;
    CIP_TRY(take(batch, row, {first, fault}));
  }
  CIP_TRY(input_.rows.flush());
  return input_.rejects.flush();
}

Result<void> TableStage::take(const ingest::MappedBatch& batch, std::uint32_t row,
                              std::span<const ingest::RowFault> faults) {
  switch (batch.states[row]) {
    case ingest::RowState::Good:
      return judge(batch, row);
    case ingest::RowState::Rejected:
      reject(batch, row, faults);
      return {};
    case ingest::RowState::Skipped:
      CIP_EXPECTS(batch.skip_rules[row] < staged_.skips.size());
      ++staged_.skips[batch.skip_rules[row]];
      ++staged_.counts.skipped;
      note(batch, row, ReplayNote::Fate::Skipped);
      return {};
  }
  return {};
}

// Whether a record takes the place of one that is staged under its key.
bool TableStage::wins(const ingest::MappedBatch& batch, std::uint32_t row,
                      const RowKey& key) const noexcept {
  if (input_.spec->winner != ingest::Winner::Newest) {
    return input_.spec->winner == ingest::Winner::Last;
  }
  const auto held = ages_.find(key.fingerprint());
  return age_of(batch.columns[input_.spec->newest_by], row) > held.value_or(0);
}

// Whether the published row of its key is newer. A record that is tried again, which came before
// that row, has to be newer itself.
bool TableStage::is_outdated(const ingest::MappedBatch& batch, std::uint32_t row,
                             const RowKey& key) const noexcept {
  if (input_.spec->winner != ingest::Winner::Newest) return false;
  const auto published = published_ages_.find(key.fingerprint());
  if (!published) return false;
  const std::uint64_t age = age_of(batch.columns[input_.spec->newest_by], row);
  return age < *published || (age == *published && !input_.spec->replays.empty());
}

bool TableStage::is_staged(const RowKey& key) const noexcept {
  return key.is_text ? staged_texts_.contains(key.fingerprint())
                     : staged_integers_.contains(key.integer);
}

Result<void> TableStage::judge(const ingest::MappedBatch& batch, std::uint32_t row) {
  faults_.clear();
  RowKey key;
  check_cells(batch, row);
  if (faults_.empty()) {
    key = key_at(batch.columns[key_], row);
    if (has_natural_key_) adopt_key(batch, row, key);
    CIP_TRY(check_owner(batch, row, key));
  }
  if (faults_.empty()) {
    const bool is_repeat = is_staged(key);
    if (is_repeat) ++num_repeats_;
    if (is_repeat && !wins(batch, row, key)) {
      ++staged_.counts.duplicates;
      note(batch, row, ReplayNote::Fate::Duplicate);
      return {};
    }
    if (!is_repeat && is_outdated(batch, row, key)) {
      ++num_outdated_;
      ++staged_.counts.duplicates;
      note(batch, row, ReplayNote::Fate::Duplicate);
      return {};
    }
    check_links(batch, row);
    check_uniques(batch, row, key);
  }
  if (faults_.empty()) {
    keep(batch, row, key);
  } else {
    reject(batch, row, faults_);
  }
  return {};
}

void TableStage::add_fault(const ingest::MappedBatch& batch, std::uint32_t row, std::size_t column,
                           ingest::RowFault fault) {
  const model::ColumnDef& definition = table().columns[column];
  fault.row = row;
  fault.column = definition.name;
  fault.value = text_of(batch.columns[column], row, definition);
  faults_.push_back(std::move(fault));
}

void TableStage::check_cells(const ingest::MappedBatch& batch, std::uint32_t row) {
  for (std::size_t at = 0; at < batch.columns.size(); ++at) {
    const model::ColumnDef& definition = table().columns[at];
    const ingest::MappedColumn& column = batch.columns[at];
    if (column.present[row] != 0) {
      if (!fits(column, row, definition)) {
        add_fault(batch, row, at,
                  {.row = row,
                   .stage = "rule",
                   .code = "RANGE",
                   .column = {},
                   .source = {},
                   .value = {},
                   .expected = expected_range(column.type)});
      }
    } else if (at == key_) {
      add_fault(batch, row, at,
                {.row = row,
                 .stage = "key",
                 .code = "KEY_MISSING",
                 .column = {},
                 .source = {},
                 .value = {},
                 .expected = "a key"});
    } else if (definition.is_required) {
      add_fault(batch, row, at,
                {.row = row,
                 .stage = "rule",
                 .code = "REQUIRED",
                 .column = {},
                 .source = {},
                 .value = {},
                 .expected = "a value"});
    }
  }
}

void TableStage::adopt_key(const ingest::MappedBatch& batch, std::uint32_t row, RowKey& key) {
  const auto known = natural_keys_.find(fingerprint_of(batch, row, input_.spec->keys));
  if (known) {
    key.integer = static_cast<std::int64_t>(*known);
    return;
  }
  if (!all_keys_->contains(key) && !is_staged(key)) return;
  ++num_collisions_;
  add_fault(batch, row, key_,
            {.row = row,
             .stage = "key",
             .code = "KEY_COLLISION",
             .column = {},
             .source = {},
             .value = {},
             .expected = "a key that no row of another natural key has"});
}

Result<void> TableStage::check_owner(const ingest::MappedBatch& batch, std::uint32_t row,
                                     const RowKey& key) {
  const std::string_view source_key = source_key_of(batch, row);
  if (!tracks_owners_ && !source_key.empty()) CIP_TRY(track_owners());
  if (!tracks_owners_ || (!all_keys_->contains(key) && !is_staged(key))) return {};
  const auto owner = owners_.find(key.fingerprint());
  const bool is_same = source_key.empty()
                           ? !owner
                           : owner == std::optional<std::uint64_t>(fingerprint_of(source_key).high);
  if (is_same) return {};
  ++num_collisions_;
  add_fault(batch, row, key_,
            {.row = row,
             .stage = "key",
             .code = "KEY_COLLISION",
             .column = {},
             .source = {},
             .value = {},
             .expected = "a key that no row of another source key has"});
  return {};
}

void TableStage::check_links(const ingest::MappedBatch& batch, std::uint32_t row) {
  for (Link& link : links_) {
    const ingest::MappedColumn& column = batch.columns[link.column];
    if (column.present[row] == 0) continue;
    ++link.num_checked;
    if (link.known->contains(key_at(column, row))) continue;
    ++link.num_failed;
    add_fault(batch, row, link.column,
              {.row = row,
               .stage = "reference",
               .code = "REFERENCE",
               .column = {},
               .source = {},
               .value = {},
               .expected = fmt::format("a row of table '{}'", link.parent)});
  }
}

void TableStage::check_uniques(const ingest::MappedBatch& batch, std::uint32_t row,
                               const RowKey& key) {
  for (Unique& unique : uniques_) {
    const ingest::MappedColumn& column = batch.columns[unique.column];
    if (column.present[row] == 0) continue;
    ++unique.num_checked;
    const auto holder = unique.holders.find(fingerprint_of(column, row));
    if (!holder || *holder == key.fingerprint().high) continue;
    ++unique.num_failed;
    add_fault(
        batch, row, unique.column,
        {.row = row,
         .stage = "key",
         .code = "UNIQUE",
         .column = {},
         .source = {},
         .value = {},
         .expected = fmt::format("a value that no other row of table '{}' has", table().name)});
  }
}

void TableStage::keep(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key) {
  const bool is_new =
      key.is_text ? staged_texts_.set(key.fingerprint(), 0) : staged_integers_.insert(key.integer);
  if (is_new) {
    ++staged_.counts.loaded;
  } else {
    ++staged_.counts.duplicates;  // The one that was staged before.
    staged_.has_superseded = true;
  }
  if (!key.is_text) {
    staged_.is_ascending = staged_.is_ascending && (!last_key_ || *last_key_ < key.integer);
    last_key_ = key.integer;
  }
  if (input_.spec->winner == ingest::Winner::Newest) {
    ages_.set(key.fingerprint(), age_of(batch.columns[input_.spec->newest_by], row));
  }
  feed(batch, row, key);
  hold_uniques(batch, row, key);
  if (has_natural_key_) {
    natural_keys_.set(fingerprint_of(batch, row, input_.spec->keys),
                      static_cast<std::uint64_t>(key.integer));
  }
  if (tracks_owners_ && !source_key_of(batch, row).empty()) {
    owners_.set(key.fingerprint(), fingerprint_of(source_key_of(batch, row)).high);
  }
  input_.rows.append(codec_.encode(batch, row, key));
  if (!input_.spec->replays.empty()) {
    note(batch, row, ReplayNote::Fate::Kept,
         key.is_text ? std::string(key.text) : std::to_string(key.integer));
  }
}

// Only a replay asks what became of the single record.
void TableStage::note(const ingest::MappedBatch& batch, std::uint32_t row, ReplayNote::Fate fate,
                      std::string key) {
  if (input_.spec->replays.empty()) return;
  staged_.notes.push_back({batch.places[row].record_no, fate, std::move(key)});
}

// What others may refer to from now on.
void TableStage::feed(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key) {
  for (const auto& [column, known] : feeds_) {
    if (column == key_) {
      known->insert(key);
    } else if (batch.columns[column].present[row] != 0) {
      known->insert(key_at(batch.columns[column], row));
    }
  }
}

// The row lets go of the values it held before, and holds those it has now.
void TableStage::hold_uniques(const ingest::MappedBatch& batch, std::uint32_t row,
                              const RowKey& key) {
  for (Unique& unique : uniques_) {
    const auto held = unique.held.find(key.fingerprint().high);
    if (held != unique.held.end()) {
      unique.holders.erase(held->second);
      unique.held.erase(held);
    }
    if (batch.columns[unique.column].present[row] == 0) continue;
    const Fingerprint value = fingerprint_of(batch.columns[unique.column], row);
    unique.holders.set(value, key.fingerprint().high);
    unique.held[key.fingerprint().high] = value;
  }
}

void TableStage::reject(const ingest::MappedBatch& batch, std::uint32_t row,
                        std::span<const ingest::RowFault> faults) {
  ++staged_.counts.rejected;
  reject_.clear();
  encode_reject(batch, row, faults, reject_);
  input_.rejects.append(reject_);
  note(batch, row, ReplayNote::Fate::Rejected);
}

StagedTable TableStage::staged() const {
  StagedTable staged = staged_;
  staged.rules = rule_counts();
  if (num_outdated_ > 0) {
    staged.changes.push_back({.table = table().name,
                              .column = table().columns[input_.spec->newest_by].name,
                              .change = "outdated",
                              .detail = "the rows of earlier runs are newer and stay",
                              .count = num_outdated_});
  }
  return staged;
}

std::vector<ingest::RuleCount> TableStage::rule_counts() const {
  std::vector<ingest::RuleCount> rules;
  const auto add = [&](std::string_view rule, std::size_t column, std::uint64_t checked,
                       std::uint64_t failed) {
    rules.push_back({.table = table().name,
                     .rule = std::string(rule),
                     .dimension = "consistency",
                     .column = table().columns[column].name,
                     .severity = "high",
                     .checked = checked,
                     .failed = failed});
  };
  const std::uint64_t repeats = input_.spec->repeats_are_faults ? num_repeats_ : 0;
  add("unique", key_, staged_.counts.found - staged_.counts.skipped, repeats + num_collisions_);
  for (const Unique& unique : uniques_) {
    add("unique", unique.column, unique.num_checked, unique.num_failed);
  }
  for (const Link& link : links_) add("reference", link.column, link.num_checked, link.num_failed);
  return rules;
}

}  // namespace cip::warehouse
