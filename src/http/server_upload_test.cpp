// Bodies that are kept in a file, from outside: bytes over a socket.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "base/text.h"
#include "http/client_for_test.h"
#include "http/server.h"

namespace cip::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A server that keeps the bodies of uploads in a folder of its own.
class SpoolingServer {
 public:
  static constexpr std::uint64_t kMost = 3 * kMaxBodyBytes;

  SpoolingServer() { std::filesystem::create_directories(folder_); }
  ~SpoolingServer() {
    server_->stop();
    thread_.join();
    std::filesystem::remove_all(folder_);
  }
  SpoolingServer(const SpoolingServer&) = delete;
  SpoolingServer& operator=(const SpoolingServer&) = delete;

  [[nodiscard]] std::string response_to(const std::string& request) const {
    Client client(server_->port());
    client.send(request);
    return client.read_response();
  }

  [[nodiscard]] std::string head(const std::string& target, std::uint64_t size,
                                 const std::string& type = "application/octet-stream") const {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: {}\r\n"
        "Content-Length: {}\r\n\r\n",
        target, server_->port(), type, size);
  }

  [[nodiscard]] bool has_files() const { return !std::filesystem::is_empty(folder_); }

 private:
  static Response tell_size(const Request& request) {
    std::error_code error;
    const auto size = std::filesystem::file_size(request.body_file, error);
    return {.content_type = "text/plain",
            .body = error ? "memory " + request.body : fmt::format("file {}", size)};
  }
  [[nodiscard]] std::optional<Result<std::filesystem::path>> spool(const Request& head) const {
    if (head.path != kUploadPath) return std::nullopt;
    if (head.parameter("name") != "good") return fail(Errc::Forbidden, "not this one");
    return folder_ / "arriving";
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_spool_{}", ::getpid());
  std::unique_ptr<Server> server_ =
      Server::listen({.spool = [this](const Request& head) { return spool(head); },
                      .max_spooled_bytes = kMost},
                     tell_size)
          .value();
  std::thread thread_{[this] { server_->run(false); }};
};

TEST(ServerUpload, KeepsTheBodyOfAnUploadInAFileUntilItIsAnswered) {
  const SpoolingServer running;
  const std::string body(2 * kMaxBodyBytes + 7, 'x');
  const std::string to = "/api/v1/uploads?name=good";
  EXPECT_EQ(body_of(running.response_to(running.head(to, body.size()) + body)),
            fmt::format("file {}", body.size()));
  EXPECT_EQ(body_of(running.response_to(running.head(to, 0))), "file 0");
  EXPECT_FALSE(running.has_files());
  EXPECT_EQ(body_of(running.response_to(running.head("/q", 2, "application/json") + "{}")),
            "memory {}");
}

TEST(ServerUpload, RefusesAnUploadByItsHead) {
  const SpoolingServer running;
  // None of these sends its body: the answer comes before it.
  EXPECT_THAT(running.response_to(running.head("/api/v1/uploads?name=bad", 5)),
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(
      running.response_to(running.head("/api/v1/uploads?name=good", SpoolingServer::kMost + 1)),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      running.response_to(running.head("/api/v1/uploads?name=good", 2, "application/json") + "{}"),
      StartsWith("HTTP/1.1 415"));
  EXPECT_FALSE(running.has_files());
}

}  // namespace
}  // namespace cip::http
