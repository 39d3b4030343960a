// http/client_for_test.h: a client that can be made to do anything a socket can.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace cip::http {

// A connection that sends what it is told, right or wrong.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The socket API takes every kind of address through a pointer to its first part.
    const auto* general =
        reinterpret_cast<const sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
    is_connected_ = ::connect(socket_, general, sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }

  // Sends as much as the server takes; it may hang up in the middle.
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto num_sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (num_sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(num_sent));
    }
  }

  // No more will be sent; answers are still read.
  void finish() const { ::shutdown(socket_, SHUT_WR); }

  // All that comes until the server closes the connection.
  std::string read_to_end() {
    while (read_some()) {
    }
    return std::exchange(received_, {});
  }

  // One response: its header and as many bytes as Content-Length says.
  std::string read_response() {
    constexpr std::string_view kEnd = "\r\n\r\n";
    std::size_t end = received_.find(kEnd);
    while (end == std::string::npos) {
      if (!read_some()) return std::exchange(received_, {});
      end = received_.find(kEnd);
    }
    const std::size_t wanted = end + kEnd.size() + content_length(received_.substr(0, end));
    while (received_.size() < wanted && read_some()) {
    }
    std::string response = received_.substr(0, wanted);
    received_.erase(0, wanted);
    return response;
  }

 private:
  static std::size_t content_length(const std::string& header) {
    constexpr std::string_view kName = "content-length: ";
    const std::size_t at = lowered(header).find(kName);
    return at == std::string::npos ? 0 : std::stoul(header.substr(at + kName.size()));
  }

  bool read_some() {
    std::array<char, 4096> buffer{};
    const auto num_read = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (num_read <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(num_read));
    return true;
  }

  int socket_;
  bool is_connected_ = false;
  std::string received_;
};

inline std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

}  // namespace cip::http
