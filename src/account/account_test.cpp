#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "account/audit.h"
#include "account/role.h"
#include "sql/sqlite_connection.h"

namespace cip::account {
namespace {

using testing::HasSubstr;

TEST(Role, MayDoAllThatTheOneBelowMay) {
  const std::vector<Role> roles = {Role::Viewer, Role::Analyst, Role::Steward, Role::Admin};
  for (std::size_t at = 1; at < roles.size(); ++at) {
    for (int permission = 0; permission <= static_cast<int>(Permission::ManageWorkspace);
         ++permission) {
      const auto wanted = static_cast<Permission>(permission);
      EXPECT_LE(may({"x", roles[at - 1]}, wanted), may({"x", roles[at]}, wanted));
    }
  }
}

TEST(Role, KeepsPersonalDataFromAnalysts) {
  EXPECT_FALSE(may({"a", Role::Analyst}, Permission::ViewPersonalData));
  EXPECT_TRUE(may({"s", Role::Steward}, Permission::ViewPersonalData));
  const auto refused = require({"a", Role::Analyst}, Permission::ViewPersonalData);
  EXPECT_EQ(refused.error().code, Errc::Forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("steward and above may"));
}

TEST(Role, IsTheLeastWhenNobodySaysWhich) { EXPECT_EQ(Identity{}.role, Role::Viewer); }

TEST(Role, IsReadBackFromItsName) {
  for (const Role role : {Role::Viewer, Role::Analyst, Role::Steward, Role::Admin}) {
    EXPECT_EQ(parse_role(name_of(role)), role);
  }
  EXPECT_EQ(parse_role("root"), std::nullopt);
}

class AuditLogTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(path_); }
  void TearDown() override { std::filesystem::remove(path_); }

  // Tests run side by side: each has a file of its own.
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("cip_audit_") + testing::UnitTest::GetInstance()->current_test_info()->name() +
       ".db");
};

TEST_F(AuditLogTest, KeepsEntriesNewestFirstAcrossReopening) {
  ASSERT_TRUE(AuditLog::open(path_).value().add({1, "ada", "admin", "load", "a.csv", "done"}));
  AuditLog reopened = AuditLog::open(path_).value();
  ASSERT_TRUE(reopened.add({2, "bo", "steward", "train", "churn", "failed"}));
  const auto entries = reopened.newest(10).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].who, "bo");
  EXPECT_EQ(entries[1].at, 1);
  EXPECT_EQ(reopened.newest(1)->size(), 1U);
}

TEST_F(AuditLogTest, CannotBeRewritten) {
  ASSERT_TRUE(AuditLog::open(path_).value().add({1, "ada", "admin", "load", "a.csv", "done"}));
  auto connection = sql::SqliteConnection::open(path_.string()).value();
  EXPECT_EQ(connection->execute({"DELETE FROM audit_log"}).error().code, Errc::Conflict);
  EXPECT_EQ(connection->execute({"UPDATE audit_log SET who = 'x'"}).error().code, Errc::Conflict);
}

}  // namespace
}  // namespace cip::account
