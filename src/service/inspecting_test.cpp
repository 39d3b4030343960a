#include "service/inspecting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

const account::Identity kSteward{"test", account::Role::Steward};
const account::Identity kAnalyst{"test", account::Role::Analyst};

class Inspecting : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    Workspace workspace = init_workspace(folder_ / "ws").value();
    ASSERT_TRUE(write_file(folder_ / "ws/inbox/orders.csv", "id;amount\n1;2,50\n2;x\n"));
    ASSERT_TRUE(write_file(folder_ / "secret.csv", "id\n1\n"));
    platform_ = Platform::open(std::move(workspace)).value();
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<Json> look_at(const std::string& file, const account::Identity& who = kSteward) {
    return inspect_inside(*platform_, who, file);
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_inspecting_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
};

TEST_F(Inspecting, DescribesAFileOfTheInbox) {
  const auto found = look_at("inbox/orders.csv");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->at("file"), "inbox/orders.csv");
  EXPECT_EQ(found->at("delimiter").at("guess"), ";");
  EXPECT_EQ(found->at("columns").as_array().at(1).at("type"), "text");
  EXPECT_EQ(found->at("columns").as_array().at(1).at("line"), 3);
}

TEST_F(Inspecting, IsForThoseWhoMayLoad) {
  const auto refused = look_at("inbox/orders.csv", kAnalyst);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Forbidden);
}

TEST_F(Inspecting, DoesNotLeaveTheInbox) {
  std::filesystem::create_symlink(folder() / "secret.csv", folder() / "ws/inbox/link.csv");
  for (const std::string& file :
       {std::string("../secret.csv"), (folder() / "secret.csv").string(),
        std::string("inbox/../../secret.csv"), std::string("inbox/link.csv"),
        std::string("data.db"), std::string("")}) {
    const auto refused = look_at(file);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("not in the inbox"));
  }
  EXPECT_EQ(look_at("inbox/none.csv").error().code, Errc::NotFound);
}

}  // namespace
}  // namespace cip::service
