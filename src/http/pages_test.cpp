#include "http/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>

#include "base/embedded_file.h"

namespace cip::embedded {
extern const std::span<const File> files;  // NOLINT(readability-identifier-naming): cip_embed().
}

namespace cip::http {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

std::string_view index_html() {
  for (const embedded::File& file : embedded::files) {
    if (file.path == "/index.html") return *file.bytes;
  }
  return {};
}

TEST(Pages, HaveAnIndex) { EXPECT_THAT(std::string(index_html()), HasSubstr("<html")); }

TEST(Pages, GiveTheIndexForEveryPage) {
  for (const std::string path : {"/", "/index.html", "/analytics", "/models", "/query", "/quality",
                                 "/reports", "/reports/sales", "/analytics/outliers"}) {
    const auto response = page_at(path, false);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->bytes(), index_html()) << path;
    EXPECT_EQ(response->content_type, "text/html; charset=utf-8");
    EXPECT_THAT(response->headers, Contains(Pair("Cache-Control", "no-cache")));
  }
}

TEST(Pages, GiveNothingForAPathNobodyHas) {
  for (const std::string path :
       {"", "/nothing", "/analytics2", "/reportsales", "/assets/nothing.js", "/assets/", "/assets",
        "/favicon.php", "index.html", "/Index.html"}) {
    EXPECT_FALSE(page_at(path, false)) << path;
  }
}

TEST(Pages, GiveNothingForAWayOut) {
  for (const std::string path :
       {"/..", "/../cip.toml", "/assets/../../cip.toml", "/assets/../index.html", "/./index.html",
        "//index.html", "/..\\cip.toml", "/etc/passwd", "/%2e%2e/cip.toml"}) {
    EXPECT_FALSE(page_at(path, false)) << path;
  }
  EXPECT_FALSE(page_at(std::string_view("/index.html\0.js", 15), false));
}

TEST(Pages, AreNeverAFileWhateverTheirPathClimbsOver) {
  // Below a page there are no files, only addresses that the index shows itself.
  const auto response = page_at("/reports/../../../etc/passwd", false);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->bytes(), index_html());
}

TEST(Pages, AreShownWithA404WhereNothingIs) {
  const Response response = page_not_found(false);
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.bytes(), index_html());
}

TEST(Files, AreEachFoundWithATypeOfTheirOwn) {
  for (const embedded::File& file : embedded::files) {
    const auto response = page_at(file.path, false);
    ASSERT_TRUE(response) << file.path;
    EXPECT_EQ(response->bytes(), *file.bytes) << file.path;
    if (file.path.ends_with(".gz")) continue;
    EXPECT_NE(response->content_type, "application/octet-stream") << file.path;
  }
}

TEST(Files, WithAHashInTheirNameAreKeptForEver) {
  for (const embedded::File& file : embedded::files) {
    const bool has_hash = file.path.starts_with("/assets/");
    const std::string wanted = has_hash ? "public, max-age=31536000, immutable" : "no-cache";
    EXPECT_THAT(page_at(file.path, false)->headers, Contains(Pair("Cache-Control", wanted)))
        << file.path;
  }
}

TEST(Files, ArePackedOnlyForThoseWhoUnpackThem) {
  for (const embedded::File& file : embedded::files) {
    const auto plain = page_at(file.path, false);
    EXPECT_THAT(plain->headers, Not(Contains(Key("Content-Encoding"))));
    EXPECT_THAT(plain->headers, Contains(Pair("Vary", "Accept-Encoding")));
    const auto packed = page_at(file.path, true);
    const auto twin =
        std::ranges::find(embedded::files, std::string(file.path) + ".gz", &embedded::File::path);
    if (twin == embedded::files.end()) {
      EXPECT_EQ(packed->bytes(), *file.bytes) << file.path;
      EXPECT_THAT(packed->headers, Not(Contains(Key("Content-Encoding"))));
    } else {
      EXPECT_EQ(packed->bytes(), *twin->bytes) << file.path;
      EXPECT_THAT(packed->headers, Contains(Pair("Content-Encoding", "gzip")));
      EXPECT_EQ(packed->content_type, plain->content_type);
    }
  }
}

}  // namespace
}  // namespace cip::http
