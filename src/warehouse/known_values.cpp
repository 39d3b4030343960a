#include "warehouse/known_values.h"

#include "base/text.h"

namespace cip::warehouse {

void KnownValues::insert(const RowKey& value) {
  if (is_text_) {
    texts_.set(value.fingerprint(), 0);
  } else {
    integers_.insert(value.integer);
  }
}

bool KnownValues::contains(const RowKey& value) const noexcept {
  return is_text_ ? texts_.contains(value.fingerprint()) : integers_.contains(value.integer);
}

RowKey key_at(const ingest::MappedColumn& column, std::size_t row) {
  RowKey key;
  key.is_text = column.type == Type::Text;
  if (key.is_text) {
    key.text = column.texts[row];
  } else {
    key.integer = column.units[row];
  }
  return key;
}

KnownValues* KnownColumns::find(const std::string& table, const std::string& column) const {
  const auto found = columns_.find({table, column});
  return found == columns_.end() ? nullptr : found->second.get();
}

Result<KnownValues*> KnownColumns::read(const std::string& table, const std::string& column) {
  if (KnownValues* known = find(table, column)) return known;
  CIP_TRY_ASSIGN(const model::TableDef* definition, model_->table(table));
  const model::ColumnDef* target = definition->find(column);
  if (target == nullptr) {
    return fail(Errc::InvalidArgument,
                fmt::format("table '{}' has no column '{}' to refer to", table, column));
  }
  if (target->type != Type::Text && target->type != Type::Integer) {
    return fail(Errc::InvalidArgument,
                fmt::format("{}.{} is a {}; only integers and texts can be referred to", table,
                            column, name_of(target->type)));
  }
  auto known = std::make_unique<KnownValues>(target->type == Type::Text);
  const std::string sql = fmt::format("SELECT {0} FROM {1} WHERE {0} IS NOT NULL",
                                      sql::quoted(column), sql::quoted(table));
  RowKey value;
  value.is_text = known->is_text();
  CIP_TRY(connection_->visit({sql}, [&](const sql::RowView& row) -> Result<void> {
    if (value.is_text) {
      value.text = row.text(0);
    } else {
      value.integer = row.integer(0);
    }
    known->insert(value);
    return {};
  }));
  return (columns_[{table, column}] = std::move(known)).get();
}

}  // namespace cip::warehouse
