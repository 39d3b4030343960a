#include "http/serve.h"

#include <iostream>

#include "base/log.h"
#include "base/text.h"
#include "http/pages.h"
#include "http/server.h"
#include "http/upload_api.h"
#include "service/jobs.h"
#include "service/platform.h"
#include "service/uploading.h"

namespace cip::http {
namespace {

// One may read a whole file, to say what it is, while others still answer.
constexpr unsigned int kNumWorkers = 4;

}  // namespace

Response respond(const Router& api, const Request& request) {
  const bool is_api = request.path.starts_with("/api/") || api.knows(request.path);
  if (is_api || request.method != Method::Get) return api.answer(request);
  if (auto page = page_at(request.path, request.accepts_gzip)) return std::move(*page);
  return page_not_found(request.accepts_gzip);
}

Result<void> serve_until_stopped(service::Workspace workspace) {
  const service::Config config = workspace.config;
  CIP_TRY_ASSIGN(const auto platform, service::Platform::open(std::move(workspace)));
  service::Jobs jobs;
  const Site site{platform.get(), &jobs, {"local", config.page_role}};
  const Router api = make_api(site);
  CIP_TRY_ASSIGN(
      const auto server,
      Server::listen({.address = config.address,
                      .port = config.port,
                      .num_workers = kNumWorkers,
                      .spool = [&site](const Request& head) { return spool_of(site, head); },
                      .max_spooled_bytes = service::kMaxUploadBytes},
                     [&api](const Request& request) { return respond(api, request); }));
  // The first page should not wait for the data. If they cannot be read, each page will say why.
  if (const auto data = platform->whole_view(); !data) log(LogLevel::Error, data.error().message);
  const std::string host = config.address == "::1" ? "[::1]" : config.address;
  std::cout << fmt::format("{} on http://{}:{} (Ctrl-C stops it)\n", config.name, host,
                           server->port())
            << std::flush;
  server->run(true);
  std::cout << "stopped\n";
  return {};
}

}  // namespace cip::http
