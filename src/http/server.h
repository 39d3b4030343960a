// http/server.h: sockets on one side, plain requests and responses on the other.
//
// The only file that knows Beast is server.cpp: it takes 40 seconds to compile, handlers do not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace cip::http {

/// Where the body of a request goes that is too large for memory, asked with its head alone. None:
/// into memory. A failure: the request is refused before its body is read.
using Spool = std::function<std::optional<Result<std::filesystem::path>>(const Request& head)>;

struct ServerSpec {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 takes a free one.
  unsigned int num_workers = 2;
  Spool spool = {};                     // None: every body goes into memory.
  std::uint64_t max_spooled_bytes = 0;  // Of one body in a file.
};

/// Limits of what a client may send or keep.
inline constexpr std::uint32_t kMaxHeaderBytes = 8U << 10U;
inline constexpr std::uint64_t kMaxBodyBytes = std::uint64_t{1} << 20U;
inline constexpr int kIdleSeconds = 30;
inline constexpr int kMaxConnections = 2000;

class Server {
 public:
  /// Binds the address. Requests are answered on worker threads, so that a slow one does not keep
  /// others waiting.
  ///
  /// Errors:  Unavailable      the port is in use or not allowed
  ///          InvalidArgument  the address is none
  static Result<std::unique_ptr<Server>> listen(const ServerSpec& spec,
                                                std::function<Response(const Request&)> answer);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Serves until stop() is called or, if `stops_on_signal`, the process gets SIGINT or SIGTERM.
  /// Requests that run by then are answered, for up to five seconds.
  void run(bool stops_on_signal);

  /// May be called from any thread.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cip::http
