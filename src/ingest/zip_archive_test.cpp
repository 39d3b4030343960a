#include "ingest/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Packed {
  std::string name;
  std::string text;
  bool is_deflated = true;
  unsigned flags = 0;
};

std::string number(std::uint64_t value, unsigned num_bytes) {
  std::string bytes;
  for (unsigned i = 0; i < num_bytes; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

std::string deflated(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// An archive as APPNOTE.TXT has it.
std::string archive_of(const std::vector<Packed>& members) {
  std::string file;
  std::string directory;
  for (const Packed& member : members) {
    const std::string data = member.is_deflated ? deflated(member.text) : member.text;
    const auto* const bytes = reinterpret_cast<const Bytef*>(member.text.data());
    const std::string facts = number(member.flags, 2) + number(member.is_deflated ? 8 : 0, 2) +
                              number(0, 4) + number(crc32_z(0, bytes, member.text.size()), 4) +
                              number(data.size(), 4) + number(member.text.size(), 4) +
                              number(member.name.size(), 2) + number(0, 2);
    directory += "PK\x01\x02" + number(20, 2) + number(20, 2) + facts + number(0, 2) +
                 number(0, 2) + number(0, 2) + number(0, 4) + number(file.size(), 4) + member.name;
    file += std::string("PK\x03\x04") + number(20, 2) + facts + member.name + data;
  }
  const std::size_t at = file.size();
  return file + directory + "PK\x05\x06" + number(0, 4) + number(members.size(), 2) +
         number(members.size(), 2) + number(directory.size(), 4) + number(at, 4) + number(0, 2);
}

class Zip : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    return path_;
  }
  void SetUp() override {
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".zip");
  }
  void TearDown() override { std::filesystem::remove(path_); }

 private:
  std::filesystem::path path_;
};

Result<std::string> text_of(const std::filesystem::path& path, const Limits& limits = {}) {
  CIP_TRY_ASSIGN(const auto source, open_source(path, limits));
  std::string text;
  std::array<char, 1000> buffer{};
  for (;;) {
    CIP_TRY_ASSIGN(const std::size_t size, source->read(buffer));
    if (size == 0) return text;
    text.append(buffer.data(), size);
  }
}

TEST_F(Zip, ReadsTheOnlyMemberUnnamed) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
  EXPECT_EQ(*text_of(file(archive_of({{"a.csv", text}}))), text);
  EXPECT_EQ(*text_of(file(archive_of({{"a.csv", text, false}}))), text);
  EXPECT_EQ(*text_of(file(archive_of({{"empty.csv", ""}}))), "");
}

TEST_F(Zip, ReadsEachOfManyByItsName) {
  const auto path = file(archive_of({{"a.csv", "1"}, {"b.csv", "2"}}));
  EXPECT_THAT(*parts_of(path), ElementsAre(path / "a.csv", path / "b.csv"));
  EXPECT_EQ(*text_of(path / "b.csv"), "2");
  EXPECT_THAT(text_of(path).error().message, HasSubstr("has 2 members, say which: "));
  EXPECT_THAT(text_of(path / "c.csv").error().message, HasSubstr("did you mean"));
  EXPECT_THAT(*parts_matching(path.parent_path(), path.filename().string() + "/b*"),
              ElementsAre(path / "b.csv"));
  EXPECT_NE(*digest_of(path / "a.csv"), *digest_of(path / "b.csv"));
}

TEST_F(Zip, RefusesNamesWithPathsAndWhatItCannotRead) {
  for (const char* name : {"../a.csv", "/etc/passwd", "d/../a.csv", "d//a.csv", "./a.csv",
                           "d\\a.csv", "", "..", "../"}) {
    const auto read = text_of(file(archive_of({{name, "1"}})));
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, Errc::InvalidArgument);
  }
  EXPECT_THAT(text_of(file(archive_of({{"a", "1", true, 1}}))).error().message,
              HasSubstr("encrypted"));
  EXPECT_THAT(text_of(file(archive_of({{"a", "1"}, {"a", "2"}}))).error().message,
              HasSubstr("two members called"));
  EXPECT_THAT(text_of(file(archive_of({}))).error().message, HasSubstr("no members"));
}

