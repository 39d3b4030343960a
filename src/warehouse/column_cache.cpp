#include "warehouse/column_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace cip::warehouse {
namespace {

namespace fs = std::filesystem;
using query::PackedColumn;
using query::PackedTable;
using query::PackedTables;
using query::ParentRows;

constexpr std::array<char, 8> kMagic = {'C', 'I', 'P', 'C', 'O', 'L', 'S', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kByteOrder = 0x01020304;  // Of the machine that wrote it.
constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kMaxListBytes = std::uint64_t{64} << 20U;

// At the start of the file; then the list of parts as JSON, then the parts.
struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t byte_order = kByteOrder;
  std::uint64_t list_bytes = 0;
  std::uint64_t list_hash = 0;
};

std::uint64_t aligned(std::uint64_t place) {
  return (place + kAlignment - 1) / kAlignment * kAlignment;
}

std::string reason_of(int code) { return std::generic_category().message(code); }

// A file descriptor that is closed.
class Descriptor {
 public:
  explicit Descriptor(int of) : of_(of) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (of_ >= 0) static_cast<void>(::close(of_));
  }
  [[nodiscard]] int get() const noexcept { return of_; }
  [[nodiscard]] bool is_open() const noexcept { return of_ >= 0; }

 private:
  int of_;
};

// ---- Writing ----

struct Part {
  std::string_view bytes;
  std::uint64_t place = 0;  // After the list.
};

// The parts of all tables, each once: rows of parents may be the cells of a column.
class Parts {
 public:
  template <class T>
  Json add(std::span<const T> of) {
    const auto bytes = std::as_bytes(of);
    const std::string_view text(static_cast<const char*>(static_cast<const void*>(bytes.data())),
                                bytes.size());
    const auto key = std::pair(text.data(), text.size());
    const auto [found, is_new] = places_.try_emplace(key, parts_.size());
    if (is_new) {
      parts_.push_back({text, next_});
      next_ = aligned(next_ + text.size());
    }
    const Part& part = parts_[found->second];
    const std::uint64_t hash = is_new ? hash64(text) : hashes_[found->second];
    if (is_new) hashes_.push_back(hash);
    return JsonObject{
        {"at", part.place}, {"bytes", text.size()}, {"hash", fmt::format("{:x}", hash)}};
  }

  [[nodiscard]] const std::vector<Part>& all() const noexcept { return parts_; }

 private:
  std::vector<Part> parts_;
  std::vector<std::uint64_t> hashes_;
  std::map<std::pair<const char*, std::size_t>, std::size_t> places_;
  std::uint64_t next_ = 0;
};

Json json_of(const PackedColumn& column, Parts& parts) {
  return JsonObject{{"name", column.name},
                    {"type", name_of(column.type)},
                    {"scale", column.scale},
                    {"nulls", column.num_nulls},
                    {"base", column.base},
                    {"step", column.step},
                    {"width", column.width},
                    {"cells", parts.add(column.cells)},
                    {"presence", parts.add(column.presence)},
                    {"offsets", parts.add(column.texts.offsets)},
                    {"texts", parts.add(column.texts.bytes)}};
}

Json json_of(const PackedTable& table, Parts& parts) {
  JsonArray columns;
  for (const PackedColumn& column : table.columns) columns.push_back(json_of(column, parts));
  JsonObject parents;
  for (const auto& [column, rows] : table.parents) parents[column] = parts.add(rows.by_row);
  return JsonObject{{"rows", table.num_rows},
                    {"timed", table.num_timed},
                    {"columns", std::move(columns)},
                    {"parents", std::move(parents)}};
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t num_written = ::write(file, bytes.data(), bytes.size());
    if (num_written < 0 && errno == EINTR) continue;
    if (num_written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(num_written));
  }
  return true;
}

bool write_padding(int file, std::uint64_t num_bytes) {
  constexpr std::array<char, kAlignment> kZeros{};
  return write_all(file, {kZeros.data(), num_bytes});
}

