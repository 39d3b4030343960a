#include "service/rejects.h"

#include <string>

#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

constexpr std::string_view kShop =
    "id,Full name,E-Mail,since,city\n"
    "1,Ada,ada@example.com,2024-01-01,Oslo\n"
    "2,Bo,bo at example.com,2024-01-02,Bergen\n"
    "3,\"Cy, the third\",cy@example.com,02.03.2024,\"Two\nlines\"\n"
    "4,Di,di at example.com,31.12.2023,Moss\n"
    "5,Ed\n";

using Rejects = LoadedWorkspace;

TEST_F(Rejects, AreGroupedByCauseWithWhatMendingEachWouldRecover) {
  write("inbox/shop.csv", kShop);
  ingest();
  const Json list = rejects();
  EXPECT_EQ(list.at("total"), 4);
  const JsonArray& causes = list.at("causes").as_array();
  ASSERT_EQ(causes.size(), 3U);
  EXPECT_EQ(causes[0].at("cause"), "customers.signup_date:CAST_DATE");
  EXPECT_EQ(causes[0].at("count"), 2);
  EXPECT_EQ(causes[0].at("recovers"), 1) << "the other one has a wrong address as well";
  EXPECT_THAT(std::string(causes[0].at("suggestion").as_string()), HasSubstr("sources/shop.toml"));
  EXPECT_EQ(causes[1].at("cause"), "customers.email:EMAIL");
  EXPECT_EQ(causes[2].at("cause"), "customers:TOO_FEW_FIELDS");
  const Json& third = list.at("records").as_array()[1];
  EXPECT_EQ(third.at("raw"), "3,\"Cy, the third\",cy@example.com,02.03.2024,\"Two\nlines\"");
  EXPECT_EQ(third.at("line_first"), 4);
  EXPECT_EQ(third.at("line_last"), 5);
  EXPECT_EQ(third.at("byte_first"), static_cast<std::int64_t>(kShop.find("3,\"Cy")));
  EXPECT_EQ(third.at("byte_end"), static_cast<std::int64_t>(kShop.find("4,Di")));
}

TEST_F(Rejects, BecomeRowsWhenTheMappingIsMended) {
  write("inbox/shop.csv", kShop);
  ingest();
  std::string mended(kCustomersMapping);
  mended.replace(mended.find("since | date"), 12, "since | date(dd.mm.yyyy)");
  write("sources/shop.toml", mended);
  const Json outcome = replay({.cause = "CAST_DATE"});
  EXPECT_EQ(outcome.at("tried"), 2);
  EXPECT_EQ(outcome.at("loaded"), 1);
  EXPECT_EQ(outcome.at("rejected"), 1) << "its address is still wrong";
  EXPECT_EQ(customers(),
            "1|Ada|ada@example.com|2024-01-01|1\n"
            "3|Cy, the third|cy@example.com|2024-03-02|3\n");
  EXPECT_EQ(rows_of("SELECT extra FROM customers WHERE customer_id = 3"),
            "{\"city\":\"Two\\nlines\"}\n");
  EXPECT_EQ(rows_of("SELECT reject_id, status, attempts, loaded_key, replay_run_id FROM etl_reject "
                    "ORDER BY 1"),
            "1|open|0||\n2|loaded|1|3|2\n3|open|1||2\n4|open|0||\n");
  EXPECT_EQ(rows_of("SELECT code FROM etl_reject_error WHERE reject_id = 3"), "EMAIL\n");
  EXPECT_EQ(rows_of("SELECT kind, file_name FROM etl_metadata WHERE run_id = 2"),
            "replay|rejects of inbox/shop.csv\n");
}

