#include "service/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cip::service {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Error refusal_of(const std::string& toml) {
  const auto parsed = parse_config(toml, "cip.toml");
  return parsed ? Error{Errc::NotFound, "was taken"} : parsed.error();
}

TEST(Config, HoldsDefaultsWhereTheFileSaysNothing) {
  const Config config = parse_config("", "cip.toml").value();
  EXPECT_EQ(config.name, "Customer base");
  EXPECT_EQ(config.address, "127.0.0.1");
  EXPECT_EQ(config.port, 8501);
  EXPECT_EQ(config.page_role, account::Role::Analyst);
  EXPECT_EQ(config.retention.undo_days, 30);
  EXPECT_EQ(config.retention.profile_runs, 200);
}

TEST(Config, TakesWhatTheFileSays) {
  const Config config = parse_config(
                            "name = \"Shop\"\n[server]\naddress = \"::1\"\nport = 80\n"
                            "role = \"steward\"\n[retention]\nundo_days = 0\n"
                            "profile_runs = 12\n",
                            "cip.toml")
                            .value();
  EXPECT_EQ(config.name, "Shop");
  EXPECT_EQ(config.address, "::1");
  EXPECT_EQ(config.port, 80);
  EXPECT_EQ(config.page_role, account::Role::Steward);
  EXPECT_EQ(config.retention.undo_days, 0);
  EXPECT_EQ(config.retention.profile_runs, 12);
}

TEST(Config, ReadsTheFileThatItWritesItself) {
  const Config config = parse_config(default_config_text("Shop & Söhne"), "cip.toml").value();
  EXPECT_EQ(config.name, "Shop & Söhne");
  EXPECT_EQ(config.port, Config{}.port);
}

TEST(Config, RefusesAnUnknownSettingWithItsPlaceAndTheNearest) {
  const Error top = refusal_of("\nnmae = \"Shop\"\n");
  EXPECT_EQ(top.code, Errc::InvalidArgument);
  EXPECT_THAT(top.message, StartsWith("cip.toml:2:"));
  EXPECT_THAT(top.message, HasSubstr("'nmae', did you mean 'name'"));
  const Error below = refusal_of("[server]\nprot = 8501\n");
  EXPECT_THAT(below.message, StartsWith("cip.toml:2:"));
  EXPECT_THAT(below.message, HasSubstr("'server.prot', did you mean 'server.port'"));
}

struct Refusal {
  std::string name;
  std::string toml;
  std::string place;
  std::string message;
};

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, NameThePlaceAndWhatWasWanted) {
  const Refusal& refusal = GetParam();
  const Error error = refusal_of(refusal.toml);
  EXPECT_EQ(error.code, Errc::InvalidArgument);
  EXPECT_THAT(error.message, StartsWith("cip.toml:" + refusal.place));
  EXPECT_THAT(error.message, HasSubstr(refusal.message));
}

INSTANTIATE_TEST_SUITE_P(
    Config, Refusals,
    testing::Values(
        Refusal{"NotToml", "name = \n", "1:", ""},
        Refusal{"ANameThatIsNoText", "name = 5\n", "1:", "wants a text"},
        Refusal{"APortThatIsNoNumber", "[server]\nport = \"8501\"\n", "2:", "wants a number"},
        Refusal{"ATimeBeforeNow", "[retention]\nundo_days = -1\n", "2:", "is -1, wanted 0"},
        Refusal{"HalfARun", "[retention]\nprofile_runs = 0.5\n", "2:", "wants a number of runs"},
        Refusal{"ARetentionThatIsNoSection", "retention = 30\n", "1:", "a section [retention]"},
        Refusal{"PortZero", "[server]\nport = 0\n", "2:", "is 0, wanted 1 to 65535"},
        Refusal{"APortTooHigh", "[server]\nport = 65536\n", "2:", "wanted 1 to 65535"},
        Refusal{"AnAddressOfTheWorld", "[server]\naddress = \"0.0.0.0\"\n", "2:", "0.0.0.0"},
        Refusal{"AnUnknownRole", "[server]\nrole = \"stewart\"\n", "2:", "did you mean 'steward'"},
        Refusal{"AServerThatIsNoSection", "server = 8501\n", "1:", "[server]"}),
    [](const auto& refusal) { return refusal.param.name; });

}  // namespace
}  // namespace cip::service
