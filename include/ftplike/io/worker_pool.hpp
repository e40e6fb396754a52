#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <ftplike/system/new_shared.hpp>
#include <ftplike/system/processors.hpp>

namespace ftplike::inline v0_2 {

/// Who a piece of blocking work is done for, as a number: clients take turns in a `WorkerPool`. 0 is nobody in
/// particular. `client_key` (io/subnet.hpp) makes one of an address.
using ClientKey = std::uint64_t;

/// Where jobs that may block are done: a disk's, a password's. The base of `ThreadPool` and of the simulated network's.
class WorkerPool {
 public:
  /// Some work that may block.
  using Job = std::function<void()>;

  WorkerPool() = default;
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  virtual ~WorkerPool() = default;
  /// Has a job done, which must not throw; false if too many are waiting already. **Threads:** any.
  virtual bool submit(Job job, ClientKey client) = 0;
};

/// Some threads and a bounded queue. Clients take turns: a thousand jobs of one client make another wait for one of
/// them at the most. Threads are started when they are first needed.
///
/// **Lifetime:** its destructor drops the jobs that wait and lets those that run end in threads of their own.
class ThreadPool final : public WorkerPool {
 public:
  /// At most `threads` (1 or more) at work, and `waiting` jobs that wait.
  explicit ThreadPool(unsigned threads, std::size_t waiting = 10'000)
      : queue_{detail::new_shared<Queue>(std::max(threads, 1u), waiting)} {}
  ~ThreadPool() override {
    const std::lock_guard lock{queue_->mutex};
    queue_->over = true;
    queue_->turns.clear();
    queue_->jobs.clear();
    queue_->changed.notify_all();
  }

  bool submit(Job job, ClientKey client) override {
    const std::shared_ptr<Queue> queue = queue_;  // what the job does may end this pool
    std::unique_lock lock{queue->mutex};
    if (queue->waiting >= queue->most_waiting) return false;
    if (queue->idle <= queue->waiting && queue->threads < queue->most_threads) {
      std::thread{[queue] { work(*queue); }}.detach();
      ++queue->threads;
    }
    queue->put(std::move(job), client);
    lock.unlock();  // first: the thread that wakes wants it
    queue->changed.notify_one();
    return true;
  }

 private:
  struct Queue {
    Queue(unsigned its_threads, std::size_t its_waiting) : most_threads{its_threads}, most_waiting{its_waiting} {}

    void put(Job job, ClientKey client) {
      if (client == 0) client = nobody--;  // takes a turn of its own
      auto& of_client = jobs[client];
      if (of_client.empty()) turns.push_back(client);
      of_client.push_back(std::move(job));
      ++waiting;
    }
    Job take() {
      const ClientKey client = turns.front();
      turns.pop_front();
      const auto of_client = jobs.find(client);
      Job job = std::move(of_client->second.front());
      of_client->second.pop_front();
      if (of_client->second.empty()) {
        jobs.erase(of_client);
      } else {
        turns.push_back(client);
      }
      --waiting;
      return job;
    }

    const unsigned most_threads;
    const std::size_t most_waiting;
    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    std::map<ClientKey, std::list<Job>> jobs;
    std::list<ClientKey> turns;  // each client with jobs once
    ClientKey nobody = ~ClientKey{0};
    std::size_t waiting = 0, idle = 0;
    unsigned threads = 0;
    bool over = false;
  };

  static void work(Queue& queue) {
    std::unique_lock lock{queue.mutex};
    for (;;) {
      ++queue.idle;
      queue.changed.wait(lock, [&] { return queue.over || !queue.turns.empty(); });
      --queue.idle;
      if (queue.over) return;
      Job job = queue.take();
      lock.unlock();
      job();
      job = nullptr;  // what it holds goes here, and not under the lock
      lock.lock();
    }
  }

  std::shared_ptr<Queue> queue_;
};

/// What kind of blocking work something is. Each kind has workers of its own: hashing passwords keeps no disk waiting.
enum class WorkKind { disk, password, lookup };

/// The workers of each kind.
///
/// The default is one for the whole process, whose threads are started when they are first needed. A transport can be
/// given others: `TcpTransport network{1, std::make_shared<WorkerPools>(8, 2)}`. A child that is forked needs its own:
/// threads are not forked.
class WorkerPools {
 public:
  /// With so many threads for disks, for passwords and for looking up names.
  explicit WorkerPools(unsigned disk = 4, unsigned password = default_password_threads(), unsigned lookup = 4)
      : WorkerPools{std::unique_ptr<WorkerPool>{new ThreadPool{disk}}, std::unique_ptr<WorkerPool>{new ThreadPool{password}},
                    std::unique_ptr<WorkerPool>{new ThreadPool{lookup}}} {}
  /// With pools of one's own.
  WorkerPools(std::unique_ptr<WorkerPool> disk, std::unique_ptr<WorkerPool> password,
              std::unique_ptr<WorkerPool> lookup)
      : disk_{std::move(disk)}, password_{std::move(password)}, lookup_{std::move(lookup)} {}

  /// The workers of a kind.
  WorkerPool& of(WorkKind kind) noexcept {
    if (kind == WorkKind::password) return *password_;
    return kind == WorkKind::lookup ? *lookup_ : *disk_;
  }

  /// Those of the process. They are never destroyed: a job that hangs does not keep the program from ending.
  static const std::shared_ptr<WorkerPools>& shared() {
    static const auto& pools = *new std::shared_ptr<WorkerPools>{new WorkerPools};
    return pools;
  }

 private:
  static unsigned default_password_threads() { return std::min(usable_processors(), 4u); }

  std::unique_ptr<WorkerPool> disk_, password_, lookup_;
};

}  // namespace ftplike
