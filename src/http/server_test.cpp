// The server from outside: bytes over a socket. What the requests mean is tested without one.

#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "http/client_for_test.h"

namespace cip::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Answer = std::function<Response(const Request&)>;

// Says what it was asked.
Response echo(const Request& request) {
  std::string body = request.method == Method::Get ? "get " : "post ";
  body += request.path;
  for (const auto& [name, value] : request.query) body += " " + name + "=" + value;
  return {.content_type = "text/plain", .body = body + " " + request.body};
}

// A server on a free port that runs until the test ends.
class RunningServer {
 public:
  explicit RunningServer(Answer answer = echo, unsigned int num_workers = 2)
      : server_(Server::listen({.num_workers = num_workers}, std::move(answer)).value()),
        thread_([this] { server_->run(false); }) {}
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }
  [[nodiscard]] Server& server() noexcept { return *server_; }

  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }

  [[nodiscard]] std::string get(const std::string& target) const {
    return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", target, port());
  }

  [[nodiscard]] std::string post(const std::string& target, const std::string& body) const {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        target, port(), body.size(), body);
  }

  // The response to one request over a connection of its own.
  [[nodiscard]] std::string response_to(const std::string& request) const {
    Client client(port());
    client.send(request);
    return client.read_response();
  }

 private:
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST(Server, AnswersAGet) {
  const RunningServer running;
  const std::string response = running.response_to(running.get("/a%20b?x=1&y=%C3%A9&x=2"));
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(response, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_EQ(body_of(response), "get /a b x=1 y=\xC3\xA9 x=2 ");
}

TEST(Server, AnswersAPost) {
  const RunningServer running;
  EXPECT_EQ(body_of(running.response_to(running.post("/q", R"({"a":1})"))), R"(post /q {"a":1})");
}

TEST(Server, AnswersAHeadLikeAGetWithoutItsBody) {
  const RunningServer running;
  std::string request = running.get("/page");
  request.replace(0, 3, "HEAD");
  Client client(running.port());
  client.send(request);
  client.finish();
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr(fmt::format("Content-Length: {}\r\n", 10)));
  EXPECT_EQ(body_of(response), "");
}

