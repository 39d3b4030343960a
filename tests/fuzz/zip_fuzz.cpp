// Compressed files: zip archives and their members; gzip and zstd come the same way.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "ingest/zip_archive.h"
#include "reading.h"

namespace {

using namespace cip::ingest;  // NOLINT

void read_to_end(cip::Result<std::unique_ptr<ByteSource>> source, const Limits& limits) {
  if (!source) return;
  std::array<char, 4096> buffer{};
  std::uint64_t num = 0;
  for (;;) {
    const auto size = (*source)->read(buffer);
    if (!size || *size == 0) break;
    num += *size;
    CIP_EXPECTS(num <= limits.max_expanded_bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("fuzz", 0);
  CIP_EXPECTS(::ftruncate(file, 0) == 0);
  CIP_EXPECTS(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  Limits limits;
  limits.max_expanded_bytes = 1U << 20;
  limits.ratio_free_bytes = 1U << 16;
  read_to_end(open_source(path, limits), limits);
  if (const auto members = read_zip_directory(path)) {
    for (const ZipMember& member : *members)
      read_to_end(open_zip(path, member.name, limits), limits);
  }
  return 0;
}
