// Whatever a file holds, every record and every byte of it is accounted for.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "ingest/mapping.h"
#include "ingest/record_reader.h"
#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

constexpr int kNumFiles = 120;
constexpr std::string_view kFormat =
    "\n[format]\ntype = \"csv\"\nencoding = \"utf-8\"\ndelimiter = \",\"\n";

std::string csv_of(Random& random) {
  std::string csv = "id,Full name,E-Mail,since,city\n";
  const auto num_records = 1 + random.below(80);
  for (std::uint64_t at = 0; at < num_records; ++at) {
    const auto id = random.below(60);
    csv += fmt::format("{},\"Name, {}\",{},2024-01-{:02},{}\n", id, id,
                       random.below(5) == 0 ? "wrong" : "a@b.no", 1 + random.below(31),
                       random.below(7) == 0 ? "\"two\nlines\"" : "Oslo");
  }
  return csv;
}

// Breaks a few places behind the header, each in one of the ways in which files break.
void mutate(std::string& csv, Random& random) {
  constexpr std::string_view kBytes(",\"\n\r;x\0\xE9 '", 10);
  const std::size_t header = csv.find('\n') + 1;
  const auto num_edits = random.below(8);
  for (std::uint64_t edit = 0; edit < num_edits && csv.size() > header + 2; ++edit) {
    const std::size_t at = header + random.below(csv.size() - header);
    switch (random.below(4)) {
      case 0:
        csv.erase(at, 1 + random.below(5));
        break;
      case 1:
        csv.insert(at, 1, kBytes[random.below(kBytes.size())]);
        break;
      case 2:
        csv[at] = kBytes[random.below(kBytes.size())];
        break;
      default:
        csv.insert(at, csv.substr(header + random.below(csv.size() - header), 30));
    }
  }
}

using Accounting = LoadedWorkspace;

// The header, the records one behind the other, and line ends: nothing else is in a file.
void expect_bytes_covered(const std::filesystem::path& file, std::string_view csv) {
  ingest::FormatSpec spec;
  spec.format = ingest::Format::Csv;
  spec.csv.delimiter = ',';
  spec.csv.encoding = ingest::Encoding::Utf8;
  const auto reader = ingest::open_reader(file, spec, {}).value();
  std::uint64_t end = csv.find('\n') + 1;
  ingest::RecordBatch records;
  while (reader->next(records).value()) {
    for (std::size_t at = 0; at < records.num_records(); ++at) {
      const ingest::Place& place = records.place(at);
      ASSERT_EQ(place.byte_first, end) << "record " << place.record_no;
      ASSERT_GT(place.byte_end, place.byte_first);
      ASSERT_LE(place.byte_end, csv.size());
      const std::string_view slice =
          csv.substr(place.byte_first, place.byte_end - place.byte_first);
      ASSERT_NE(slice.find(records.raw(at)), std::string_view::npos)
          << "record " << place.record_no;
      end = place.byte_end;
    }
  }
  ASSERT_EQ(csv.substr(end).find_first_not_of("\r\n"), std::string_view::npos)
      << "bytes behind the last record";
}

TEST_F(Accounting, HoldsForEveryRecordAndByteOfGeneratedAndBrokenFiles) {
  write("sources/shop.toml", std::string(kCustomersMapping) + std::string(kFormat));
  Random random(7);
  int num_loaded = 0;
  int num_with_rejects = 0;
  for (int round = 0; round < kNumFiles; ++round) {
    SCOPED_TRACE(fmt::format("file {}", round));
    std::string csv = csv_of(random);
    mutate(csv, random);
    write("inbox/shop.csv", csv);
    const std::string before = customers();
    const auto report = load_files(platform(), kSteward, {}, no_progress());
    if (!report) {  // Not fit to load as a whole: said so, and nothing happened.
      ASSERT_EQ(report.error().code, Errc::InvalidArgument) << report.error().message;
      ASSERT_EQ(customers(), before);
      continue;
    }
    ++num_loaded;
    ASSERT_NO_FATAL_FAILURE(expect_bytes_covered(folder() / "inbox/shop.csv", csv));
    ASSERT_EQ(rows_of("SELECT count(*) FROM etl_metadata WHERE records_found <> loaded + updated + "
                      "unchanged + duplicates + rejected + skipped"),
              "0\n");
    ASSERT_EQ(rows_of("SELECT count(*) FROM etl_metadata m WHERE kind = 'load' AND rejected <> "
                      "(SELECT count(*) FROM etl_reject r WHERE r.run_id = m.run_id)"),
              "0\n");
    ASSERT_EQ(
        rows_of("SELECT sum(num_bytes) FROM etl_bytes WHERE run_id = (SELECT max(run_id) FROM "
                "etl_bytes)"),
        fmt::format("{}\n", csv.size()));
    const Json open = rejects({.states = {"open"}});
    for (const Json& record : open.at("records").as_array()) {
      ++num_with_rejects;
      const auto first = record.at("byte_first").to_number<std::size_t>();
      const auto end = record.at("byte_end").to_number<std::size_t>();
      ASSERT_LE(end, csv.size());
      ASSERT_GE(record.at("faults").as_array().size(), 1U);
      ASSERT_LT(first, end);
    }
  }
  EXPECT_GT(num_loaded, kNumFiles / 2);
  EXPECT_GT(num_with_rejects, 0);
}

