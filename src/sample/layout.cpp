#include "sample/layout.h"

#include <array>

#include "base/json.h"
#include "base/text.h"

namespace cip::sample {
namespace {

using enum FaultKind;

constexpr std::array<std::string_view, 2> kSegmentColumns = {"segment_id", "segment_name"};

constexpr std::array<std::string_view, 11> kCustomerColumns = {
    "customer_id", "name",        "email",      "age",     "gender", "city",
    "country",     "signup_date", "segment_id", "churned", "segment"};

constexpr std::array<std::string_view, 4> kProductColumns = {"product_id", "product_name",
                                                             "category", "unit_price"};

constexpr std::array<std::string_view, 10> kTransactionColumns = {
    "transaction_id", "order_id",   "customer_id", "product_id", "transaction_date",
    "quantity",       "unit_price", "amount",      "channel",    "payment_method"};

constexpr std::array<std::string_view, 8> kSessionColumns = {
    "session_id",       "customer_id", "timestamp",      "page_views",
    "duration_seconds", "device",      "traffic_source", "converted"};

constexpr std::array<std::string_view, 6> kReviewColumns = {
    "review_id", "customer_id", "product_id", "reviewed_at", "rating", "text"};

constexpr std::array<FaultForm, 10> kCustomerFaults = {{
    {DuplicateKey, 0, "", "DUPLICATE_KEY"},
    {MissingRequired, 0, "", "REQUIRED"},
    {BadDate, 7, "2024-02-30", "CAST_DATE"},
    {BadDate, 7, "13/2024", "CAST_DATE"},
    {BadNumber, 3, "12,x", "CAST_INTEGER"},
    {OutOfRange, 3, "214", "RANGE"},
    {UnknownReference, 8, kUnknownId, "REFERENCE"},
    {TooFewFields, 0, "", "TOO_FEW_FIELDS"},
    {TooManyFields, 0, "", "TOO_MANY_FIELDS"},
    {BadEncoding, 1, "Ren\xE9\x81 Holm", "ENCODING"},
}};

constexpr std::array<FaultForm, 4> kProductFaults = {{
    {DuplicateKey, 0, "", "DUPLICATE_KEY"},
    {MissingRequired, 0, "", "REQUIRED"},
    {BadNumber, 3, "12,x", "CAST_DECIMAL"},
    {OutOfRange, 3, "-1.00", "RANGE"},
}};

constexpr std::array<FaultForm, 13> kTransactionFaults = {{
    {DuplicateKey, 0, "", "DUPLICATE_KEY"},
    {MissingRequired, 2, "", "REQUIRED"},
    {MissingRequired, 4, "", "REQUIRED"},
    {BadDate, 4, "2024-02-30 10:00:00", "CAST_DATETIME"},
    {BadDate, 4, "13/2024", "CAST_DATETIME"},
    {BadNumber, 5, "12,x", "CAST_INTEGER"},
    {BadNumber, 7, "12,x", "CAST_DECIMAL"},
    {OutOfRange, 5, "-3", "RANGE"},
    {UnknownReference, 2, kUnknownId, "REFERENCE"},
    {UnknownReference, 3, kUnknownId, "REFERENCE"},
    {TooFewFields, 0, "", "TOO_FEW_FIELDS"},
    {TooManyFields, 0, "", "TOO_MANY_FIELDS"},
    {BadEncoding, 9, "Kort p\xE5\x81 nett", "ENCODING"},
}};

// No wrong bytes here: they would end the whole document, not one record of it.
constexpr std::array<FaultForm, 6> kSessionFaults = {{
    {DuplicateKey, 0, "", "DUPLICATE_KEY"},
    {MissingRequired, 2, "", "REQUIRED"},
    {BadDate, 2, "2024-02-30 10:00:00", "CAST_DATETIME"},
    {BadNumber, 3, "12,x", "CAST_INTEGER"},
    {OutOfRange, 4, "-40", "RANGE"},
    {UnknownReference, 1, kUnknownId, "REFERENCE"},
}};

constexpr std::array<FaultForm, 6> kReviewFaults = {{
    {DuplicateKey, 0, "", "DUPLICATE_KEY"},
    {MissingRequired, 3, "", "REQUIRED"},
    {BadDate, 3, "2024-02-30 10:00:00", "CAST_DATETIME"},
    {OutOfRange, 4, "7", "RANGE"},
    {UnknownReference, 1, kUnknownId, "REFERENCE"},
    {BadEncoding, 5, "Tr\xE8s\x81 bien", "ENCODING"},
}};

void renew_customer(Record& record, std::uint64_t number) {
  record.replace(0, fmt::format("{}", number));
  record.replace(2, fmt::format("customer.{}@example.org", number));
}

void renew_product(Record& record, std::uint64_t number) {
  record.replace(0, fmt::format("{}", number));
  record.replace(1, fmt::format("Product {}", number));
}

void renew_transaction(Record& record, std::uint64_t number) {
  record.replace(0, fmt::format("{}", number));
  record.replace(1, fmt::format("{}", number));  // There are no more orders than lines.
}

void renew_session(Record& record, std::uint64_t number) {
  record.replace(0, fmt::format("S{:08}", number));
}

void renew_review(Record& record, std::uint64_t number) {
  record.replace(0, fmt::format("{}", number));
}

constexpr Layout kSegmentsLayout = {
    "customer_segments.csv", "customer_segments", Format::Csv, kSegmentColumns, 0, {}, nullptr};
constexpr Layout kCustomersLayout = {"customers.csv",  "customers", Format::Csv,
                                     kCustomerColumns, 0,           kCustomerFaults,
                                     renew_customer};
constexpr Layout kProductsLayout = {"products.json", "products", Format::JsonArray,
                                    kProductColumns, 0,          kProductFaults,
                                    renew_product};
constexpr Layout kTransactionsLayout = {
    "transactions.csv", "transactions",   Format::Csv, kTransactionColumns, 0,
    kTransactionFaults, renew_transaction};
constexpr Layout kSessionsLayout = {
    "sessions.xml", "web_analytics", Format::Xml, kSessionColumns, 3,
    kSessionFaults, renew_session};
constexpr Layout kReviewsLayout = {"reviews.csv", "reviews",   Format::Csv, kReviewColumns, 0,
                                   kReviewFaults, renew_review};

}  // namespace

std::string_view name_of(FaultKind kind) noexcept {
  switch (kind) {
    case DuplicateKey:
      return "duplicate_key";
    case MissingRequired:
      return "missing_required";
    case BadDate:
      return "bad_date";
    case BadNumber:
      return "bad_number";
    case OutOfRange:
      return "out_of_range";
    case UnknownReference:
      return "unknown_reference";
    case TooFewFields:
      return "too_few_fields";
    case TooManyFields:
      return "too_many_fields";
    case BadEncoding:
      return "bad_encoding";
  }
  return "";
}

const Layout& segments_layout() noexcept { return kSegmentsLayout; }
const Layout& customers_layout() noexcept { return kCustomersLayout; }
const Layout& products_layout() noexcept { return kProductsLayout; }
const Layout& transactions_layout() noexcept { return kTransactionsLayout; }
const Layout& sessions_layout() noexcept { return kSessionsLayout; }
const Layout& reviews_layout() noexcept { return kReviewsLayout; }

}  // namespace cip::sample
