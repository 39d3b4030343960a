#include "service/uploading.h"

#include <string>
#include <vector>

#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const account::Identity kAnalyst{"Eve", account::Role::Analyst};

constexpr std::string_view kFile =
    "customer_id,name,email,signup_date\n1,Ada,ada@example.org,2024-01-02\n"
    "2,Bob,bob@example.org,2024-01-03\nx,Cid,cid@example.org,2024-01-04\n";

class Uploading : public LoadedWorkspace {
 protected:
  // As the server does it: the bytes go into the file that begin_upload() made.
  Result<Json> upload(const std::string& name, std::string_view bytes,
                      const account::Identity& who = kSteward) {
    CIP_TRY_ASSIGN(const auto path, begin_upload(platform(), who, name));
    CIP_TRY(write_file(path, bytes));
    auto done = finish_upload(platform(), who, name, path);
    std::filesystem::remove(path);
    return done;
  }

  Json uploaded(const std::string& name, std::string_view bytes) {
    const auto done = upload(name, bytes);
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : Json();
  }

  std::string proposal(const std::string& file) {
    const auto found = mapping_for_upload(platform(), kSteward, file);
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::string(found->at("text").as_string()) : "";
  }

  Result<Json> preview(const std::string& file, const std::string& text) {
    return preview_upload(platform(), kSteward, file, text, no_progress());
  }

  [[nodiscard]] bool is_there(const std::string& name) const {
    return std::filesystem::exists(folder() / name);
  }
};

TEST_F(Uploading, PutsAFileIntoTheInbox) {
  const Json done = uploaded("people.csv", kFile);
  EXPECT_EQ(done.at("file"), "inbox/people.csv");
  EXPECT_EQ(read_file(folder() / "inbox/people.csv").value(), kFile);
}

TEST_F(Uploading, NeverOverwrites) {
  uploaded("people.csv", kFile);
  const auto again = upload("people.csv", "id\n1\n");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::Conflict);
  EXPECT_THAT(again.error().message, HasSubstr("people-2.csv"));
  EXPECT_EQ(read_file(folder() / "inbox/people.csv").value(), kFile);
}

TEST_F(Uploading, TakesNoNameThatIsAPath) {
  for (const std::string& name : std::vector<std::string>{
           "", ".", "..", "../people.csv", "a/b.csv", "a\\b.csv", "/etc/passwd", ".hidden.csv",
           "a\nb.csv", std::string("a\0b.csv", 7), std::string(300, 'a')}) {
    const auto refused = begin_upload(platform(), kSteward, name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Errc::InvalidArgument) << name;
  }
}

TEST_F(Uploading, IsForThoseWhoMayLoad) {
  EXPECT_EQ(begin_upload(platform(), kAnalyst, "a.csv").error().code, Errc::Forbidden);
  EXPECT_EQ(check_mapping(platform(), kAnalyst, "inbox/a.csv", "").error().code, Errc::Forbidden);
  EXPECT_EQ(discard_upload(platform(), kAnalyst, "inbox/a.csv").error().code, Errc::Forbidden);
  EXPECT_FALSE(is_there("inbox/.arriving"));
}

TEST_F(Uploading, RefusesWhatIsNoText) {
  const auto binary = upload("a.csv", std::string("\x7F"
                                                  "ELF\0\0\0",
                                                  7));
  ASSERT_FALSE(binary);
  EXPECT_THAT(binary.error().message, HasSubstr("not text: byte 5 is zero"));
  EXPECT_THAT(upload("b.csv", "").error().message, HasSubstr("empty"));
  EXPECT_FALSE(is_there("inbox/a.csv"));
  // UTF-16 has zero bytes and is text.
  EXPECT_TRUE(upload("c.csv", std::string("\xFF\xFE"
                                          "a\0\n\0",
                                          6)));
}

TEST_F(Uploading, PreviewsPublishesAndLeavesNothingHalfDone) {
  uploaded("people.csv", kFile);
  const auto report = preview("inbox/people.csv", proposal("inbox/people.csv"));
  ASSERT_TRUE(report) << report.error().message;
  const Json run = report->at("runs").as_array().at(0);
  EXPECT_TRUE(run.at("is_held").as_bool());
  EXPECT_EQ(run.at("file"), "inbox/people.csv");
  EXPECT_EQ(run.at("tables").as_array().at(0).at("loaded"), 2);
  EXPECT_EQ(run.at("tables").as_array().at(0).at("rejected"), 1);
  ASSERT_TRUE(publish_run(platform(), kSteward, run.at("run_id").to_number<int>(), no_progress()));
  const auto refused = discard_upload(platform(), kSteward, "inbox/people.csv");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("undo that run first"));
  EXPECT_TRUE(is_there("inbox/people.csv"));
  ASSERT_TRUE(undo_run(platform(), kSteward, run.at("run_id").to_number<int>()));
  ASSERT_TRUE(discard_upload(platform(), kSteward, "inbox/people.csv"));
  EXPECT_FALSE(is_there("inbox/people.csv"));
}

