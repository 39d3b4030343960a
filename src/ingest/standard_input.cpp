#include "ingest/standard_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/text.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kBlock = std::size_t{256} * 1024;

Failure system_failure(std::string_view what) {
  return fail(Errc::Unavailable,
              fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

Result<void> write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_failure("cannot keep standard input in a temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> copy_input(int to) {
  std::vector<char> block(kBlock);
  for (;;) {
    const ssize_t size = ::read(STDIN_FILENO, block.data(), block.size());
    if (size == 0) return {};
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_failure("cannot read standard input");
    CIP_TRY(write_all(to, {block.data(), static_cast<std::size_t>(size)}));
  }
}

}  // namespace

Result<SpooledInput> SpooledInput::read_standard_input() {
  std::string name = (std::filesystem::temp_directory_path() / "cip-input-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return system_failure("cannot make a temporary file");
  SpooledInput input{std::filesystem::path(name)};
  const auto copied = copy_input(descriptor);
  ::close(descriptor);
  if (!copied) return Failure{copied.error()};
  return input;
}

SpooledInput::~SpooledInput() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

}  // namespace cip::ingest
