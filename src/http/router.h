// http/router.h: which request goes to which handler. Routes are data.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace cip::http {

/// The parts of a path that a pattern names: {task} of /api/v1/predict/{task}.
using PathValues = std::map<std::string, std::string, std::less<>>;

using Handler = std::function<Result<Response>(const Request&, const PathValues&)>;

struct Route {
  Method method = Method::Get;
  std::string pattern;       // "/api/v1/reports/{name}.csv"
  std::string operation_id;  // As in openapi.json.
  Handler handler;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

  /// Whether any route, of any method, has this path.
  [[nodiscard]] bool knows(std::string_view path) const;

  /// Runs the handler of the first route that fits. A path nobody has is 404, a method it does not
  /// take 405; what a handler fails with becomes its status. A handler that throws has a bug: the
  /// client gets a 500 with a number, the log gets the rest.
  [[nodiscard]] Response answer(const Request& request) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace cip::http
