#include "ingest/record_finder.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNameBytes = 200;

// Hands on a source in blocks until it ends, the limit is reached, or `take` has seen enough.
template <class Take>
Result<void> for_blocks(ByteSource& source, Take take) {
  std::vector<char> block(kBlockBytes);
  for (std::uint64_t num_bytes = 0; num_bytes < kMaxSearchedBytes;) {
    CIP_TRY_ASSIGN(const std::size_t size, source.read(block));
    if (size == 0 || !take(std::string_view(block.data(), size))) return {};
    num_bytes += size;
  }
  return {};
}

bool is_plain_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, is_plain);
}

// Follows brackets and strings only: what is between them does not matter here.
class JsonShape {
 public:
  void take(std::string_view block) {
    for (const char c : block) {
      if (in_string_) {
        take_in_string(c);
      } else {
        take_outside(c);
      }
    }
  }

  [[nodiscard]] const FoundRecords& best() const noexcept { return best_; }

 private:
  struct Level {
    bool is_array;
    std::string path;
    std::uint64_t num_objects = 0;
  };

  void take_in_string(char c) {
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (c == '\\') {
      is_escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
      return;
    }
    if (string_.size() < kMaxNameBytes) string_ += c;
  }

  void take_outside(char c) {
    switch (c) {
      case '"':
        in_string_ = true;
        string_.clear();
        break;
      case ':':
        name_ = string_;
        break;
      case '{':
      case '[':
        open(c == '[');
        break;
      case '}':
      case ']':
        close();
        break;
      default:
        break;
    }
  }

  void open(bool is_array) {
    if (++depth_ > kMaxDepth) return;  // Counted, so that it closes again, but not looked into.
    if (!is_array && !levels_.empty() && levels_.back().is_array) count(levels_.back());
    levels_.push_back({is_array, path_of_child() + (is_array ? "[*]" : "")});
  }

  void close() {
    if (depth_ == 0) return;
    if (depth_-- <= kMaxDepth) levels_.pop_back();
  }

  void count(Level& array) {
    if (++array.num_objects > best_.num_records) best_ = {array.path, array.num_objects};
  }

  [[nodiscard]] std::string path_of_child() const {
    if (levels_.empty()) return "$";
    const Level& parent = levels_.back();
    if (parent.is_array) return parent.path;
    return parent.path + (is_plain_name(name_) ? "." + name_ : fmt::format("['{}']", name_));
  }

  std::vector<Level> levels_;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool is_escaped_ = false;
  std::string string_;
  std::string name_;
  FoundRecords best_;
};

class XmlShape {
 public:
  XmlShape() : parser_(XML_ParserCreate("UTF-8")) {
    CIP_EXPECTS(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  // False when there is no more to learn: the text is not well-formed from here on.
  bool take(std::string_view block) {
    return XML_Parse(parser_.get(), block.data(), static_cast<int>(block.size()), 0) ==
           XML_STATUS_OK;
  }

  [[nodiscard]] bool has_doctype() const noexcept { return has_doctype_; }

  [[nodiscard]] FoundRecords best() const {
    FoundRecords best;
    for (const std::string& path : order_) {
      const Element& element = elements_.at(path);
      if (element.has_parts && element.num_seen > best.num_records) {
        best = {path, element.num_seen};
      }
    }
    return best;
  }

 private:
  struct Element {
    std::uint64_t num_seen = 0;
    bool has_parts = false;
  };
  struct Free {
    void operator()(XML_Parser parser) const noexcept { XML_ParserFree(parser); }
  };

  static void XMLCALL on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<XmlShape*>(self)->start(name, attributes[0] != nullptr);
  }
  static void XMLCALL on_end(void* self, const XML_Char* /*name*/) {
    static_cast<XmlShape*>(self)->end();
  }
  // Readers refuse such a file whatever it holds; nothing of it is followed here either.
  static void XMLCALL on_doctype(void* self, const XML_Char* /*name*/, const XML_Char* /*system*/,
                                 const XML_Char* /*public_id*/, int /*has_subset*/) {
    static_cast<XmlShape*>(self)->has_doctype_ = true;
    XML_StopParser(static_cast<XmlShape*>(self)->parser_.get(), XML_FALSE);
  }

  void start(std::string_view name, bool has_attributes) {
    if (++depth_ > kMaxDepth) return;
    if (depth_ > 2) elements_[path_].has_parts = true;
    ends_.push_back(path_.size());
    path_ += '/';
    path_ += name;
    if (depth_ == 1) return;
    const auto [entry, is_new] = elements_.try_emplace(path_);
    if (is_new) order_.push_back(path_);
    ++entry->second.num_seen;
    entry->second.has_parts = entry->second.has_parts || has_attributes;
  }

  void end() {
    if (depth_-- > kMaxDepth) return;
    path_.resize(ends_.back());
    ends_.pop_back();
  }

  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::string path_;
  std::vector<std::size_t> ends_;  // Of the path, before each open element.
  std::size_t depth_ = 0;
  bool has_doctype_ = false;
  std::unordered_map<std::string, Element> elements_;
  std::vector<std::string> order_;
};

}  // namespace

Result<FoundRecords> find_json_records(ByteSource& source) {
  JsonShape shape;
  CIP_TRY(for_blocks(source, [&shape](std::string_view block) {
    shape.take(block);
    return true;
  }));
  if (shape.best().num_records == 0) return FoundRecords{"$", 1};
  return shape.best();
}

Result<FoundRecords> find_xml_records(ByteSource& source) {
  XmlShape shape;
  CIP_TRY(for_blocks(source, [&shape](std::string_view block) { return shape.take(block); }));
  if (shape.has_doctype()) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' has a DOCTYPE, which can make a small file expand without end or "
                            "read others; take it out",
                            source.name()));
  }
  FoundRecords best = shape.best();
  if (best.num_records > 0) return best;
  return fail(Errc::InvalidArgument,
              fmt::format("{}: found no element with attributes or children that could be a record",
                          source.name()));
}

}  // namespace cip::ingest
