#include "service/jobs.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace cip::service {
namespace {

constexpr std::size_t kMaxWaiting = 16;
constexpr std::size_t kMaxKept = 64;

}  // namespace

struct Jobs::Job {
  std::int64_t id = 0;
  std::string kind;
  Work work;
  std::string state = "waiting";
  std::string step;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::string message;
};

class Jobs::JobProgress final : public Progress {
 public:
  JobProgress(Jobs& jobs, Job& job) : jobs_(jobs), job_(job) {}

  void report(std::string_view step, std::uint64_t done, std::uint64_t total) override {
    const std::lock_guard lock(jobs_.lock_);
    job_.step = step;
    job_.done = done;
    job_.total = total;
  }
  void finish(std::string_view step) override {
    const std::lock_guard lock(jobs_.lock_);
    job_.step = step;
    job_.done = job_.total;
  }

 private:
  Jobs& jobs_;
  Job& job_;
};

Jobs::Jobs() : worker_([this] { run(); }) {}

Jobs::~Jobs() {
  {
    const std::lock_guard lock(lock_);
    is_stopping_ = true;
    waiting_.clear();
  }
  wake_.notify_all();
  worker_.join();
}

Result<std::int64_t> Jobs::start(std::string kind, Work work) {
  const std::lock_guard lock(lock_);
  for (const auto& [id, job] : jobs_) {
    const bool is_open = job->state == "waiting" || job->state == "running";
    if (is_open && job->kind == kind) {
      return fail(Errc::Conflict,
                  fmt::format("a {} job is {} already (job {})", kind, job->state, id));
    }
  }
  if (waiting_.size() >= kMaxWaiting) {
    return fail(Errc::LimitExceeded,
                fmt::format("{} jobs are waiting, try again later", kMaxWaiting));
  }
  auto job = std::make_shared<Job>();
  job->id = ++last_id_;
  job->kind = std::move(kind);
  job->work = std::move(work);
  jobs_.emplace(job->id, job);
  if (jobs_.size() > kMaxKept) jobs_.erase(jobs_.begin());
  waiting_.push_back(job);
  wake_.notify_one();
  return job->id;
}

Result<Json> Jobs::describe(std::int64_t job_id) {
  const std::lock_guard lock(lock_);
  const auto found = jobs_.find(job_id);
  if (found == jobs_.end()) return fail(Errc::NotFound, fmt::format("no job {}", job_id));
  const Job& job = *found->second;
  return Json(JsonObject{{"job_id", std::to_string(job.id)},
                         {"kind", job.kind},
                         {"state", job.state},
                         {"step", job.step},
                         {"done", job.done},
                         {"total", job.total},
                         {"message", job.message.empty() ? Json(nullptr) : Json(job.message)}});
}

void Jobs::run() {
  std::unique_lock lock(lock_);
  for (;;) {
    wake_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
    const std::shared_ptr<Job> job = waiting_.front();
    waiting_.pop_front();
    job->state = "running";
    lock.unlock();

    bool is_done = false;
    std::string message;
    JobProgress progress(*this, *job);
    try {
      const Result<void> outcome = job->work(progress);
      is_done = outcome.has_value();
      if (!is_done) message = outcome.error().message;
    } catch (const std::exception& error) {
      // One of the three places that catch: a bug in a job must not take the server down.
      log(LogLevel::Error, fmt::format("job {} ({}) broke: {}", job->id, job->kind, error.what()));
      message = "the job broke; the log of the server says where";
    }

    lock.lock();
    job->work = nullptr;
    job->message = message;
    job->state = is_done ? "done" : "failed";
  }
}

}  // namespace cip::service
