#include <ftplike/s3/http.hpp>

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ftplike/s3.hpp>

#include "support/scripted_store.hpp"

namespace {

using ftplike::Path;
using ftplike::S3Storage;

ftplike::S3Options options_for(const ScriptedStore& store) {
  ftplike::S3Options options;
  options.endpoint = store.endpoint();
  options.bucket = "inbox";
  options.access_key = "key";
  options.secret_key = "secret";
  return options;
}
StoreAnswer big_object(const StoreRequest& request) {
  constexpr std::size_t size = 3'000'000;
  if (request.what.starts_with("HEAD ")) return head_answer(200, "ETag: \"e\"\r\n", size);
  return answer(200, std::string(size, 'x'), "ETag: \"e\"\r\n");
}
ftplike::awaitable<void> read_time_and_again(S3Storage files, std::atomic<std::size_t>& total) {
  auto reader = co_await files.open(Path{"/a"}, 0);
  std::vector<std::byte> room(10'000);
  for (;;) {
    const std::size_t count = co_await reader.read_some(room);
    if (count == 0) co_return;
    total += count;
  }
}

TEST(S3Loop, ServesCoroutinesOnSeveralThreadsOfOneEventLoop) {
  ScriptedStore store{big_object};
  const S3Storage files{options_for(store)};
  asio::io_context loop;
  std::atomic<std::size_t> total = 0;
  for (int i = 0; i < 8; ++i) {
    const ftplike::Executor strand = asio::make_strand(ftplike::Executor{loop.get_executor()});
    ftplike::start_on(strand, read_time_and_again(files, total));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { loop.run(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(total, 8u * 3'000'000u);
}

TEST(S3Loop, KeepsConnections) {
  ScriptedStore store{big_object};
  const S3Storage files{options_for(store)};
  asio::io_context loop;
  std::atomic<std::size_t> total = 0;
  const auto several = [](S3Storage its_files, std::atomic<std::size_t>& its_total) -> ftplike::awaitable<void> {
    for (int i = 0; i < 40; ++i) co_await read_time_and_again(its_files, its_total);
  };
  ftplike::start_on(loop.get_executor(), several(files, total));
  loop.run();
  EXPECT_EQ(store.asked().size(), 40u);
  EXPECT_EQ(store.connections(), 1u);
}

TEST(S3Loop, EndsWithItsEventLoopWhateverIsUnderWay) {
  ScriptedStore store{[](const StoreRequest&) { return StoreAnswer{"", false, true}; }};
  const S3Storage files{options_for(store)};
  std::atomic<std::size_t> total = 0;
  {
    asio::io_context loop;
    ftplike::start_on(loop.get_executor(), read_time_and_again(files, total));
    while (store.asked().empty()) loop.run_one();
  }
  EXPECT_EQ(total, 0u);
}

TEST(S3Loop, GivesUpWhatIsCancelled) {
  ScriptedStore store{[](const StoreRequest&) { return StoreAnswer{"", false, true}; }};
  const S3Storage files{options_for(store)};
  asio::io_context loop;
  std::atomic<std::size_t> total = 0;
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  ftplike::start_on(loop.get_executor(), read_time_and_again(files, total), stop.slot(),
                    [&](std::exception_ptr thrown) { failure = thrown; });
  while (store.asked().empty()) loop.run_one();
  stop.emit(asio::cancellation_type::terminal);
  loop.run();  // and nothing keeps it
  EXPECT_TRUE(failure);
}

}  // namespace
