#include "service/model_checking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class ModelCheck : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // NOLINTNEXTLINE(modernize-use-nodiscard): a file may be written for another to name.
  std::string write(const std::string& name, std::string_view toml) const {
    EXPECT_TRUE(write_file(folder_ / name, toml));
    return (folder_ / name).string();
  }

  // What the check of one file says is wrong.
  [[nodiscard]] std::string refusal(std::string_view toml) const {
    const auto checked = check_model_file(folder_, write("model.toml", toml));
    EXPECT_FALSE(checked) << toml;
    if (checked) return "";
    EXPECT_EQ(checked.error().code, Errc::InvalidArgument);
    return checked.error().message;
  }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("cip_models_{}", ::getpid());
};

TEST_F(ModelCheck, SaysWhatIsInAModelThatHolds) {
  EXPECT_THAT(check_model_file(folder_, "").value(),
              AllOf(HasSubstr("the built-in model: 6 tables"), HasSubstr("0 rules about rows")));
  const std::string file = write("mine.toml",
                                 "[rows.own]\nroles = [\"viewer\"]\nwhere = \"country = 'UK'\"\n"
                                 "[metric.web_revenue]\nsum = \"transactions.amount\"\n"
                                 "where = \"channel = 'web'\"\n");
  EXPECT_THAT(check_model_file(folder_, file).value(),
              AllOf(HasSubstr("mine.toml: 6 tables"), HasSubstr("1 rule about rows")));
}

TEST_F(ModelCheck, NamesFileLineAndColumn) {
  EXPECT_THAT(refusal("[metric.web]\nsum = \"transactions.amount\"\nwhere = \"chanel = 'web'\"\n"),
              AllOf(HasSubstr("model.toml:3:9: metric 'web'"), HasSubstr("channel")));
  EXPECT_THAT(refusal("[metric.web]\nsum = \"transactions.amount\"\nwhere = \"channel = \"\n"),
              HasSubstr("model.toml:3:9"));
  EXPECT_THAT(refusal("[metric.web]\nsum = \"transactions.amount\"\nwhere = \"device = 'x'\"\n"),
              HasSubstr("does not lead to dimension 'device'"));
  EXPECT_THAT(refusal("[metric.web]\nsum = \"transactions.amout\"\n"),
              AllOf(HasSubstr("model.toml:1"), HasSubstr("amount")));
  EXPECT_THAT(refusal("[dimension.place]\ncolumn = \"customers.country\"\ndrill = [\"citi\"]\n"),
              AllOf(HasSubstr("model.toml:1:1"), HasSubstr("city")));
}

TEST_F(ModelCheck, RefusesRulesThatWouldHideNothing) {
  // A role that nobody has would leave everybody unbound.
  EXPECT_THAT(refusal("[rows.own]\nroles = [\"viewr\"]\nwhere = \"country = 'UK'\"\n"),
              AllOf(HasSubstr("model.toml:2:9"), HasSubstr("viewer")));
  EXPECT_THAT(refusal("[rows.own]\nwhere = \"contry = 'UK'\"\n"),
              AllOf(HasSubstr("model.toml:2:9"), HasSubstr("country")));
  EXPECT_THAT(refusal("[rows.own]\nwhere = \"revenue > 3\"\n"), HasSubstr("is a metric"));
  EXPECT_THAT(refusal("[rows.own]\nwhere = \"customers.age = 'old'\"\n"), HasSubstr("rule 'own'"));
  EXPECT_THAT(refusal("[rows.own]\nroles = [\"viewer\"]\n"), HasSubstr("needs a 'where'"));
}

TEST_F(ModelCheck, RefusesMetricsInACircle) {
  EXPECT_THAT(refusal("[metric]\na = { expr = \"{b} + 1\" }\nb = { expr = \"{c} * 2\" }\n"
                      "c = { expr = \"{a} - 3\" }\n"),
              AllOf(HasSubstr("model.toml:"), HasSubstr("a -> b -> c -> a")));
}

TEST_F(ModelCheck, ReadsAChainOfModelsAndNamesTheFileThatIsAtFault) {
  write("base.toml", "[metric.web]\nsum = \"transactions.amount\"\nwhere = \"channel = 'web'\"\n");
  const std::string file =
      write("model.toml", "extends = \"base.toml\"\n[metric.half]\nexpr = \"{web} / 2\"\n");
  EXPECT_TRUE(check_model_file(folder_, file));
  write("base.toml", "[metric.web]\nsum = \"transactions.amount\"\nwhere = \"nothing = 'web'\"\n");
  EXPECT_THAT(check_model_file(folder_, file).error().message, HasSubstr("base.toml:3:9"));
}

TEST_F(ModelCheck, RefusesModelsThatExtendEachOtherInACircle) {
  write("a.toml", "extends = \"b.toml\"\n");
  const std::string file = write("b.toml", "extends = \"a.toml\"\n");
  const auto refused = check_model_file(folder_, file);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("circle"), HasSubstr("a.toml"), HasSubstr("b.toml")));
}

TEST_F(ModelCheck, SaysWhenAFileIsNotThere) {
  EXPECT_EQ(check_model_file(folder_, (folder_ / "no.toml").string()).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace cip::service
