#include "warehouse/staged_row.h"

#include <algorithm>
#include <cstring>

#include "base/contract.h"
#include "base/hash.h"
#include "base/text.h"
#include "warehouse/byte_record.h"

namespace cip::warehouse {
namespace {

constexpr std::size_t kNumBookkeeping = 5;  // source_key, extra, run_id, record_no, row_hash
constexpr std::uint64_t kKeySeed = 1;

template <class T>
T at_or(const std::vector<T>& values, std::size_t at, T otherwise) {
  return at < values.size() ? values[at] : otherwise;
}

sql::Param text_or_null(std::string_view text) {
  return text.empty() ? sql::Param() : sql::Param(text);
}

}  // namespace

RowCodec::RowCodec(const model::TableDef& table)
    : table_(&table),
      params_(table.columns.size() + kNumBookkeeping),
      texts_(table.columns.size()) {
  const model::ColumnDef* key = table.find(table.key);
  CIP_EXPECTS(key != nullptr);
  key_ = static_cast<std::size_t>(key - table.columns.data());
  // Cells are told apart by the name of their column, so that a column that the model gains or
  // moves does not change the hash of the rows that are there.
  for (const model::ColumnDef& column : table.columns) {
    tags_.push_back(static_cast<std::uint32_t>(hash64(column.name)));
  }
}

void RowCodec::encode_cell(const ingest::MappedColumn& column, std::size_t at, std::size_t row) {
  put(record_, tags_[at]);
  switch (column.type) {
    case Type::Text:
      put_text(record_, column.texts[row]);
      return;
    case Type::Number:
      put(record_, column.numbers[row] + 0.0);  // -0 becomes 0: the database knows no -0.
      return;
    default:
      put(record_, column.units[row]);
  }
}

// Record: hash, record number, key, source key, a byte of presence per column, the size of the
// extra, then the hashed part: tag and value of each present cell but the key, and the extra.
std::string_view RowCodec::encode(const ingest::MappedBatch& batch, std::size_t row,
                                  const RowKey& key) {
  record_.clear();
  put(record_, std::uint64_t{0});  // The hash, once it is known.
  put(record_, row < batch.places.size() ? batch.places[row].record_no : std::uint64_t{0});
  if (key.is_text) {
    put_text(record_, key.text);
  } else {
    put(record_, key.integer);
  }
  put_text(record_, at_or(batch.source_keys, row, std::string_view()));
  for (const ingest::MappedColumn& column : batch.columns)
    record_ += static_cast<char>(column.present[row]);
  const std::string_view extra = at_or(batch.extras, row, std::string_view());
  put(record_, std::uint64_t{extra.size()});

  const std::size_t start = record_.size();
  for (std::size_t at = 0; at < batch.columns.size(); ++at) {
    if (at != key_ && batch.columns[at].present[row] != 0) encode_cell(batch.columns[at], at, row);
  }
  record_.append(extra);
  const std::uint64_t hash = hash64(std::string_view(record_).substr(start), kKeySeed);
  std::memcpy(record_.data(), &hash, sizeof hash);
  return record_;
}

StagedHead RowCodec::head_of(std::string_view record) const {
  FieldReader fields(record);
  StagedHead head;
  head.hash = fields.take<std::uint64_t>();
  head.record_no = fields.take<std::uint64_t>();
  head.key.is_text = table_->columns[key_].type == Type::Text;
  if (head.key.is_text) {
    head.key.text = fields.take_text();
  } else {
    head.key.integer = fields.take<std::int64_t>();
  }
  return head;
}

std::span<const sql::Param> RowCodec::params_of(std::string_view record, std::int64_t run_id) {
  FieldReader fields(record);
  const auto hash = fields.take<std::uint64_t>();
  const auto record_no = fields.take<std::uint64_t>();
  const bool has_text_key = table_->columns[key_].type == Type::Text;
  const sql::Param key =
      has_text_key ? sql::Param(fields.take_text()) : sql::Param(fields.take<std::int64_t>());
  const std::string_view source_key = fields.take_text();
  const std::string_view present = fields.take_bytes(table_->columns.size());
  const auto extra_size = fields.take<std::uint64_t>();

  for (std::size_t at = 0; at < table_->columns.size(); ++at) {
    const model::ColumnDef& column = table_->columns[at];
    if (at == key_) {
      params_[at] = key;
    } else if (present[at] == 0) {
      params_[at] = std::monostate{};
    } else {
      static_cast<void>(fields.take<std::uint32_t>());  // The tag matters to the hash only.
      if (column.type == Type::Text) {
        params_[at] = fields.take_text();
      } else if (column.type == Type::Number) {
        params_[at] = fields.take<double>();
      } else {
        params_[at] =
            param_of({column.type, column.scale}, fields.take<std::int64_t>(), texts_[at]);
      }
    }
  }
  auto bookkeeping = params_.begin() + static_cast<std::ptrdiff_t>(table_->columns.size());
  *bookkeeping++ = text_or_null(source_key);
  *bookkeeping++ = text_or_null(fields.take_bytes(extra_size));
  *bookkeeping++ = run_id;
  *bookkeeping++ = static_cast<std::int64_t>(record_no);
  *bookkeeping = static_cast<std::int64_t>(hash);
  return params_;
}

std::string RowCodec::insert_sql() const {
  std::string names;
  std::string marks;
  for (const model::ColumnDef& column : table_->columns) {
    names += sql::quoted(column.name) + ", ";
    marks += "?, ";
  }
  return fmt::format(
      "INSERT INTO {} ({}source_key, extra, run_id, record_no, row_hash) VALUES ({}?, ?, ?, ?, ?)",
      sql::quoted(table_->name), names, marks);
}

}  // namespace cip::warehouse
