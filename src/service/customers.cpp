#include "service/customers.h"

#include <cstdint>
#include <memory>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "query/dataset.h"

namespace cip::service {
namespace {

constexpr std::string_view kCustomers = "customers";

// A dimension of the customers, row by row, as text; empty where the model has none of that name.
class DimensionTexts {
 public:
  DimensionTexts(const query::Dataset& dataset, std::string_view name) {
    const model::Dimension* dimension = dataset.model().find_dimension(name);
    if (dimension == nullptr) return;
    if (auto codes = dataset.codes(kCustomers, *dimension)) codes_ = *codes;
  }

  [[nodiscard]] Json at(std::size_t row) const {
    if (codes_ == nullptr) return nullptr;
    const std::size_t code =
        std::visit([row](const auto& by_row) { return static_cast<std::size_t>(by_row[row]); },
                   codes_->by_row);
    return code < codes_->num_values() ? codes_->values->json_at(code) : Json(nullptr);
  }

 private:
  std::shared_ptr<const query::Codes> codes_;
};

// The names of customers, for those who may see them; null for others.
std::shared_ptr<const frame::Column> names_of(const query::Dataset& dataset,
                                              const account::Identity& who) {
  if (!account::may(who, account::Permission::ViewPersonalData)) return nullptr;
  return dataset.column(kCustomers, "name");
}

std::string label_of(const frame::Column& keys, const frame::Column* names, std::size_t row) {
  std::string number = fmt::format("Customer {}", keys.text_at(row));
  if (names == nullptr || !names->has(row)) return number;
  return fmt::format("{} ({})", names->text_at(row), number);
}

std::optional<std::uint32_t> row_of(const query::PackedColumn& keys, std::int64_t key) {
  for (std::uint32_t row = 0; row < keys.num_rows; ++row) {
    if (keys.whole_at(row) == key) return row;
  }
  return std::nullopt;
}

JsonObject attributes_of(const model::TableDef& def, const query::PackedTable& customers,
                         std::uint32_t row, bool may_see_personal) {
  JsonObject attributes;
  for (const model::ColumnDef& column : def.columns) {
    const query::PackedColumn* cells = customers.find(column.name);
    if (cells == nullptr || (column.is_personal && !may_see_personal)) continue;
    attributes[column.name] = query::unpack_rows(*cells, {&row, 1}).json_at(0);
  }
  return attributes;
}

}  // namespace

Result<Json> find_customers(Platform& platform, const account::Identity& who,
                            const std::string& search, std::size_t limit) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  const auto& dataset = view->dataset();
  CIP_TRY_ASSIGN(const model::TableDef* def, platform.model().table(kCustomers));
  JsonArray found;
  std::size_t total = 0;
  if (const auto keys = dataset->column(kCustomers, def->key)) {
    const auto names = names_of(*dataset, who);
    const DimensionTexts segments(*dataset, "segment");
    const DimensionTexts countries(*dataset, "country");
    const std::string wanted = lowered(search);
    for (std::size_t row = 0; row < keys->num_rows(); ++row) {
      const std::string label = label_of(*keys, names.get(), row);
      if (lowered(label).find(wanted) == std::string::npos) continue;
      if (++total > limit) continue;
      found.push_back(JsonObject{{"customer_id", keys->json_at(row)},
                                 {"label", label},
                                 {"segment", segments.at(row)},
                                 {"country", countries.at(row)}});
    }
  }
  return Json(JsonObject{{"customers", std::move(found)}, {"total", total}});
}

Result<Json> describe_customer(Platform& platform, const account::Identity& who,
                               std::int64_t customer_id) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  const auto& dataset = view->dataset();
  CIP_TRY_ASSIGN(const model::TableDef* def, platform.model().table(kCustomers));
  const query::PackedTable& customers = dataset->tables().find(kCustomers)->second;
  const auto row = row_of(*customers.find(def->key), customer_id);
  if (!row) return fail(Errc::NotFound, fmt::format("no customer {}", customer_id));
  const bool may_see = account::may(who, account::Permission::ViewPersonalData);
  CIP_TRY_ASSIGN(const auto features, view->features());
  const auto feature_row = features->row_of(customer_id);
  JsonObject values;
  for (const ml::FeatureSpec& spec : features->specs) {
    if (feature_row) values[spec.name] = features->table[spec.name].json_at(*feature_row);
  }
  return Json(JsonObject{{"customer_id", customer_id},
                         {"attributes", attributes_of(*def, customers, *row, may_see)},
                         {"features", std::move(values)}});
}

}  // namespace cip::service
