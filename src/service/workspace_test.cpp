#include "service/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class WorkspaceTest : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] const fs::path& folder() const noexcept { return folder_; }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(folder_);
    ASSERT_TRUE(write_file(folder_ / name, text));
  }

 private:
  fs::path folder_ = fs::temp_directory_path() / fmt::format("cip_workspace_{}", ::getpid());
};

TEST_F(WorkspaceTest, IsMadeWithAllItNeeds) {
  const Workspace made = init_workspace(folder()).value();
  for (const fs::path& path :
       {folder() / "cip.toml", made.inbox(), made.sources(), made.models(), made.data_db()}) {
    EXPECT_TRUE(fs::exists(path)) << path;
  }
  EXPECT_EQ(made.config.name, folder().filename().string());
  EXPECT_NE(made.model.find_table("transactions"), nullptr);
}

TEST_F(WorkspaceTest, IsOpenedAsItWasMade) {
  const Workspace made = init_workspace(folder()).value();
  const Workspace opened = open_workspace(folder()).value();
  EXPECT_EQ(opened.folder, made.folder);
  EXPECT_EQ(opened.config.name, made.config.name);
}

TEST_F(WorkspaceTest, IsNotMadeTwice) {
  ASSERT_TRUE(init_workspace(folder()));
  const auto again = init_workspace(folder());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::Conflict);
  EXPECT_THAT(again.error().message, HasSubstr("is a workspace already"));
}

TEST_F(WorkspaceTest, CompletesAnExampleWithoutTouchingItsFiles) {
  write("cip.toml", "name = \"Online Retail\"\n");
  EXPECT_EQ(init_workspace(folder()).value().config.name, "Online Retail");
  EXPECT_EQ(read_file(folder() / "cip.toml").value(), "name = \"Online Retail\"\n");
}

TEST_F(WorkspaceTest, SaysHowToMakeOneWhereThereIsNone) {
  const auto missing = open_workspace(folder());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("cip init " + folder().string()));
}

TEST_F(WorkspaceTest, RefusesAnUnknownSettingWithItsPlace) {
  write("cip.toml", "name = \"Shop\"\n\n[server]\nprot = 1\n");
  const auto refused = open_workspace(folder());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("cip.toml:4:"));
}

TEST_F(WorkspaceTest, RefusesAModelThatIsNoneAndMakesNoDatabase) {
  write("model.toml", "currency = \n");
  const auto refused = init_workspace(folder());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("model.toml:1:"));
  EXPECT_FALSE(fs::exists(folder() / "data.db"));
}

TEST_F(WorkspaceTest, TakesAModelOfItsOwnForMore) {
  write("model.toml", "currency = \"NOK\"\n");
  const Workspace made = init_workspace(folder()).value();
  EXPECT_EQ(made.model.currency, "NOK");
  EXPECT_NE(made.model.find_metric("revenue"), nullptr);
}

TEST_F(WorkspaceTest, IsNotMadeBelowAFile) {
  write("file", "");
  const auto refused = init_workspace(folder() / "file" / "below");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
}

}  // namespace
}  // namespace cip::service
