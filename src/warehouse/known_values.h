// warehouse/known_values.h: the values of the columns that others refer to: those in the database
// and those this run has staged.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/key_set.h"
#include "warehouse/staged_row.h"

namespace cip::warehouse {

/// The values of one column of integers or texts.
class KnownValues {
 public:
  explicit KnownValues(bool is_text) noexcept : is_text_(is_text) {}

  [[nodiscard]] bool is_text() const noexcept { return is_text_; }
  void insert(const RowKey& value);
  [[nodiscard]] bool contains(const RowKey& value) const noexcept;

 private:
  bool is_text_;
  IntegerSet integers_;
  FingerprintMap texts_;
};

/// The cell as a key: columns of integers and texts only, and the cell is present.
[[nodiscard]] RowKey key_at(const ingest::MappedColumn& column, std::size_t row);

/// All that a load has to know, each read from the database when it is first asked for.
class KnownColumns {
 public:
  KnownColumns(sql::Connection& connection, const model::Model& model)
      : connection_(&connection), model_(&model) {}

  [[nodiscard]] const model::Model& model() const noexcept { return *model_; }

  /// Errors:  InvalidArgument  there is no such column, or it holds neither integers nor texts
  Result<KnownValues*> read(const std::string& table, const std::string& column);

  /// Those read so far, null for the others.
  [[nodiscard]] KnownValues* find(const std::string& table, const std::string& column) const;

 private:
  sql::Connection* connection_;
  const model::Model* model_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<KnownValues>> columns_;
};

}  // namespace cip::warehouse