bool write_parts(int file, const std::string& list, const Parts& parts) {
  Header header;
  header.list_bytes = list.size();
  header.list_hash = hash64(list);
  std::string head(sizeof(Header), '\0');
  std::memcpy(head.data(), &header, sizeof(Header));
  head += list;
  if (!write_all(file, head) || !write_padding(file, aligned(head.size()) - head.size()))
    return false;
  for (const Part& part : parts.all()) {
    const bool is_written = write_all(file, part.bytes) &&
                            write_padding(file, aligned(part.bytes.size()) - part.bytes.size());
    if (!is_written) return false;
  }
  return true;
}

// ---- Reading ----

Failure damaged(const fs::path& path, std::string_view what) {
  return fail(Errc::Unavailable, fmt::format("'{}' is damaged: {}", path.string(), what));
}

// Not a vector: its bytes would be written twice.
struct Block {
  std::unique_ptr<std::byte[]> bytes;  // NOLINT(*-c-arrays): owned by the pointer.
  std::size_t size = 0;
};

// The whole file: it is not mapped, for a file that somebody cuts short while it is mapped ends the
// process.
Result<std::shared_ptr<const Block>> read_whole(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    const int code = errno;
    return fail(code == ENOENT ? Errc::NotFound : Errc::Unavailable,
                fmt::format("cannot read '{}': {}", path.string(), reason_of(code)));
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return fail(Errc::Unavailable, fmt::format("'{}' is no file", path.string()));
  }
  if (about.st_uid != ::geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(
        Errc::Forbidden,
        fmt::format("'{}' belongs to somebody else, or others may write to it", path.string()));
  }
  auto block = std::make_shared<Block>();
  block->size = static_cast<std::size_t>(about.st_size);
  block->bytes =
      std::make_unique_for_overwrite<std::byte[]>(block->size);  // NOLINT(*-c-arrays): as above.
  std::size_t num_read = 0;
  while (num_read < block->size) {
    const ssize_t more = ::read(file.get(), block->bytes.get() + num_read, block->size - num_read);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) return damaged(path, "it ends early");
    num_read += static_cast<std::size_t>(more);
  }
  return std::shared_ptr<const Block>(std::move(block));
}

// What the list says of the parts, against what is there.
class CacheReader {
 public:
  CacheReader(const fs::path& path, std::shared_ptr<const Block> block)
      : path_(path), block_(std::move(block)) {}

  Result<Json> list() {
    Header header;
    if (block_->size < sizeof(Header)) return damaged(path_, "it has no header");
    std::memcpy(&header, block_->bytes.get(), sizeof(Header));
    if (header.magic != kMagic) return damaged(path_, "it does not begin as a column cache does");
    if (header.version != kVersion || header.byte_order != kByteOrder) {
      return fail(Errc::Conflict, fmt::format("'{}' is of another version", path_.string()));
    }
    const bool fits =
        header.list_bytes <= kMaxListBytes && header.list_bytes <= block_->size - sizeof(Header);
    if (!fits) return damaged(path_, "its list does not fit in it");
    const std::string_view text = text_at(sizeof(Header), header.list_bytes);
    if (hash64(text) != header.list_hash) return damaged(path_, "its list has other bytes");
    parts_begin_ = aligned(sizeof(Header) + header.list_bytes);
    return parse_json(text);
  }

  // The bytes of one part.
  Result<std::span<const std::byte>> part(const Json& of) {
    const std::uint64_t at = of.at("at").to_number<std::uint64_t>();
    const std::uint64_t num_bytes = of.at("bytes").to_number<std::uint64_t>();
    const std::uint64_t room = block_->size - std::min<std::uint64_t>(parts_begin_, block_->size);
    if (at > room || num_bytes > room - at) return damaged(path_, "it ends early");
    const std::string_view text = text_at(parts_begin_ + at, num_bytes);
    const auto [known, is_new] = checked_.try_emplace({at, num_bytes}, false);
    if (is_new) known->second = fmt::format("{:x}", hash64(text)) == of.at("hash").as_string();
    if (!known->second) return damaged(path_, "a part of it has other bytes");
    return std::span<const std::byte>(block_->bytes.get() + parts_begin_ + at, num_bytes);
  }