// Other formats: the same records, in other clothes.

struct Clothes {
  std::string_view name;
  std::string_view file;
  std::string_view format;  // Of the mapping.
  std::string_view before, between, after;
  std::string_view row;     // Of id, name, e-mail, day and city.
  std::string_view marks;   // What breaks it.
  bool is_fragile = false;  // A broken byte makes the file as a whole unfit, not one record.
};

constexpr std::string_view kJsonRow =
    R"({{"id": {}, "Full name": "{}", "E-Mail": "{}", "since": "{}", "city": "{}"}})";

const Clothes kClothes[] = {
    {"array", "inbox/shop.json", "type = \"json\"\nrecord = \"$[*]\"\n", "[\n", ",\n", "\n]\n",
     kJsonRow, ",\"\n{}[]:x\\"},
    {"document", "inbox/shop.json", "type = \"json\"\nrecord = \"$.data.people[*]\"\n",
     R"({"page": [1, 2], "data": {"n": null, "people": [)", ", ", R"(], "next": {"people": []}}})",
     kJsonRow, ",\"\n{}[]:x\\"},
    {"lines", "inbox/shop.jsonl", "type = \"jsonl\"\n", "\n", "\n", "\n\n", kJsonRow,
     ",\"\n{}[]:x\\"},
    {"xml", "inbox/shop.xml", "type = \"xml\"\nrecord = \"/shop/people/p\"\n",
     "<?xml version=\"1.0\"?>\n<shop><made>today</made><people>\n", "\n", "</people><p/></shop>\n",
     "<p><id>{}</id><name>{}</name><mail>{}</mail><since>{}</since><city>{}</city></p>", "<>/x &",
     true},
};

std::string text_of(const Clothes& of, Random& random) {
  std::string text(of.before);
  const auto num_records = 1 + random.below(60);
  for (std::uint64_t at = 0; at < num_records; ++at) {
    if (at != 0) text += of.between;
    const auto id = random.below(50);
    text += fmt::format(fmt::runtime(of.row), id, fmt::format("Name, {}", id),
                        random.below(5) == 0 ? "wrong" : "a@b.no",
                        fmt::format("2024-01-{:02}", 1 + random.below(31)), "Oslo");
  }
  text += of.after;
  return text;
}

void break_some(std::string& text, const Clothes& of, Random& random) {
  for (auto left = random.below(of.is_fragile ? 2 : 4); left > 0; --left) {
    const std::size_t at = random.below(text.size());
    const char mark = of.marks[random.below(of.marks.size())];
    if (random.below(2) == 0) {
      text[at] = mark;
    } else {
      text.insert(at, 1, mark);
    }
  }
}

std::string mapping_of(const Clothes& of) {
  const bool is_xml = of.name == "xml";
  return fmt::format(R"(source = "shop"
files = "{}"

[format]
{}
[[into]]
table = "customers"
[into.map]
customer_id = "id | integer"
name = "{}"
email = "{} :: email"
signup_date = "since | date"
extra = "*"
)",
                     of.file, of.format, is_xml ? "name" : "['Full name']",
                     is_xml ? "mail" : "['E-Mail']");
}

