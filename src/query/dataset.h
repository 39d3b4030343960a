// query/dataset.h: one immutable snapshot of all tables, ready to be asked.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "frame/table.h"
#include "model/model.h"
#include "query/packed_column.h"

namespace cip::query {

/// A dimension as seen from the rows of a table: a code per row, the codes in the order of the
/// values. Null is the last code, one past the values. Codes are as narrow as they can be; those of
/// a dense key are the cells of its column, and show these instead of a copy.
struct Codes {
  std::variant<std::span<const std::uint8_t>, std::span<const std::uint16_t>,
               std::span<const std::uint32_t>>
      by_row;
  std::shared_ptr<const void> keeper;           // Of what `by_row` shows.
  std::shared_ptr<const frame::Column> values;  // Distinct, ascending, none is null.

  bool is_ascending = false;  // Row by row, as those of time are.
  bool is_clustered = false;  // All rows of a value lie together, as the lines of an order do.

  /// Clustered and without nulls: a bit for each row whose code is not that of the row before.
  /// Empty otherwise.
  std::shared_ptr<const std::vector<std::uint64_t>> starts;

  [[nodiscard]] std::size_t num_values() const noexcept { return values->num_rows(); }
  [[nodiscard]] std::size_t num_codes() const noexcept { return values->num_rows() + 1; }
};

/// First and last day of the facts, both included.
struct DayRange {
  Days first;
  Days last;
};

/// The row of a parent table that a foreign key leads to; kNoRow where it is null or leads nowhere.
inline constexpr std::uint32_t kNoRow = 0xFFFF'FFFF;

/// Per row of a child, the row of its parent.
struct ParentRows {
  std::span<const std::uint32_t> by_row;
  std::shared_ptr<const void> keeper;
};

/// One table as a snapshot keeps it.
struct PackedTable {
  std::vector<PackedColumn> columns;  // Those of the model in its order, then what is more.
  std::size_t num_rows = 0;
  std::size_t num_timed = 0;  // Rows that have a time; they come first, in its order.
  std::map<std::string, ParentRows, std::less<>> parents;  // By foreign key.

  [[nodiscard]] const PackedColumn* find(std::string_view name) const noexcept;
};

using PackedTables = std::map<std::string, PackedTable, std::less<>>;

/// Facts lie sorted by time, so that a range of time is a slice of rows. What queries need beside
/// the tables (codes, joins, attributes out of JSON) is made when it is first asked for and kept.
/// Shared by threads without a lock of their own.
class Dataset {
 public:
  ~Dataset();
  [[nodiscard]] const model::Model& model() const noexcept;
  [[nodiscard]] const std::string& snapshot() const noexcept;

  /// All tables, as they lie in memory.
  [[nodiscard]] const PackedTables& tables() const noexcept;

  /// 0 if the model has no such table.
  [[nodiscard]] std::size_t num_rows(std::string_view table) const noexcept;

  /// One column of a table, unpacked: it lives as long as somebody holds it. Null if there is none.
  /// Columns bear the names of the model; those the warehouse adds (`extra`, ...) are there if they
  /// were given.
  [[nodiscard]] std::shared_ptr<const frame::Column> column(std::string_view table,
                                                            std::string_view column) const;

  /// Per row of `table`, the row of the parent that foreign key `column` leads to.
  /// Expects: the model says that `column` references a table.
  [[nodiscard]] std::span<const std::uint32_t> parent_rows(std::string_view table,
                                                           std::string_view column) const;

  /// The rows of a fact whose time lies in [from, to): first row, one past the last. Instants are
  /// told by the days of `zone`, a name that find_zone() knows; empty for UTC.
  [[nodiscard]] std::pair<std::size_t, std::size_t> slice(std::string_view table,
                                                          std::optional<Days> from,
                                                          std::optional<Days> to,
                                                          const std::string& zone = {}) const;

  /// From the first to the last day of all facts; nullopt if there are none.
  [[nodiscard]] std::optional<DayRange> days() const;

  /// The dimension as seen from the rows of `table`, which may be a child of the dimension's own.
  ///
  /// Errors:  InvalidArgument  `table` does not lead to the dimension
  [[nodiscard]] Result<std::shared_ptr<const Codes>> codes(std::string_view table,
                                                           const model::Dimension& dimension) const;

  /// What the JSON objects in `extra` of a table hold: a text column per name that occurs, by name;
  /// a row whose object does not have the name, or has null there, is null. Numbers are written as
  /// SQLite does (12, 12.5, 1.0e+20), truth as true and false.
  [[nodiscard]] std::shared_ptr<const std::vector<frame::Column>> attributes(
      std::string_view table) const;

  /// The largest distance from zero in a column of whole numbers (or units, days, ...).
  [[nodiscard]] std::uint64_t largest_magnitude(std::string_view table,
                                                std::string_view column) const;

 private:
  friend std::shared_ptr<const Dataset> dataset_of(model::Model model, PackedTables tables,
                                                   std::string snapshot);
  [[nodiscard]] Codes make_codes(std::string_view table, const model::Dimension& dimension,
                                 const model::ColumnRef& source) const;
  [[nodiscard]] Codes codes_since(std::string_view table, const model::Dimension& dimension) const;
  [[nodiscard]] frame::Column first_times(const model::Dimension& dimension) const;

  struct Store;
  explicit Dataset(std::unique_ptr<Store> store);

  std::unique_ptr<Store> store_;
};

/// Makes a snapshot of tables as the warehouse holds them.
///
/// Shape:    each table once, in any order of rows and columns; a table or a column of the model
///           that is not given counts as empty.
/// Missing:  a foreign key that leads to no row counts as null for the dimensions behind it.
/// Errors:   InvalidArgument  a table or a column's type is not the model's, or a key that
///           other tables refer to occurs twice or is null
///           LimitExceeded    a table of more than 4 billion rows
Result<std::shared_ptr<const Dataset>> make_dataset(
    model::Model model, std::vector<std::pair<std::string, frame::Table>> tables,
    std::string snapshot);

/// A table as it is given to a snapshot: all of its rows, in any order of rows and columns.
struct GivenTable {
  std::string name;
  std::vector<PackedColumn> columns;  // Of one length.
};

/// The same of tables that are packed already.
Result<std::shared_ptr<const Dataset>> make_packed_dataset(model::Model model,
                                                           std::vector<GivenTable> tables,
                                                           std::string snapshot);

/// The snapshot of tables that an earlier one has shown.
/// Expects: they are those of this model.
[[nodiscard]] std::shared_ptr<const Dataset> dataset_of(model::Model model, PackedTables tables,
                                                        std::string snapshot);

}  // namespace cip::query
