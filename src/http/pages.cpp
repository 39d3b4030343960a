#include "http/pages.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/embedded_file.h"

namespace cip::embedded {
extern const std::span<const File> files;  // NOLINT(readability-identifier-naming): cip_embed().
}

namespace cip::http {
namespace {

constexpr std::array<std::string_view, 6> kPages = {"/",      "/analytics", "/models",
                                                    "/query", "/quality",   "/reports"};

struct ContentType {
  std::string_view ending;
  std::string_view type;
};
constexpr std::array<ContentType, 9> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
}};

std::string content_type_of(std::string_view path) {
  for (const ContentType& known : kContentTypes) {
    if (path.ends_with(known.ending)) return std::string(known.type);
  }
  return "application/octet-stream";
}

const embedded::File* find_file(std::string_view path) {
  const auto found = std::ranges::find(embedded::files, path, &embedded::File::path);
  return found == embedded::files.end() ? nullptr : &*found;
}

Response file_response(const embedded::File& file, bool accepts_gzip) {
  Response response{.content_type = content_type_of(file.path), .static_body = *file.bytes};
  const bool has_hash = file.path.starts_with("/assets/");
  response.headers = {
      {"Cache-Control", has_hash ? "public, max-age=31536000, immutable" : "no-cache"},
      {"Vary", "Accept-Encoding"}};
  const embedded::File* packed = find_file(std::string(file.path) + ".gz");
  if (accepts_gzip && packed != nullptr) {
    response.static_body = *packed->bytes;
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

bool is_page(std::string_view path) {
  return std::ranges::any_of(kPages, [path](std::string_view page) {
    return path == page || (page.size() > 1 && path.starts_with(page) && path[page.size()] == '/');
  });
}

}  // namespace

std::optional<Response> page_at(std::string_view path, bool accepts_gzip) {
  const embedded::File* file = find_file(is_page(path) ? std::string_view("/index.html") : path);
  if (file == nullptr) return std::nullopt;
  return file_response(*file, accepts_gzip);
}

Response page_not_found(bool accepts_gzip) {
  const embedded::File* file = find_file("/index.html");
  if (file == nullptr) return {.status = 404, .content_type = "text/plain", .body = "not found\n"};
  Response response = file_response(*file, accepts_gzip);
  response.status = 404;
  return response;
}

}  // namespace cip::http
