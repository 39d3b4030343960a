#include "http/server.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "http/guard.h"
#include "http/status.h"

namespace cip::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kIdle(kIdleSeconds);
constexpr std::chrono::seconds kGrace(5);
constexpr std::chrono::seconds kLinger(2);
constexpr std::uint64_t kMostDropped = 16 * kMaxBodyBytes;
constexpr std::uint16_t kHighestPort = 65535;

using BeastRequest = bhttp::request<bhttp::string_body>;
using HeadParser = bhttp::request_parser<bhttp::empty_body>;

std::string text_of(beast::string_view view) { return {view.data(), view.size()}; }

bool accepts_gzip(const bhttp::fields& message) {
  return text_of(message[bhttp::field::accept_encoding]).find("gzip") != std::string::npos;
}

// A HEAD is a GET whose response keeps its body; anything else but GET and POST is not taken.
std::optional<Method> method_of(bhttp::verb verb) {
  if (verb == bhttp::verb::get || verb == bhttp::verb::head) return Method::Get;
  if (verb == bhttp::verb::post) return Method::Post;
  return std::nullopt;
}

// All of a request but its body.
std::optional<Request> head_of(const bhttp::request_header<>& message) {
  const auto method = method_of(message.method());
  const auto target = boost::urls::parse_origin_form(message.target());
  if (!method || !target) return std::nullopt;
  Request request;
  request.method = *method;
  request.path = target->path();
  for (const auto& parameter : target->params()) {
    request.query.emplace_back(std::string(parameter.key), std::string(parameter.value));
  }
  request.host = text_of(message[bhttp::field::host]);
  request.origin = text_of(message[bhttp::field::origin]);
  request.content_type = text_of(message[bhttp::field::content_type]);
  request.accepts_gzip = accepts_gzip(message);
  return request;
}

template <class Body>
bhttp::message_generator finished(bhttp::response<Body> message, const Response& response,
                                  bool is_head) {
  message.set(bhttp::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.content_length(response.bytes().size());
  if (is_head) message.body() = {};
  return bhttp::message_generator(std::move(message));
}

bhttp::message_generator message_of(Response response, unsigned int version, bool keep_alive,
                                    bool is_head) {
  add_security_headers(response);
  const auto status = static_cast<bhttp::status>(response.status);
  if (!response.static_body.empty()) {
    bhttp::response<bhttp::span_body<const char>> message(status, version);
    message.keep_alive(keep_alive);
    message.body() = {response.static_body.data(), response.static_body.size()};
    return finished(std::move(message), response, is_head);
  }
  bhttp::response<bhttp::string_body> message(status, version);
  message.keep_alive(keep_alive);
  message.body() = response.body;
  return finished(std::move(message), response, is_head);
}

Response refusal_of_size(std::uint64_t most) {
  return refusal({Errc::LimitExceeded, fmt::format("the request is larger than {} bytes", most)});
}

Response refusal_of_read(const error_code& error) {
  Response response = refusal({Errc::InvalidArgument, "this is not an HTTP request"});
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    response = refusal(
        {Errc::LimitExceeded, fmt::format("the header is larger than {} bytes", kMaxHeaderBytes)});
    response.status = 431;
  }
  return response;
}

Response refusal_of_request(bool is_known_method) {
  if (is_known_method) {
    return refusal({Errc::InvalidArgument, "wanted a path that starts with / as the target"});
  }
  Response response = refusal({Errc::InvalidArgument, "wanted GET, HEAD or POST"});
  response.status = 405;
  response.headers.emplace_back("Allow", "GET, HEAD, POST");
  return response;
}

bool is_clients_fault(const error_code& error) {
  return error.category() == make_error_code(bhttp::error::bad_method).category() &&
         error != bhttp::error::end_of_stream && error != bhttp::error::partial_message;
}

// What is known of a request, and what becomes of it.
struct Exchange {
  explicit Exchange(const HeadParser& head)
      : is_known_method(method_of(head.get().method()).has_value()),
        request(head_of(head.get())),
        is_head(head.get().method() == bhttp::verb::head),
        version(head.get().version()) {}