TEST_F(Uploading, KeepsOneRunOfAFileInStaging) {
  uploaded("people.csv", kFile);
  const std::string text = proposal("inbox/people.csv");
  ASSERT_TRUE(preview("inbox/people.csv", text));
  ASSERT_TRUE(preview("inbox/people.csv", text + "\n# looked at again\n"));
  const Json runs = list_runs(platform(), kSteward, 10).value();
  EXPECT_EQ(runs.at("runs").as_array().at(0).at("status"), "held");
  EXPECT_EQ(runs.at("runs").as_array().at(1).at("status"), "discarded");
}

TEST_F(Uploading, GivesUpTheRunTheMappingAndTheFile) {
  uploaded("people.csv", kFile);
  ASSERT_TRUE(preview("inbox/people.csv", proposal("inbox/people.csv")));
  EXPECT_TRUE(is_there("sources/people.toml"));
  ASSERT_TRUE(discard_upload(platform(), kSteward, "inbox/people.csv"));
  EXPECT_FALSE(is_there("sources/people.toml"));
  EXPECT_FALSE(is_there("inbox/people.csv"));
  EXPECT_TRUE(std::filesystem::is_empty(folder() / "inbox/.arriving"));
  const Json runs = list_runs(platform(), kSteward, 10).value();
  EXPECT_EQ(runs.at("runs").as_array().at(0).at("status"), "discarded");
}

TEST_F(Uploading, RemovesOnlyWhatCameThroughThePages) {
  write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,Ada,a@example.org,2024-01-02\n");
  EXPECT_EQ(discard_upload(platform(), kSteward, "inbox/shop.csv").error().code, Errc::NotFound);
  EXPECT_TRUE(is_there("inbox/shop.csv"));
}

TEST_F(Uploading, ShowsTheMappingThatNamesTheFileAlready) {
  uploaded("shop-2.csv", "id,Full name,E-Mail,since\n1,Ada,a@example.org,2024-01-02\n");
  const auto found = mapping_for_upload(platform(), kSteward, "inbox/shop-2.csv");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->at("source"), "shop");
  EXPECT_FALSE(found->at("is_new").as_bool());
  ASSERT_TRUE(preview("inbox/shop-2.csv", std::string(kCustomersMapping)));
  ASSERT_TRUE(discard_upload(platform(), kSteward, "inbox/shop-2.csv"));
  EXPECT_TRUE(is_there("sources/shop.toml")) << "it was there before the file";
}

TEST_F(Uploading, ProposesAMappingUnderANameThatIsFree) {
  uploaded("new people.csv", kFile);
  EXPECT_THAT(proposal("inbox/new people.csv"), HasSubstr("source = \"new_people\""));
  write("sources/new_people.toml", kCustomersMapping);
  const std::string text = proposal("inbox/new people.csv");
  EXPECT_THAT(text, HasSubstr("source = \"new_people-2\""));
  const auto checked = check_mapping(platform(), kSteward, "inbox/new people.csv", text);
  EXPECT_THAT(checked.value().at("problems").as_array(), IsEmpty());
}

TEST_F(Uploading, DoesNotReplaceAMappingOfAnotherFile) {
  uploaded("people.csv", kFile);
  std::string text = proposal("inbox/people.csv");
  text.replace(text.find("source = \"people\""), 17, "source = \"shop\"");
  const auto refused = preview("inbox/people.csv", text);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_EQ(read_file(folder() / "sources/shop.toml").value(), kCustomersMapping);
}

TEST_F(Uploading, SaysWhatIsWrongWithAMappingByLine) {
  uploaded("people.csv", kFile);
  const std::string good = proposal("inbox/people.csv");
  const auto problems = [this](const std::string& text) {
    return check_mapping(platform(), kSteward, "inbox/people.csv", text)
        .value()
        .at("problems")
        .as_array();
  };
  EXPECT_THAT(problems(good), IsEmpty());
  const JsonArray wrong = problems(
      "source = \"people\"\nfiles = \"inbox/people.csv\"\n[[into]]\n"
      "table = \"custmers\"\n[into.map]\n");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong.at(0).at("line"), 4);
  EXPECT_THAT(std::string(wrong.at(0).at("message").as_string()), HasSubstr("customers"));
  std::string other = good;
  other.replace(other.find("inbox/people.csv"), 16, "inbox/others.csv");
  EXPECT_TRUE(problems(other).at(0).at("line").is_null());
}

TEST_F(Uploading, DropsTheMappingOfALoadThatFails) {
  uploaded("people.csv", kFile);
  std::string text = proposal("inbox/people.csv");
  text.replace(text.find("\"name\""), 6, "\"nom\"");
  ASSERT_FALSE(preview("inbox/people.csv", text));
  EXPECT_FALSE(is_there("sources/people.toml"));
}

}  // namespace
}  // namespace cip::service
