#include "base/hash.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"

namespace cip {
namespace {

// Known answers: FIPS 180-4 examples, as NIST publishes them.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, DoesNotCareHowTheBytesArrive) {
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), sha256_of("abc"));
}

// The row hashes of a database outlive the program that made them: XXH3 as its authors publish it.
TEST(Hash64, IsTheSameInEveryVersion) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2U);
  EXPECT_NE(hash64("a"), hash64("b"));
  EXPECT_NE(hash64("a", 1), hash64("a", 2));
}

TEST(File, IsReplacedAsAWholeAndReadBack) {
  const auto path =
      std::filesystem::path(testing::TempDir()) / fmt::format("cip_file_{}", getpid());
  ASSERT_TRUE(write_file(path, "one"));
  ASSERT_TRUE(write_file(path, "two"));
  EXPECT_EQ(read_file(path).value(), "two");
  EXPECT_EQ(sha256_of_file(path).value(), sha256_of("two"));
  EXPECT_EQ(read_file(path, 2).error().code, Errc::LimitExceeded);
  std::filesystem::remove(path);
  EXPECT_EQ(read_file(path).error().code, Errc::NotFound);
}

TEST(File, SaysWhereItCouldNotWrite) {
  const auto refused = write_file("/no/such/folder/file", "x");
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_NE(refused.error().message.find("/no/such/folder/file"), std::string::npos);
}

}  // namespace
}  // namespace cip