  template <class T>
  Result<std::span<const T>> part_as(const Json& of) {
    CIP_TRY_ASSIGN(const std::span<const std::byte> bytes, part(of));
    if (bytes.size() % sizeof(T) != 0) return damaged(path_, "a part of it has another size");
    const auto* first = static_cast<const T*>(static_cast<const void*>(bytes.data()));
    return std::span<const T>(first, bytes.size() / sizeof(T));
  }

  Result<PackedColumn> column(const Json& of, std::size_t num_rows) {
    PackedColumn made;
    made.name = std::string(of.at("name").as_string());
    const auto type = parse_type(std::string(of.at("type").as_string()));
    if (!type) return damaged(path_, "a column has no type");
    made.type = *type;
    made.scale = of.at("scale").to_number<int>();
    made.num_rows = num_rows;
    made.num_nulls = of.at("nulls").to_number<std::size_t>();
    made.base = of.at("base").to_number<std::int64_t>();
    made.step = of.at("step").to_number<std::int64_t>();
    made.width = of.at("width").to_number<std::uint32_t>();
    CIP_TRY_ASSIGN(made.cells, part(of.at("cells")));
    CIP_TRY_ASSIGN(made.presence, part_as<std::uint64_t>(of.at("presence")));
    CIP_TRY_ASSIGN(made.texts.offsets, part_as<std::uint64_t>(of.at("offsets")));
    CIP_TRY_ASSIGN(made.texts.bytes, part_as<char>(of.at("texts")));
    made.keeper = block_;
    if (!holds_together(made))
      return damaged(path_, fmt::format("column {} does not fit", made.name));
    return made;
  }

  Result<PackedTable> table(const Json& of) {
    PackedTable made;
    made.num_rows = of.at("rows").to_number<std::size_t>();
    made.num_timed = of.at("timed").to_number<std::size_t>();
    for (const Json& each : of.at("columns").as_array()) {
      CIP_TRY_ASSIGN(PackedColumn column, this->column(each, made.num_rows));
      made.columns.push_back(std::move(column));
    }
    for (const auto& each : of.at("parents").as_object()) {
      CIP_TRY_ASSIGN(const auto rows, part_as<std::uint32_t>(each.value()));
      if (rows.size() != made.num_rows) return damaged(path_, "a key leads from other rows");
      made.parents.emplace(std::string(each.key()), ParentRows{rows, block_});
    }
    if (made.num_timed > made.num_rows)
      return damaged(path_, "more rows have a time than there are");
    return made;
  }

 private:
  [[nodiscard]] std::string_view text_at(std::uint64_t at, std::uint64_t num_bytes) const {
    const auto* bytes = static_cast<const char*>(static_cast<const void*>(block_->bytes.get()));
    return {bytes + at, num_bytes};
  }

  // Whether nothing in the column can lead outside of it.
  static bool holds_together(const PackedColumn& column) {
    constexpr std::array<std::uint32_t, 4> kWidths = {1, 2, 4, 8};
    if (std::ranges::find(kWidths, column.width) == kWidths.end()) return false;
    if (column.cells.size() / column.width != column.num_rows) return false;
    if (column.type == Type::Number && column.width != 8) return false;
    const std::size_t num_words = column.num_nulls == 0 ? 0 : (column.num_rows + 63) / 64;
    if (column.num_nulls > column.num_rows || column.presence.size() != num_words) return false;
    if (column.type != Type::Text) return true;
    const auto& offsets = column.texts.offsets;
    if (!std::ranges::is_sorted(offsets)) return false;
    if (!offsets.empty() && offsets.back() > column.texts.bytes.size()) return false;
    return column.num_rows == column.num_nulls || column.largest_magnitude() < column.texts.size();
  }

