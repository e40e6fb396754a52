#include <ftplike/client.hpp>

#include <gtest/gtest.h>
#include <memory>

#include <ftplike/storage/memory.hpp>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/served.hpp"

using namespace ftplike;

// Both ends of a protocol that is none of FTP's.

namespace {

/// SAMP <n>: so many samples.
struct Samp {
  static constexpr std::string_view verb = "SAMP";
  static constexpr std::string_view help = "SAMP <n>: so many samples";
  static awaitable<Reply> run(auto& session, std::string_view argument) {
    const auto count = number_in<int>(argument);
    if (!count) co_return Reply{501, "How many?"};
    int n = 0;
    GeneratorSource samples{[&n, &count] { return n < *count ? std::to_string(n++) + ' ' : std::string{}; }};
    co_return co_await session.send(samples, Transfer{verb, Path{}, "", "That was all"});
  }
};
/// CALI: takes a calibration.
struct Cali {
  static constexpr std::string_view verb = "CALI";
  static constexpr std::string_view help = "CALI: takes a calibration";
  static awaitable<Reply> run(auto& session, std::string_view) {
    TextSink text;
    const Reply reply = co_await session.receive(text, Transfer{verb, Path{}, "", ""});
    co_return reply.complete() ? Reply{226, "Thank you for " + text.text()} : reply;
  }
};
struct Sensors : Profile {
  using DataChannel = AnnouncedChannel;
  using Commands = CommandTable<Samp, Cali>;
};

}  // namespace

TEST(ClientOwnProtocol, HasAClient) {
  SimulatedNetwork network{1};
  Served served{network, Sensors{}, MemoryStorage{}, Anonymous{.without_login = "write"}};
  auto client = network.run(ftplike::connect<AnnouncedChannel>(network, Url{"127.0.0.1", TestServer::port}));
  TextSink samples;
  const TransferResult result = network.run(client.transfer("SAMP 3", samples));
  EXPECT_EQ(samples.text(), "0 1 2 ");
  EXPECT_EQ(result.transferred, 6u);
  EXPECT_EQ(result.reply.text(), "That was all");
  TextSink nothing;
  EXPECT_THROW(network.run(client.transfer("SAMP many", nothing)), ReplyError);
  EXPECT_EQ(network.run(client.command("NONE")).code(), 502);
}

TEST(ClientOwnProtocol, TakesWhatItsClientSends) {
  SimulatedNetwork network{1};
  Served served{network, Sensors{}, MemoryStorage{}, Anonymous{.without_login = "write"}};
  auto client = network.run(ftplike::connect<AnnouncedChannel>(network, Url{"127.0.0.1", TestServer::port}));
  TextSource values{"1 2 3"};
  for (int i = 0; i < 2; ++i) {
    const TransferResult result = network.run(client.transfer("CALI", values));
    EXPECT_EQ(result.transferred, 5u);
    EXPECT_EQ(result.reply.text(), "Thank you for 1 2 3");
  }
}