TEST_F(Zip, ReadsMembersInFolders) {
  const auto path = file(archive_of({{"2024/", "", false},
                                     {"2024/may/a.csv", "1"},
                                     {"2024/b.csv", "2"},
                                     {"__MACOSX/2024/._b.csv", "junk"},
                                     {"2024/.DS_Store", "junk"}}));
  EXPECT_THAT(*parts_of(path), ElementsAre(path / "2024/may/a.csv", path / "2024/b.csv"));
  EXPECT_EQ(*text_of(path / "2024/may/a.csv"), "1");
  EXPECT_EQ(stored_file_of(path / "2024/may/a.csv"), path);
  const auto matching = [&path](const std::string& glob) {
    return *parts_matching(path.parent_path(), path.filename().string() + glob);
  };
  EXPECT_THAT(matching(""), ElementsAre(path / "2024/may/a.csv", path / "2024/b.csv"));
  EXPECT_THAT(matching("/2024/*.csv"), ElementsAre(path / "2024/b.csv"));
  EXPECT_THAT(matching("/**/*.csv"), ElementsAre(path / "2024/may/a.csv", path / "2024/b.csv"));
  EXPECT_THAT(matching("/*.csv"), ElementsAre());
  EXPECT_THAT(matching("/2024/.DS_Store"), ElementsAre(path / "2024/.DS_Store"));
  EXPECT_NE(*digest_of(path / "2024/b.csv"), *digest_of(path / "2024/may/a.csv"));
}

TEST_F(Zip, ReadsTheOnlyMemberThatIsNotHidden) {
  const auto path = file(archive_of({{"x/a.csv", "1"}, {"__MACOSX/x/._a.csv", "junk"}}));
  EXPECT_THAT(*parts_of(path), ElementsAre(path));
  EXPECT_EQ(*text_of(path), "1");
}

TEST_F(Zip, RefusesAFolderThatHasContent) {
  EXPECT_THAT(text_of(file(archive_of({{"d/", "1"}, {"a", "2"}}))).error().message,
              HasSubstr("has content of its own"));
}

TEST_F(Zip, StopsAtABomb) {
  Limits limits;
  limits.ratio_free_bytes = 1'000'000;
  // NOLINTNEXTLINE(bugprone-string-constructor): large on purpose.
  const auto path = file(archive_of({{"a.csv", std::string(50'000'000, 'x')}}));
  EXPECT_EQ(text_of(path, limits).error().code, Errc::LimitExceeded);
  limits.max_ratio = 100'000;
  limits.max_expanded_bytes = 2'000'000;
  EXPECT_EQ(text_of(path, limits).error().code, Errc::LimitExceeded);
}

TEST_F(Zip, FindsMembersThatShareBytes) {
  std::string bytes = archive_of({{"a", "same"}, {"b", "same"}});
  // The second entry of the directory is made to point at the first member.
  const std::size_t entry = bytes.rfind("PK\x01\x02");
  bytes.replace(entry + 42, 4, number(0, 4));
  EXPECT_THAT(text_of(file(bytes) / "a").error().message, HasSubstr("share bytes"));
}

TEST_F(Zip, FindsDamageWhereverItIs) {
  const std::string whole = archive_of({{"a.csv", "id,name\n1,Ann\n2,Bob\n"}});
  const std::string text = *text_of(file(whole));
  for (std::size_t at = kZipMagic.size(); at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x15);
    const auto read = text_of(file(broken));
    if (read) {
      EXPECT_EQ(*read, text) << at;  // The byte was one that means nothing here.
    }
    const auto cut = text_of(file(std::string_view(whole).substr(0, at)));
    EXPECT_FALSE(cut && *cut == text) << at;
  }
}

}  // namespace
}  // namespace cip::ingest