TEST_F(Accounting, HoldsForEveryRecordAndByteOfJsonAndXml) {
  for (const Clothes& of : kClothes) {
    write("sources/shop.toml", mapping_of(of));
    Random random(13);
    int num_loaded = 0;
    for (int round = 0; round < kNumFiles / 3; ++round) {
      SCOPED_TRACE(fmt::format("{}, file {}", of.name, round));
      std::string text = text_of(of, random);
      break_some(text, of, random);
      write(std::string(of.file), text);
      const std::string before = customers();
      const auto report = load_files(platform(), kSteward, {.again = true}, no_progress());
      if (!report) {
        ASSERT_NE(report.error().code, Errc::Conflict) << report.error().message;
        ASSERT_EQ(customers(), before);
        continue;
      }
      ++num_loaded;
      ASSERT_EQ(rows_of("SELECT count(*) FROM etl_metadata WHERE records_found <> loaded + updated "
                        "+ unchanged + duplicates + rejected + skipped"),
                "0\n");
      // What was loaded, refused and passed by is the file, and the records are those found.
      const std::string last = "WHERE run_id = (SELECT max(run_id) FROM etl_bytes)";
      ASSERT_EQ(rows_of("SELECT sum(num_bytes) FROM etl_bytes " + last),
                fmt::format("{}\n", text.size()));
      ASSERT_EQ(rows_of(fmt::format("SELECT count FROM etl_bytes {} AND part = 'records'", last)),
                rows_of("SELECT records_found FROM etl_metadata WHERE run_id = (SELECT max(run_id) "
                        "FROM etl_bytes)"));
    }
    EXPECT_GT(num_loaded, 0) << of.name;
    std::filesystem::remove(folder() / of.file);
  }
}

TEST_F(Accounting, NamesEveryByteOfAFileThatIsInNoRecord) {
  write("sources/shop.toml",
        std::string(kCustomersMapping) + std::string(kFormat) + "preamble = 2\nfooter = 1\n");
  const std::string csv =
      "\xEF\xBB\xBFreport\nof today\nid,Full name,E-Mail,since\n1,A,a@b.no,2024-01-01\n"
      "2,B,wrong,2024-01-01\n\n3,C,c@b.no,2024-01-01\ntotal,3,,\n";
  write("inbox/shop.csv", csv);
  const Json report = ingest();
  EXPECT_EQ(rows_of("SELECT part, num_bytes, count FROM etl_bytes ORDER BY rowid"),
            "records|66|3\nbyte order mark|3|0\npreamble|16|2\nheader|26|1\nfooter|10|1\n");
  EXPECT_EQ(rows_of("SELECT sum(num_bytes) FROM etl_bytes"), fmt::format("{}\n", csv.size()));
  const Json& reading = report.at("runs").at(0).at("byte_parts").at(0);
  EXPECT_EQ(reading.at("bytes").to_number<std::size_t>(), csv.size());
  EXPECT_EQ(reading.at("parts").as_array().size(), 5U);
}

TEST_F(Accounting, HoldsAcrossReplaysAndUndoneRuns) {
  write("sources/shop.toml", std::string(kCustomersMapping) + std::string(kFormat));
  Random random(11);
  std::string csv = csv_of(random);
  mutate(csv, random);
  write("inbox/shop.csv", csv);
  ingest();
  const std::string before = rows_of("SELECT * FROM customers ORDER BY 1");
  const Json open = rejects();
  std::uint64_t num_repaired = 0;
  for (const Json& record : open.at("records").as_array()) {
    const auto id = record.at("reject_id").to_number<std::int64_t>();
    if (repair_reject(platform(), kSteward, id, Json(JsonObject{{"E-Mail", "c@d.no"}}))) {
      ++num_repaired;
    }
  }
  ASSERT_GT(num_repaired, 0U);
  const Json outcome = replay();
  EXPECT_EQ(outcome.at("tried").to_number<std::uint64_t>(),
            open.at("total").to_number<std::uint64_t>());
  EXPECT_EQ(outcome.at("tried").to_number<std::uint64_t>(),
            outcome.at("loaded").to_number<std::uint64_t>() +
                outcome.at("rejected").to_number<std::uint64_t>() +
                outcome.at("superseded").to_number<std::uint64_t>() +
                outcome.at("skipped").to_number<std::uint64_t>());
  const auto run = outcome.at("runs").as_array().at(0).at("run_id").to_number<std::int64_t>();
  ASSERT_TRUE(undo_run(platform(), kSteward, run));
  EXPECT_EQ(rows_of("SELECT * FROM customers ORDER BY 1"), before);
  EXPECT_EQ(rejects({.states = {"open"}}).at("total"), open.at("total"));
}

}  // namespace
}  // namespace cip::service