TEST(Server, SendsBytesThatLiveAsLongAsTheProgram) {
  static const std::string kLong(300'000, 'x');
  const RunningServer running([](const Request&) { return Response{.static_body = kLong}; });
  EXPECT_EQ(body_of(running.response_to(running.get("/"))), kLong);
  std::string head = running.get("/");
  head.replace(0, 3, "HEAD");
  Client client(running.port());
  client.send(head);
  client.finish();
  EXPECT_EQ(body_of(client.read_to_end()), "");
}

TEST(Server, KeepsAConnectionForTheNextRequest) {
  const RunningServer running;
  Client client(running.port());
  for (const std::string path : {"/one", "/two", "/three"}) {
    client.send(running.get(path));
    EXPECT_EQ(body_of(client.read_response()), "get " + path + " ");
  }
}

TEST(Server, AnswersRequestsThatComeAtOnceInTheirOrder) {
  const RunningServer running;
  Client client(running.port());
  client.send(running.get("/one") + running.post("/two", "{}") + running.get("/three"));
  EXPECT_EQ(body_of(client.read_response()), "get /one ");
  EXPECT_EQ(body_of(client.read_response()), "post /two {}");
  EXPECT_EQ(body_of(client.read_response()), "get /three ");
}

TEST(Server, ClosesAConnectionWhenAsked) {
  const RunningServer running;
  Client client(running.port());
  client.send(fmt::format("GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                          running.port()));
  EXPECT_EQ(body_of(client.read_to_end()), "get / ");
}

TEST(Server, AnswersSomeoneWhoHasNoMoreToSay) {
  const RunningServer running;
  Client client(running.port());
  client.send(running.get("/last"));
  client.finish();
  EXPECT_EQ(body_of(client.read_to_end()), "get /last ");
}

// What is refused.

TEST(Server, TurnsAnotherHostAway) {
  const RunningServer running;
  EXPECT_THAT(running.response_to("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(running.response_to("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
}

TEST(Server, TakesNoOtherMethods) {
  const RunningServer running;
  for (const std::string method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    std::string request = running.get("/");
    request.replace(0, 3, method);
    const std::string response = running.response_to(request);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(response, HasSubstr("Allow: GET, HEAD, POST\r\n")) << method;
  }
}

TEST(Server, RefusesATargetThatIsNoPath) {
  const RunningServer running;
  for (const std::string target : {"http://127.0.0.1/", "*", "/%zz", "/a?b=%f"}) {
    EXPECT_THAT(running.response_to(running.get(target)), StartsWith("HTTP/1.1 400 ")) << target;
  }
}

TEST(Server, RefusesWhatIsNotHttp) {
  const RunningServer running;
  for (const std::string garbage :
       {"what is this\r\n\r\n", "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n"}) {
    Client client(running.port());
    client.send(garbage);
    const std::string response = client.read_to_end();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 400 ")) << garbage;
    EXPECT_THAT(response, HasSubstr(R"("code":"invalid_argument")")) << garbage;
  }
  EXPECT_EQ(body_of(running.response_to(running.get("/still"))), "get /still ");
}

TEST(Server, RefusesAHeaderThatIsTooLarge) {
  const RunningServer running;
  Client client(running.port());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(kMaxHeaderBytes, 'x') + "\r\n\r\n");
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(response, HasSubstr("8192"));
}

TEST(Server, RefusesABodyThatIsTooLargeAndGetsToSaySo) {
  // The client reads only when it has sent everything: the answer must outlast the rest.
  const RunningServer running;
  for (int trial = 0; trial < 20; ++trial) {
    Client client(running.port());
    client.send(running.post("/q", std::string(4 * kMaxBodyBytes, ' ')));
    const std::string response = client.read_to_end();
    ASSERT_THAT(response, StartsWith("HTTP/1.1 413 ")) << "trial " << trial;
    EXPECT_THAT(response, HasSubstr("1048576"));
  }
}

TEST(Server, TakesABodyOfTheLargestSize) {
  const RunningServer running;
  const std::string body(kMaxBodyBytes, ' ');
  EXPECT_EQ(body_of(running.response_to(running.post("/q", body))), "post /q " + body);
}

TEST(Server, RefusesABodyInPiecesThatAddUpToTooMuch) {
  const RunningServer running;
  Client client(running.port());
  client.send(
      fmt::format("POST / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                  running.port()));
  const std::string piece = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  for (int at = 0; at < 20; ++at) client.send(piece);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

// One client does not hold up another.

TEST(Server, DoesNotWaitForAClientThatDawdles) {
  const RunningServer running;
  Client slow(running.port());
  slow.send("GET /slow HTTP/1.1\r\nHost: 127.0");
  EXPECT_EQ(body_of(running.response_to(running.get("/quick"))), "get /quick ");
  slow.send(fmt::format(".0.1:{}\r\n\r\n", running.port()));
  EXPECT_EQ(body_of(slow.read_response()), "get /slow ");
}

TEST(Server, DoesNotWaitForAnAnswerThatTakesTime) {
  std::promise<void> may_end;
  const std::shared_future<void> ended = may_end.get_future().share();
  const RunningServer running([ended](const Request& request) {
    if (request.path == "/slow") ended.wait();
    return echo(request);
  });
  Client slow(running.port());
  slow.send(running.get("/slow"));
  EXPECT_EQ(body_of(running.response_to(running.get("/quick"))), "get /quick ");
  may_end.set_value();
  EXPECT_EQ(body_of(slow.read_response()), "get /slow ");
}

TEST(Server, AnswersBesideTwoHundredConnectionsThatSayNothing) {
  const RunningServer running;
  std::vector<std::unique_ptr<Client>> idle;
  for (int at = 0; at < 200; ++at) {
    idle.push_back(std::make_unique<Client>(running.port()));
    ASSERT_TRUE(idle.back()->is_connected());
  }
  EXPECT_EQ(body_of(running.response_to(running.get("/"))), "get / ");
  idle.back()->send(running.get("/late"));
  EXPECT_EQ(body_of(idle.back()->read_response()), "get /late ");
}

TEST(Server, OutlivesAClientThatHangsUp) {
  const RunningServer running;
  for (int at = 0; at < 50; ++at) {
    const Client client(running.port());
    client.send(running.get("/").substr(0, static_cast<std::size_t>(at)));
  }
  EXPECT_EQ(body_of(running.response_to(running.get("/"))), "get / ");
}

TEST(Server, TellsWhoAnswersThatTheClientHasGone) {
  std::promise<void> begun;
  std::promise<void> told;
  RunningServer running([&begun, &told](const Request& request) {
    if (request.path != "/slow") return echo(request);
    begun.set_value();
    while (!request.stop.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    told.set_value();
    return echo(request);
  });
  {
    const Client client(running.port());
    client.send(running.get("/slow"));
    begun.get_future().wait();
  }
  told.get_future().wait();
  EXPECT_EQ(body_of(running.response_to(running.get("/next"))), "get /next ");
}

// Begin and end.

TEST(Server, StopsWhenTold) {
  RunningServer running;
  const Client idle(running.port());
  running.stop();
  EXPECT_FALSE(Client(running.port()).is_connected());
}

TEST(Server, FinishesWhatItIsAnsweringWhenTold) {
  std::promise<void> begun;
  std::promise<void> may_end;
  const std::shared_future<void> ended = may_end.get_future().share();
  RunningServer running([&begun, ended](const Request& request) {
    begun.set_value();
    ended.wait();
    return echo(request);
  });
  Client client(running.port());
  client.send(running.get("/slow"));
  begun.get_future().wait();
  running.server().stop();
  may_end.set_value();
  EXPECT_EQ(body_of(client.read_response()), "get /slow ");
  running.stop();
}

TEST(Server, NamesAnotherPortIfItsOwnIsInUse) {
  const RunningServer running;
  const auto refused = Server::listen({.port = running.port()}, echo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("port {} is in use", running.port())));
  const int other = running.port() == 65535 ? 65534 : running.port() + 1;
  EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("--port {}", other)));
}

TEST(Server, RefusesAnAddressThatIsNone) {
  EXPECT_EQ(Server::listen({.address = "here"}, echo).error().code, Errc::InvalidArgument);
}

TEST(Server, RefusesAnAddressOfAnotherMachine) {
  // 192.0.2.0/24 is kept for documentation (RFC 5737): nobody has it.
  const auto refused = Server::listen({.address = "192.0.2.1", .port = 8501}, echo);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("192.0.2.1"));
}

}  // namespace
}  // namespace cip::http