  fs::path path_;
  std::shared_ptr<const Block> block_;
  std::uint64_t parts_begin_ = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, bool> checked_;
};

// Whether the tables are those of the model, so that nobody looks for what is not there.
bool fit(const PackedTables& tables, const model::Model& model) {
  return std::ranges::all_of(model.tables, [&tables](const model::TableDef& def) {
    const auto found = tables.find(def.name);
    if (found == tables.end()) return false;
    return std::ranges::all_of(def.columns, [&](const model::ColumnDef& column) {
      const PackedColumn* packed = found->second.find(column.name);
      if (packed == nullptr || packed->type != column.type) return false;
      if (!column.references) return true;
      const auto rows = found->second.parents.find(column.name);
      const auto parent = tables.find(*column.references);
      if (rows == found->second.parents.end() || parent == tables.end()) return false;
      return std::ranges::all_of(rows->second.by_row, [&parent](std::uint32_t row) {
        return row == query::kNoRow || row < parent->second.num_rows;
      });
    });
  });
}

Result<PackedTables> tables_of(CacheReader& reader, const fs::path& path,
                               const std::string& identity) {
  CIP_TRY_ASSIGN(const Json list, reader.list());
  if (list.at("identity").as_string() != identity) {
    return fail(Errc::Conflict, fmt::format("'{}' is of another state of the data", path.string()));
  }
  PackedTables tables;
  for (const auto& each : list.at("tables").as_object()) {
    CIP_TRY_ASSIGN(PackedTable table, reader.table(each.value()));
    tables.emplace(std::string(each.key()), std::move(table));
  }
  return tables;
}

}  // namespace

std::string columns_identity(const model::Model& model) {
  std::string text;
  for (const model::TableDef& table : model.tables) {
    text += fmt::format("{}|{}|{}|{}|{}\n", table.name, static_cast<int>(table.kind), table.key,
                        table.time, table.entity);
    for (const model::ColumnDef& column : table.columns) {
      text += fmt::format("  {}|{}|{}|{}\n", column.name, name_of(column.type), column.scale,
                          column.references.value_or(""));
    }
  }
  return fmt::format("{:x}", hash64(text));
}

Result<PackedTables> read_column_cache(const fs::path& path, const std::string& identity,
                                       const model::Model& model) {
  CIP_TRY_ASSIGN(auto block, read_whole(path));
  CacheReader reader(path, std::move(block));
  // The list was checked, so it is as it was written; but what it lacks is thrown.
  try {
    CIP_TRY_ASSIGN(PackedTables tables, tables_of(reader, path, identity));
    if (!fit(tables, model)) {
      return fail(Errc::Conflict, fmt::format("'{}' is of another model", path.string()));
    }
    return tables;
  } catch (const std::exception& error) {
    return damaged(path, error.what());
  }
}

Result<void> write_column_cache(const fs::path& path, const std::string& identity,
                                const PackedTables& tables) {
  Parts parts;
  JsonObject all;
  for (const auto& [name, table] : tables) all[name] = json_of(table, parts);
  const std::string list = to_text(JsonObject{{"identity", identity}, {"tables", std::move(all)}});

  const fs::path partial = fmt::format("{}.{}.part", path.string(), ::getpid());
  const auto refuse = [&partial, &path](int code) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    return fail(Errc::Unavailable,
                fmt::format("cannot write '{}': {}", path.string(), reason_of(code)));
  };
  std::error_code error;
  fs::remove(partial, error);
  {
    const Descriptor file(::open(
        partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return refuse(errno);
    if (!write_parts(file.get(), list, parts)) return refuse(errno);
  }
  fs::rename(partial, path, error);
  if (error) return refuse(error.value());
  return {};
}

}  // namespace cip::warehouse