  bool is_known_method;
  std::optional<Request> request;  // None: it has no path, or a method that is not taken.
  bool is_head;
  unsigned int version;
  bool keep_alive = false;  // Until the body has been read to its end.
  bool is_lost = false;     // The client has gone in the middle: nobody reads an answer.
  Response response = {};
};

// False if there is nothing to answer, or the answer is said.
bool has_body(const error_code& error, std::uint64_t most, bool keeps_alive, Exchange& exchange) {
  if (!error) {
    exchange.keep_alive = keeps_alive;
    return true;
  }
  exchange.is_lost = !is_clients_fault(error);
  exchange.response =
      error == bhttp::error::body_limit ? refusal_of_size(most) : refusal_of_read(error);
  return false;
}

// The disk is full, for one: not something the other side did.
bool is_of_disk(const error_code& error) {
  return error == boost::system::errc::no_space_on_device ||
         error == boost::system::errc::io_error || error == boost::system::errc::file_too_large ||
         error == boost::system::errc::permission_denied;
}

// Where a body is kept while its request is answered.
class SpooledBody {
 public:
  explicit SpooledBody(std::filesystem::path path) : path_(std::move(path)) {}
  ~SpooledBody() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SpooledBody(const SpooledBody&) = delete;
  SpooledBody& operator=(const SpooledBody&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// Whether a client still waits while its request is answered.
struct Watch {
  std::stop_source gone;
  bool is_over = false;  // It was answered: the socket may not be there any more.
};

// A client that closes its side has gone. One that sends its next request already has not, and is
// not watched any longer.
asio::awaitable<void> watch_client(tcp::socket& socket, std::shared_ptr<Watch> watch) {
  auto [error] = co_await socket.async_wait(tcp::socket::wait_read, kNoThrow);
  if (error || watch->is_over) co_return;
  char next = 0;
  const auto num_there = ::recv(socket.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
  if (num_there == 0) watch->gone.request_stop();
}

}  // namespace

struct Server::Impl {
  Impl(ServerSpec asked, std::function<Response(const Request&)> handler)
      : spec(std::move(asked)),
        acceptor(io),
        workers(spec.num_workers),
        answer(std::move(handler)) {}

  ServerSpec spec;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::thread_pool workers;
  std::function<Response(const Request&)> answer;
  std::uint16_t port = 0;
  int num_connections = 0;  // These three belong to the thread of `io`.
  int num_answering = 0;
  bool is_stopping = false;

  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve_connection(tcp::socket socket);
  asio::awaitable<void> read_the_rest(beast::tcp_stream& stream);
  asio::awaitable<bool> serve_request(beast::tcp_stream& stream, beast::flat_buffer& buffer);
  asio::awaitable<void> serve_body(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                   HeadParser& head, Exchange& exchange);
  asio::awaitable<bool> read_into_memory(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                         HeadParser& head, Exchange& exchange);
  asio::awaitable<bool> read_into_file(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                       HeadParser& head, const SpooledBody& file,
                                       Exchange& exchange);
  asio::awaitable<Response> answered(Request& request, tcp::socket& socket);
  asio::awaitable<void> stop_gently();
};

asio::awaitable<void> Server::Impl::accept_all() {
  while (!is_stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // Out of file descriptors, for one: wait until some connection has ended.
      asio::steady_timer timer(io, std::chrono::milliseconds(50));
      co_await timer.async_wait(kNoThrow);
      continue;
    }
    if (num_connections >= kMaxConnections) continue;  // Closes the socket.
    ++num_connections;
    asio::co_spawn(io, serve_connection(std::move(socket)),
                   [this](const std::exception_ptr&) { --num_connections; });
  }
}

asio::awaitable<void> Server::Impl::serve_connection(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(kMaxHeaderBytes + kMaxBodyBytes);
  while (co_await serve_request(stream, buffer)) {
  }
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  co_await read_the_rest(stream);
}

// A socket that is closed while bytes wait in it resets the connection, and a client that is still
// sending a body we refused would never see why. So what it sends is read and dropped for a while.
asio::awaitable<void> Server::Impl::read_the_rest(beast::tcp_stream& stream) {
  std::array<char, 16'384> dropped;
  std::uint64_t num_dropped = 0;
  stream.expires_after(kLinger);
  while (!is_stopping && num_dropped < kMostDropped) {
    auto [error, num_read] = co_await stream.async_read_some(asio::buffer(dropped), kNoThrow);
    if (error) co_return;
    num_dropped += num_read;
  }
}

// Reads one request and writes its response; false if the connection is to be closed.
asio::awaitable<bool> Server::Impl::serve_request(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer) {
  HeadParser head;
  head.header_limit(kMaxHeaderBytes);
  head.body_limit(boost::none);  // Judged by what the head asks for.
  stream.expires_after(kIdle);
  auto [error, num_read] = co_await bhttp::async_read_header(stream, buffer, head, kNoThrow);
  static_cast<void>(num_read);
  if (error && !is_clients_fault(error)) co_return false;

  Exchange exchange(head);
  if (error) {
    exchange.response = refusal_of_read(error);
    exchange.is_head = false;
    exchange.version = 11;
  } else {
    co_await serve_body(stream, buffer, head, exchange);
    if (exchange.is_lost) co_return false;
  }
  stream.expires_after(kIdle);
  const bool keep_alive = exchange.keep_alive && !is_stopping;
  auto [write_error, num_written] = co_await beast::async_write(
      stream,
      message_of(std::move(exchange.response), exchange.version, keep_alive, exchange.is_head),
      kNoThrow);
  static_cast<void>(num_written);
  co_return !write_error && keep_alive;
}

// Where the body goes depends on who asks for what: what is refused by its head is never read.
asio::awaitable<void> Server::Impl::serve_body(beast::tcp_stream& stream,
                                               beast::flat_buffer& buffer, HeadParser& head,
                                               Exchange& exchange) {
  std::optional<Result<std::filesystem::path>> spooled;
  if (spec.spool && exchange.request) {
    if (auto refused = refuse_foreign(*exchange.request, port); !refused) {
      spooled = spec.spool(*exchange.request);
    }
  }
  if (spooled && !*spooled) {
    exchange.response = refusal(spooled->error());
    co_return;
  }
  std::optional<SpooledBody> file;
  if (spooled) file.emplace(**spooled);
  const std::uint64_t most = file ? spec.max_spooled_bytes : kMaxBodyBytes;
  if (head.content_length() && *head.content_length() > most) {
    exchange.response = refusal_of_size(most);
    co_return;
  }
  const bool is_read = file ? co_await read_into_file(stream, buffer, head, *file, exchange)
                            : co_await read_into_memory(stream, buffer, head, exchange);
  if (!is_read) co_return;
  stream.expires_never();
  if (exchange.request) {
    exchange.response = co_await answered(*exchange.request, stream.socket());
  } else {
    exchange.response = refusal_of_request(exchange.is_known_method);
  }
}

asio::awaitable<bool> Server::Impl::read_into_memory(beast::tcp_stream& stream,
                                                     beast::flat_buffer& buffer, HeadParser& head,
                                                     Exchange& exchange) {
  bhttp::request_parser<bhttp::string_body> parser(std::move(head));
  parser.body_limit(kMaxBodyBytes);
  auto [error, num_read] = co_await bhttp::async_read(stream, buffer, parser, kNoThrow);
  static_cast<void>(num_read);
  if (!has_body(error, kMaxBodyBytes, parser.keep_alive(), exchange)) co_return false;
  if (exchange.request) exchange.request->body = std::move(parser.get().body());
  co_return true;
}

asio::awaitable<bool> Server::Impl::read_into_file(beast::tcp_stream& stream,
                                                   beast::flat_buffer& buffer, HeadParser& head,
                                                   const SpooledBody& file, Exchange& exchange) {
  bhttp::request_parser<bhttp::file_body> parser(std::move(head));
  parser.body_limit(spec.max_spooled_bytes);
  error_code error;
  parser.get().body().open(file.path().c_str(), beast::file_mode::write, error);
  while (!error && !parser.is_done()) {
    stream.expires_after(kIdle);  // A large file may take long, but never pauses.
    auto [read_error, num_read] = co_await bhttp::async_read_some(stream, buffer, parser, kNoThrow);
    static_cast<void>(num_read);
    error = read_error;
  }
  if (is_of_disk(error)) {
    exchange.response = refusal(
        {Errc::Unavailable, fmt::format("the file could not be kept: {}", error.message())});
    co_return false;
  }
  if (!has_body(error, spec.max_spooled_bytes, parser.keep_alive(), exchange)) co_return false;
  parser.get().body().close();
  exchange.request->body_file = file.path();
  co_return true;
}

asio::awaitable<Response> Server::Impl::answered(Request& request, tcp::socket& socket) {
  if (auto refused = refuse_foreign(request, port)) co_return std::move(*refused);
  ++num_answering;
  const auto watch = std::make_shared<Watch>();
  request.stop = watch->gone.get_token();
  asio::co_spawn(io, watch_client(socket, watch), asio::detached);
  // Over to a worker, and back to the thread of `io`.
  co_await asio::post(asio::bind_executor(workers.get_executor(), asio::use_awaitable));
  Response response = answer(request);
  co_await asio::post(asio::bind_executor(io.get_executor(), asio::use_awaitable));
  --num_answering;
  watch->is_over = true;
  error_code ignored;
  socket.cancel(ignored);  // Only the watch waits for it.
  co_return response;
}

asio::awaitable<void> Server::Impl::stop_gently() {
  is_stopping = true;
  error_code ignored;
  acceptor.close(ignored);
  const auto end = std::chrono::steady_clock::now() + kGrace;
  asio::steady_timer timer(io);
  while (num_answering > 0 && std::chrono::steady_clock::now() < end) {
    timer.expires_after(std::chrono::milliseconds(10));
    co_await timer.async_wait(kNoThrow);
  }
  timer.expires_after(std::chrono::milliseconds(20));  // For what is being written.
  co_await timer.async_wait(kNoThrow);
  io.stop();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->workers.stop();
  impl_->workers.join();
}

Result<std::unique_ptr<Server>> Server::listen(const ServerSpec& spec,
                                               std::function<Response(const Request&)> answer) {
  error_code error;
  const auto address = asio::ip::make_address(spec.address, error);
  if (error) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is no address", spec.address));
  }
  auto impl = std::make_unique<Impl>(spec, std::move(answer));
  const tcp::endpoint endpoint(address, spec.port);
  impl->acceptor.open(endpoint.protocol(), error);
  if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) impl->acceptor.bind(endpoint, error);
  if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return fail(Errc::Unavailable,
                fmt::format("port {} is in use; is another cip running? Try another port, such as "
                            "--port {}",
                            spec.port, spec.port == kHighestPort ? spec.port - 1 : spec.port + 1));
  }
  if (error) {
    return fail(Errc::Unavailable, fmt::format("cannot listen on {} port {}: {}", spec.address,
                                               spec.port, error.message()));
  }
  impl->port = impl->acceptor.local_endpoint(error).port();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const noexcept { return impl_->port; }

void Server::run(bool stops_on_signal) {
  asio::signal_set signals(impl_->io);
  if (stops_on_signal) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait([this](const error_code& error, int) {
      if (!error) asio::co_spawn(impl_->io, impl_->stop_gently(), asio::detached);
    });
  }
  asio::co_spawn(impl_->io, impl_->accept_all(), asio::detached);
  impl_->io.run();
}

void Server::stop() {
  asio::post(impl_->io,
             [this] { asio::co_spawn(impl_->io, impl_->stop_gently(), asio::detached); });
}

}  // namespace cip::http
