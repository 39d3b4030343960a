// sample/layout.h: which files there are, how they are written, and what can be wrong in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sample/record.h"

namespace cip::sample {

enum class Format { Csv, JsonArray, Xml };

enum class FaultKind {
  DuplicateKey,  // The record repeats an earlier one.
  MissingRequired,
  BadDate,
  BadNumber,
  OutOfRange,
  UnknownReference,
  TooFewFields,
  TooManyFields,
  BadEncoding,
};

[[nodiscard]] std::string_view name_of(FaultKind kind) noexcept;

/// One way to spoil a record: `text` is written into `column`. DuplicateKey, TooFewFields and
/// TooManyFields concern the whole record and use neither.
struct FaultForm {
  FaultKind kind;
  std::size_t column;
  std::string_view text;
  std::string_view code;  // The reason that a reader of the file gives.
};

struct Layout {
  std::string_view file;
  std::string_view table;
  Format format;
  std::span<const std::string_view> columns;  // The first is the key.
  std::size_t num_attributes;         // XML: so many columns are attributes, the rest elements.
  std::span<const FaultForm> faults;  // Those of one kind and column stand next to each other.
  // Gives a copied record a key that no other record has, so that a fault is its only fault.
  void (*renew)(Record& record, std::uint64_t number);
};

/// An id that no customer, product or segment has: above every limit of SampleSpec.
inline constexpr std::string_view kUnknownId = "99999999999";

[[nodiscard]] const Layout& segments_layout() noexcept;
[[nodiscard]] const Layout& customers_layout() noexcept;
[[nodiscard]] const Layout& products_layout() noexcept;
[[nodiscard]] const Layout& transactions_layout() noexcept;
[[nodiscard]] const Layout& sessions_layout() noexcept;
[[nodiscard]] const Layout& reviews_layout() noexcept;

}  // namespace cip::sample
