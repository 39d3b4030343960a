#include "ingest/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "ingest/encoding.h"

namespace cip::ingest {
namespace {

using std::string_view_literals::operator""sv;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  std::string input(text);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd_packed(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i * 7919 % 10'007) + ",";
  return text;
}

class ByteSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("cip_byte_source_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(std::string_view name, std::string_view bytes) {
    EXPECT_TRUE(write_file(folder_ / name, bytes));
    return folder_ / name;
  }

  // Everything the file holds, read in small pieces.
  static Result<std::string> read_all(const std::filesystem::path& path,
                                      const Limits& limits = {}) {
    CIP_TRY_ASSIGN(const auto source, open_source(path, limits));
    std::string text;
    std::vector<char> piece(777);
    for (;;) {
      CIP_TRY_ASSIGN(const std::size_t size, source->read(piece));
      if (size == 0) return text;
      text.append(piece.data(), size);
    }
  }

  std::filesystem::path folder_;
};

TEST_F(ByteSourceTest, ReadsPlainFilesWholeWhateverTheirSize) {
  for (const int count : {1, 1'000, 200'000}) {
    const std::string text = numbers(count);
    EXPECT_EQ(read_all(write("x.csv", text)).value(), text);
  }
}

TEST_F(ByteSourceTest, KnowsGzipByItsBytesAndReadsAllMembers) {
  const std::string first = numbers(100'000);
  const std::string second = numbers(10);
  EXPECT_EQ(read_all(write("x.csv", gzipped(first) + gzipped("") + gzipped(second))).value(),
            first + second);
}

TEST_F(ByteSourceTest, KnowsZstdByItsBytesAndReadsAllFrames) {
  const std::string first = numbers(100'000);
  const std::string second = numbers(10);
  EXPECT_EQ(read_all(write("x.csv", zstd_packed(first) + zstd_packed(second))).value(),
            first + second);
}

TEST_F(ByteSourceTest, ForgivesZerosBehindGzipDataAndNothingElse) {
  const std::string packed = gzipped("a,b\n");
  EXPECT_EQ(read_all(write("x", packed + std::string(512, '\0'))).value(), "a,b\n");
  EXPECT_THAT(read_all(write("x", packed + "more")).error().message,
              HasSubstr("other bytes after the end"));
}

TEST_F(ByteSourceTest, RefusesCompressedDataThatIsCutShort) {
  for (const auto& packed : {gzipped(numbers(5'000)), zstd_packed(numbers(5'000))}) {
    for (const std::size_t size : {packed.size() / 2, packed.size() - 1, std::size_t{12}}) {
      const auto path = write("x.csv.gz", std::string_view(packed).substr(0, size));
      const auto text = read_all(path);
      ASSERT_FALSE(text) << size;
      EXPECT_EQ(text.error().code, Errc::InvalidArgument);
      EXPECT_THAT(text.error().message, AllOf(HasSubstr("x.csv.gz' is cut short"),
                                              HasSubstr("byte " + std::to_string(size))));
    }
  }
}

TEST_F(ByteSourceTest, RefusesCompressedDataThatIsDamaged) {
  std::string packed = gzipped(numbers(5'000));
  packed[packed.size() / 2] ^= 0x55;
  const auto text = read_all(write("x.gz", packed));
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("is damaged near byte"));
}

TEST_F(ByteSourceTest, StopsAtFilesThatUnpackToTooMuch) {
  const std::string zeros(3'000'000, '0');
  Limits limits;
  limits.ratio_free_bytes = 1'000'000;
  for (const auto& packed : {gzipped(zeros), zstd_packed(zeros)}) {
    const auto path = write("bomb.gz", packed);
    EXPECT_EQ(read_all(path).value(), zeros);  // Within what is free.
    EXPECT_EQ(read_all(path, limits).error().code, Errc::LimitExceeded);
    EXPECT_THAT(read_all(path, limits).error().message, HasSubstr("200 times its size"));
  }
  limits.max_expanded_bytes = 500'000;
  EXPECT_THAT(read_all(write("x.gz", gzipped(zeros)), limits).error().message,
              EndsWith("unpacks to more than 500000 bytes"));
}

TEST_F(ByteSourceTest, SaysWhatIsWrongWithAFileThatCannotBeRead) {
  EXPECT_EQ(open_source(folder_ / "none.csv").error().code, Errc::NotFound);
  EXPECT_THAT(open_source(folder_ / "none.csv").error().message,
              AllOf(HasSubstr("there is no file"), HasSubstr("none.csv")));
  EXPECT_EQ(open_source(folder_).error().code, Errc::InvalidArgument);
  EXPECT_THAT(open_source(folder_).error().message, HasSubstr("is a folder"));
  EXPECT_THAT(open_source(write("empty.csv", "")).error().message, EndsWith("empty.csv' is empty"));
}

TEST_F(ByteSourceTest, SaysHowFarItGot) {
  const std::string text = numbers(100'000);
  const auto source = open_source(write("x.gz", gzipped(text))).value();
  std::vector<char> buffer(text.size() / 2);
  EXPECT_EQ(read_fully(*source, buffer).value(), buffer.size());
  EXPECT_GT(source->stored_bytes_read(), source->stored_bytes() / 4);
  EXPECT_LT(source->stored_bytes_read(), source->stored_bytes());
}

std::string decoded(std::string_view bytes, Encoding encoding) {
  auto source = decode(memory_source("x", bytes), encoding).value();
  std::vector<char> text(1'000);
  text.resize(read_fully(*source, text).value());
  return {text.begin(), text.end()};
}

TEST(Encoding, TurnsOldEncodingsIntoUtf8) {
  EXPECT_EQ(decoded("M\xFCller \x80", Encoding::Windows1252), "Müller €");
  EXPECT_EQ(decoded("M\xFCller", Encoding::Latin1), "Müller");
  EXPECT_EQ(decoded("M\0\xFC\0\x3D\xD8\x00\xDE"sv, Encoding::Utf16Le), "Mü😀");
  EXPECT_EQ(decoded("\0M\0\xFC\xD8\x3D\xDE\x00"sv, Encoding::Utf16Be), "Mü😀");
}

TEST(Encoding, LeavesTheMarkOfUtf16AsTheMarkOfUtf8) {
  EXPECT_EQ(decoded("\xFF\xFE\x41\0"sv, Encoding::Auto),
            "\xEF\xBB\xBF"
            "A");
  EXPECT_EQ(decoded("\xFE\xFF\0\x41"sv, Encoding::Auto),
            "\xEF\xBB\xBF"
            "A");
}

TEST(Encoding, MakesHalvesOfPairsVisiblyWrong) {
  EXPECT_FALSE(is_clean_text(decoded("\x3D\xD8\x41\0"sv, Encoding::Utf16Le)));
  EXPECT_FALSE(is_clean_text(decoded("\x41\0\x41"sv, Encoding::Utf16Le)));
}

TEST(Encoding, RefusesUtf16WithoutAMark) {
  const auto source = decode(memory_source("x.csv", "a\0,\0b\0\n\0"sv), Encoding::Auto);
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().message, HasSubstr("looks like UTF-16"));
}

TEST(Encoding, KnowsItsNames) {
  EXPECT_EQ(parse_encoding("ISO-8859-1"), Encoding::Latin1);
  EXPECT_EQ(parse_encoding("cp1252"), Encoding::Windows1252);
  EXPECT_EQ(parse_encoding("ebcdic"), std::nullopt);
  for (const auto encoding : {Encoding::Auto, Encoding::Utf8, Encoding::Latin1,
                              Encoding::Windows1252, Encoding::Utf16Le, Encoding::Utf16Be}) {
    EXPECT_EQ(parse_encoding(name_of(encoding)), encoding);
  }
}

TEST(Encoding, FindsTheFirstBadByte) {
  EXPECT_EQ(first_bad_byte("abc"), 3U);
  EXPECT_EQ(first_bad_byte("\xC3\xA4\xC3"), 2U);
  EXPECT_EQ(first_bad_byte("a\0b"sv), 1U);
  EXPECT_EQ(first_bad_byte("\xF0\x9F\x98\x80\xFF"), 4U);
}

}  // namespace
}  // namespace cip::ingest
