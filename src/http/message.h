// http/message.h: a request and its response as plain values. Handlers know these, not the server.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cip::http {

enum class Method { Get, Post };

/// The one path whose body is no JSON but the bytes of a file.
inline constexpr std::string_view kUploadPath = "/api/v1/uploads";

struct Request {
  Method method = Method::Get;
  std::string path;                                             // Decoded, without the query.
  std::vector<std::pair<std::string, std::string>> query = {};  // Decoded.
  std::string host = {};
  std::string origin = {};        // Empty if there is none.
  std::string content_type = {};  // Empty if there is none.
  bool accepts_gzip = false;
  std::string body = {};
  std::filesystem::path body_file = {};  // Where the body is instead, if it went into a file.
  std::stop_token stop = {};  // Asked to stop: the client has gone, nobody reads the response.

  /// The first value of that name, or "".
  [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
    for (const auto& [key, value] : query) {
      if (key == name) return value;
    }
    return {};
  }
};

struct Response {
  unsigned int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::string_view static_body = {};  // Instead of body: bytes that live as long as the program.
  std::vector<std::pair<std::string, std::string>> headers = {};

  [[nodiscard]] std::string_view bytes() const noexcept {
    return static_body.empty() ? std::string_view(body) : static_body;
  }
};

}  // namespace cip::http
