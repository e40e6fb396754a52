#include <ftplike/client/blocking.hpp>

#include <filesystem>
#include <iterator>
#include <memory>
#include <sstream>
#include <vector>

#include "running_server.hpp"

namespace {

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

class BlockingClientTest : public Interop {
 protected:
  ftplike::BlockingClient client{server.url()};
};

TEST_F(BlockingClientTest, EndsNoCallByACancellationThatCameBeforeIt) {
  client.cancel();
  EXPECT_EQ(client.pwd(), "/");
}

TEST_F(BlockingClientTest, EndsTheCallUnderWayByACancellation) {
  theirs.write("a", noise(1'000'000));
  ftplike::TransferOptions options;
  options.progress = [this](const ftplike::Progress&) { client.cancel(); };
  try {
    client.download("a", ours.string(), options);
    ADD_FAILURE() << "it was not cancelled";
  } catch (const std::system_error& error) { EXPECT_EQ(error.code(), ftplike::Errc::aborted); }
  client.noop();
}

TEST_F(BlockingClientTest, HasNoThreadsButThoseThatAllShare) {
  theirs.write("a", noise(300'000));
  const std::ptrdiff_t before = threads_of_this_process();
  std::vector<std::unique_ptr<ftplike::BlockingClient>> clients;
  for (int i = 0; i < 5; ++i) {
    ftplike::BlockingClient& one = *clients.emplace_back(std::make_unique<ftplike::BlockingClient>(server.url()));
    one.download("a", ours.string());
    std::istringstream text{"hello"};
    ftplike::StreamSource source{text};
    one.upload(source, "b" + std::to_string(i));
  }
  constexpr std::ptrdiff_t workers = 4;  // of `WorkerPools`, for disks
  EXPECT_LE(threads_of_this_process(), before + workers);
}

}  // namespace
