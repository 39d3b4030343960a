#include "registry/artefact.h"

#include <cstdint>

#include "base/hash.h"
#include "base/text.h"

namespace cip::registry {
namespace {

constexpr std::string_view kMagic = "CIPMODEL";
constexpr std::uint64_t kFormatVersion = 1;
constexpr std::size_t kHashBytes = 64;
constexpr std::size_t kHeaderBytes = 160;

void append_number(std::string& bytes, std::uint64_t value, int num_bytes) {
  for (int at = 0; at < num_bytes; ++at) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * at)));
  }
}

// Takes a container apart from the front; its length was checked before.
class Header {
 public:
  explicit Header(std::string_view bytes) : left_(bytes) {}

  std::string_view text(std::size_t num_bytes) {
    const std::string_view taken = left_.substr(0, num_bytes);
    left_.remove_prefix(num_bytes);
    return taken;
  }

  std::uint64_t number(std::size_t num_bytes) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : text(num_bytes)) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << shift;
      shift += 8;
    }
    return value;
  }

  [[nodiscard]] std::string_view rest() const noexcept { return left_; }

 private:
  std::string_view left_;
};

Result<void> check_part(std::string_view name, std::string_view bytes, std::uint64_t size,
                        std::string_view hash) {
  if (bytes.size() != size) {
    return fail(Errc::InvalidArgument,
                fmt::format("{} should be {} bytes, found {}", name, size, bytes.size()));
  }
  if (sha256_of(bytes) == hash) return {};
  return fail(Errc::InvalidArgument, fmt::format("{} has changed since it was written", name));
}

}  // namespace

std::string pack(std::string_view payload, std::string_view document) {
  std::string bytes(kMagic);
  append_number(bytes, kFormatVersion, 4);
  append_number(bytes, 0, 4);
  append_number(bytes, document.size(), 8);
  bytes += sha256_of(document);
  append_number(bytes, payload.size(), 8);
  bytes += sha256_of(payload);
  CIP_EXPECTS(bytes.size() == kHeaderBytes);
  bytes += payload;
  return bytes;
}

Result<std::string_view> unpack(std::string_view container, std::string_view document) {
  if (!container.starts_with(kMagic)) {
    return fail(Errc::InvalidArgument, "artefact.bin is not a model of this program");
  }
  if (container.size() < kHeaderBytes) {
    return fail(Errc::InvalidArgument,
                fmt::format("artefact.bin should have a header of {} bytes, found {} bytes",
                            kHeaderBytes, container.size()));
  }
  Header header(container);
  header.text(kMagic.size());
  if (const std::uint64_t format = header.number(4); format != kFormatVersion) {
    return fail(Errc::InvalidArgument,
                fmt::format("artefact.bin has format {}, this program reads format {}", format,
                            kFormatVersion));
  }
  header.number(4);
  const std::uint64_t document_size = header.number(8);
  const std::string_view document_hash = header.text(kHashBytes);
  const std::uint64_t payload_size = header.number(8);
  const std::string_view payload_hash = header.text(kHashBytes);
  CIP_TRY(check_part("model.json", document, document_size, document_hash));
  CIP_TRY(check_part("the payload of artefact.bin", header.rest(), payload_size, payload_hash));
  return header.rest();
}

}  // namespace cip::registry