TEST_F(Rejects, AreRepairedCellByCell) {
  write("inbox/shop.csv", kShop);
  ingest();
  const auto repaired =
      repair_reject(platform(), kSteward, 1, Json(JsonObject{{"E-Mail", "bo@example.com"}}));
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_EQ(rows_of("SELECT status, patch, changed_by FROM etl_reject WHERE reject_id = 1"),
            "repaired|{\"E-Mail\":\"bo@example.com\"}|Ada\n");
  EXPECT_EQ(replay({.ids = {1}}).at("loaded"), 1);
  EXPECT_THAT(customers(), HasSubstr("2|Bo|bo@example.com|2024-01-02|2\n"));
  const auto again = repair_reject(platform(), kSteward, 1, Json(JsonObject{{"id", "7"}}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::Conflict);
}

TEST_F(Rejects, AreRepairedInASpreadsheet) {
  write("inbox/shop.csv", kShop);
  ingest();
  std::string csv = export_rejects(platform(), kSteward, {}).value();
  EXPECT_THAT(csv, HasSubstr("_reject_id,_fault,id,Full name,E-Mail,since,city,_record\r\n"));
  EXPECT_THAT(csv, HasSubstr("\"5,Ed\"\r\n")) << "the bytes of what is faulty in form";
  const auto edit = [&csv](const std::string& from, const std::string& to) {
    ASSERT_NE(csv.find(from), std::string::npos) << csv;
    csv.replace(csv.find(from), from.size(), to);
  };
  edit("di at example.com,31.12.2023", "di@example.com,2023-12-31");
  edit("5,Ed,,,", "5,Ed,ed@example.com,2024-05-05,Voss");
  write("back.csv", csv);
  const auto counts = import_repairs(platform(), kSteward, folder() / "back.csv");
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->at("repaired"), 2);
  EXPECT_EQ(counts->at("unchanged"), 2);
  EXPECT_EQ(replay().at("loaded"), 2);
  EXPECT_EQ(customers(),
            "1|Ada|ada@example.com|2024-01-01|1\n"
            "4|Di|di@example.com|2023-12-31|4\n"
            "5|Ed|ed@example.com|2024-05-05|5\n");
}

TEST_F(Rejects, OfAnotherDelimiterAreReadAsTheirFileWas) {
  write("inbox/shop.csv",
        "id;Full name;E-Mail;since\n1;Ada, Countess;ada@example.com;2024-01-01\n"
        "2;\"Bo; or Bob\";bo;2024-01-02\n");
  ingest();
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"E-Mail", "b@b.no"}})));
  EXPECT_EQ(replay().at("loaded"), 1);
  EXPECT_THAT(customers(), HasSubstr("2|Bo; or Bob|b@b.no|2024-01-02|2\n"));
}

TEST_F(Rejects, OfJsonAndXmlAreReadAgainToo) {
  write("sources/shop.toml",
        "source = \"json\"\nfiles = \"inbox/c.json\"\n[[into]]\ntable = "
        "\"customers\"\nrecord = \"$.all[*]\"\n[into.map]\ncustomer_id = "
        "\"id\"\nemail = \"mail :: email\"\nextra = \"*\"\n");
  write("sources/xml.toml",
        "source = \"xml\"\nfiles = \"inbox/c.xml\"\n[[into]]\ntable = "
        "\"customers\"\nrecord = \"/all/c\"\n[into.map]\ncustomer_id = "
        "\"@id\"\nemail = \"mail :: email\"\n");
  write("inbox/c.json",
        "{\"all\": [{\"id\": 1, \"mail\": \"a@b.no\"},\n {\"id\": 2,\n \"mail\": "
        "\"nobody\", \"tags\": [1, {\"a\": 2}]}]}");
  write("inbox/c.xml",
        "<all>\n<c id=\"3\"><mail>some one</mail></c>\n<c "
        "id=\"4\"><mail>d@b.no</mail></c></all>");
  ingest();
  EXPECT_EQ(rejects().at("total"), 2);
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"mail", "b@b.no"}})));
  ASSERT_TRUE(repair_reject(platform(), kSteward, 2, Json(JsonObject{{"mail", "c@b.no"}})));
  EXPECT_EQ(replay().at("loaded"), 2);
  EXPECT_EQ(rows_of("SELECT customer_id, email, extra FROM customers ORDER BY 1"),
            "1|a@b.no|\n2|b@b.no|{\"tags\":[1, {\"a\": 2}]}\n3|c@b.no|\n4|d@b.no|\n");
}

