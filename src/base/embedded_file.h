// base/embedded_file.h: a file that was compiled into the program (cmake/cip_embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace cip::embedded {

struct File {
  std::string_view path;          // From the root of its folder: "/index.html".
  const std::string_view* bytes;  // Set before main() begins; not before.
};

}  // namespace cip::embedded
