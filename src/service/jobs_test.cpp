#include "service/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/json.h"

namespace cip::service {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<void> succeed(Progress&) { return {}; }

std::string text_of(Jobs& jobs, std::int64_t job, std::string_view key) {
  const Json json = jobs.describe(job).value();
  return json.at(key).is_null() ? "null" : std::string(json.at(key).as_string());
}

// The state in which a job ends.
std::string end_of(Jobs& jobs, std::int64_t job) {
  for (;;) {
    std::string state = text_of(jobs, job, "state");
    if (state == "done" || state == "failed") return state;
    std::this_thread::yield();
  }
}

// Work that a test lets go on when it likes.
class Gate {
 public:
  [[nodiscard]] Jobs::Work work() {
    return [this](Progress& progress) -> Result<void> {
      progress.report("waiting at the gate", 3, 10);
      begun_.set_value();
      opened_.wait();
      return {};
    };
  }
  void wait_until_begun() { begun_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> begun_;
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

TEST(Jobs, EndDone) {
  Jobs jobs;
  const std::int64_t job = jobs.start("train", succeed).value();
  EXPECT_EQ(end_of(jobs, job), "done");
  EXPECT_EQ(text_of(jobs, job, "kind"), "train");
  EXPECT_EQ(text_of(jobs, job, "message"), "null");
  EXPECT_EQ(jobs.describe(job)->at("job_id").as_string(), std::to_string(job));
}

TEST(Jobs, SayWhyTheyFailed) {
  Jobs jobs;
  const auto job = jobs.start("train", [](Progress&) -> Result<void> {
    return fail(Errc::Undefined, "there are no customers yet");
  });
  EXPECT_EQ(end_of(jobs, *job), "failed");
  EXPECT_EQ(text_of(jobs, *job, "message"), "there are no customers yet");
}

TEST(Jobs, FailEvenWithoutAWord) {
  Jobs jobs;
  const auto job =
      jobs.start("train", [](Progress&) -> Result<void> { return fail(Errc::Unavailable, ""); });
  EXPECT_EQ(end_of(jobs, *job), "failed");
}

TEST(Jobs, OutliveWhatAJobThrowsAndHideItsDetail) {
  Jobs jobs;
  const auto job = jobs.start("train", [](Progress&) -> Result<void> {
    throw std::logic_error("secret detail of the inside");
  });
  EXPECT_EQ(end_of(jobs, *job), "failed");
  EXPECT_THAT(text_of(jobs, *job, "message"), Not(HasSubstr("secret")));
  EXPECT_EQ(end_of(jobs, jobs.start("train", succeed).value()), "done");
}

TEST(Jobs, TellHowFarTheyAre) {
  Gate gate;
  Jobs jobs;
  const std::int64_t job = jobs.start("train", gate.work()).value();
  gate.wait_until_begun();
  const Json json = jobs.describe(job).value();
  EXPECT_EQ(json.at("state").as_string(), "running");
  EXPECT_EQ(json.at("step").as_string(), "waiting at the gate");
  EXPECT_EQ(json.at("done").to_number<int>(), 3);
  EXPECT_EQ(json.at("total").to_number<int>(), 10);
  gate.open();
  EXPECT_EQ(end_of(jobs, job), "done");
}

TEST(Jobs, AreOneOfEachKindAtATime) {
  Gate gate;
  Jobs jobs;
  const std::int64_t running = jobs.start("train", gate.work()).value();
  gate.wait_until_begun();
  const auto refused = jobs.start("train", succeed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("job " + std::to_string(running)));
  const std::int64_t other = jobs.start("load", succeed).value();
  EXPECT_EQ(text_of(jobs, other, "state"), "waiting");
  EXPECT_EQ(jobs.start("load", succeed).error().code, Errc::Conflict) << "a waiting one counts";
  gate.open();
  EXPECT_EQ(end_of(jobs, running), "done");
  EXPECT_EQ(end_of(jobs, other), "done");
  EXPECT_TRUE(jobs.start("train", succeed));
}

TEST(Jobs, WaitOnlySoMany) {
  Gate gate;
  Jobs jobs;
  ASSERT_TRUE(jobs.start("train", gate.work()));
  gate.wait_until_begun();
  Result<std::int64_t> started = 0;
  for (int at = 0; started && at < 1000; ++at) {
    started = jobs.start("kind " + std::to_string(at), succeed);
  }
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::LimitExceeded);
  gate.open();
}

TEST(Jobs, ThatNobodyStartedAreNotFound) {
  Jobs jobs;
  EXPECT_EQ(jobs.describe(1).error().code, Errc::NotFound);
  EXPECT_EQ(jobs.describe(-1).error().code, Errc::NotFound);
}

}  // namespace
}  // namespace cip::service