TEST_F(Rejects, DoNotTakeThePlaceOfANewerVersion) {
  write("inbox/shop-1.csv", "id,Full name,E-Mail,since\n1,Ada,wrong,2024-01-01\n");
  ingest();
  write("inbox/shop-2.csv", "id,Full name,E-Mail,since\n1,Ada Byron,ada@example.com,2024-02-02\n");
  ingest();
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"E-Mail", "a@b.no"}})));
  const Json outcome = replay();
  EXPECT_EQ(outcome.at("superseded"), 1);
  EXPECT_EQ(outcome.at("loaded"), 0);
  EXPECT_EQ(customers(), "1|Ada Byron|ada@example.com|2024-02-02|1\n");
  EXPECT_EQ(rows_of("SELECT status FROM etl_reject"), "superseded\n");
}

TEST_F(Rejects, OfRecordsWithoutAKeyStayInTheStretchOfTheirFile) {
  write("sources/shop.toml",
        "source = \"shop\"\nfiles = \"inbox/shop*.csv\"\n[[into]]\ntable = \"customers\"\n"
        "[into.map]\ncustomer_id = \"#row\"\nname = \"name\"\nemail = \"mail :: email\"\n");
  write("inbox/shop-1.csv", "name,mail\nAda,ada@example.com\n");
  write("inbox/shop-2.csv", "name,mail\nBo,wrong\nCy,cy@example.com\n");
  ingest();
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"mail", "bo@example.com"}})));
  EXPECT_EQ(replay().at("loaded"), 1);
  EXPECT_EQ(rows_of("SELECT name, record_no FROM customers ORDER BY customer_id"),
            "Ada|1\nBo|1\nCy|2\n");
}

TEST_F(Rejects, AreSupersededWhenTheirFileIsLoadedAgain) {
  write("inbox/shop.csv", kShop);
  ingest();
  LoadOptions again;
  again.again = true;
  ingest(again);
  EXPECT_EQ(rows_of("SELECT run_id, status, count(*) FROM etl_reject GROUP BY 1, 2 ORDER BY 1"),
            "1|superseded|4\n2|open|4\n");
}

TEST_F(Rejects, ThatAreGivenUpAreNotTriedAgain) {
  write("inbox/shop.csv", kShop);
  ingest();
  const auto discarded = discard_rejects(platform(), kSteward, {.cause = "EMAIL"});
  ASSERT_TRUE(discarded) << discarded.error().message;
  EXPECT_EQ(discarded->at("discarded"), 2);
  EXPECT_EQ(replay().at("tried"), 2);
}

TEST_F(Rejects, ReplayedTwiceChangeNothing) {
  write("inbox/shop.csv", kShop);
  ingest();
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"E-Mail", "b@b.no"}})));
  replay();
  const std::string rows = rows_of("SELECT * FROM customers ORDER BY 1");
  EXPECT_EQ(replay().at("loaded"), 0);
  EXPECT_EQ(rows_of("SELECT * FROM customers ORDER BY 1"), rows);
}

TEST_F(Rejects, RefuseWhatMakesNoSense) {
  write("inbox/shop.csv", kShop);
  ingest();
  const auto refused = [this](std::int64_t id, JsonObject cells) {
    const auto repaired = repair_reject(platform(), kSteward, id, Json(std::move(cells)));
    EXPECT_FALSE(repaired);
    return repaired ? std::string() : repaired.error().message;
  };
  EXPECT_THAT(refused(99, {{"id", "1"}}), HasSubstr("there is no reject 99"));
  EXPECT_THAT(refused(1, {{"EMail", "x"}}), HasSubstr("did you mean 'E-Mail'"));
  EXPECT_THAT(refused(4, {{"E-Mail", "e@e.no"}}), HasSubstr("give all its columns"));
  write("other.csv", "a,b\n1,2\n");
  const auto imported = import_repairs(platform(), kSteward, folder() / "other.csv");
  ASSERT_FALSE(imported);
  EXPECT_THAT(imported.error().message, HasSubstr("_reject_id"));
  EXPECT_EQ(reject_filter(Json(JsonObject{{"status", "opne"}})).error().code,
            Errc::InvalidArgument);
  const account::Identity viewer{"Vi", account::Role::Viewer};
  EXPECT_EQ(replay_rejects(platform(), viewer, {}, no_progress()).error().code, Errc::Forbidden);
  const Json hidden = list_rejects(platform(), viewer, {}, 10).value();
  EXPECT_TRUE(hidden.at("records").as_array()[0].at("raw").is_null());
}

}  // namespace
}  // namespace cip::service
