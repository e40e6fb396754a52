#pragma once
// Worker pools that tell for which clients they were given work.
#include <memory>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/run_on.hpp>
#include <ftplike/io/subnet.hpp>

/// Has the work that blocks on an executor's loop done in a later turn of that loop, and keeps for whom: what is for
/// passwords, and all else. **Lifetime:** it outlives the work.
class RecordedWork {
 public:
  explicit RecordedWork(const ftplike::Executor& executor) {
    auto& work = asio::use_service<ftplike::BlockingWork>(asio::query(executor, asio::execution::context));
    work.use(std::make_shared<ftplike::WorkerPools>(std::make_unique<Pool>(executor, others),
                                                    std::make_unique<Pool>(executor, passwords),
                                                    std::make_unique<Pool>(executor, others)));
  }
  RecordedWork(const RecordedWork&) = delete;
  RecordedWork& operator=(const RecordedWork&) = delete;

  std::vector<ftplike::ClientKey> passwords, others;

 private:
  class Pool final : public ftplike::WorkerPool {
   public:
    Pool(ftplike::Executor executor, std::vector<ftplike::ClientKey>& clients)
        : executor_{std::move(executor)}, clients_{clients} {}
    bool submit(Job job, ftplike::ClientKey client) override {
      clients_.push_back(client);
      ftplike::call_on(executor_, std::move(job));
      return true;
    }

   private:
    ftplike::Executor executor_;
    std::vector<ftplike::ClientKey>& clients_;
  };
};
