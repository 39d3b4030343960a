// service/jobs.h: long work that a page starts and looks after, one job at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"

namespace cip::service {

class Jobs {
 public:
  /// Does the work of a job. What it fails with becomes the job's message; what it throws too.
  using Work = std::function<Result<void>(Progress&)>;

  Jobs();
  ~Jobs();  // Waits for the running job; those that have not begun are dropped.
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// Queues a job and returns its id.
  ///
  /// Errors:  Conflict       one of this kind is waiting or running
  ///          LimitExceeded  too many wait
  Result<std::int64_t> start(std::string kind, Work work);

  /// {job_id,kind,state:"waiting"|"running"|"done"|"failed",step,done,total,message}.
  ///
  /// Errors:  NotFound  no job has this id
  Result<Json> describe(std::int64_t job_id);

 private:
  struct Job;
  class JobProgress;

  void run();

  std::mutex lock_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, std::shared_ptr<Job>> jobs_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::thread worker_;
};

}  // namespace cip::service
