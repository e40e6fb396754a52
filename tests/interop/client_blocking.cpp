#include <ftplike/client/blocking.hpp>

#include "running_server.hpp"

namespace {

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

}  // namespace
