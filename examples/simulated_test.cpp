// Tests without sockets, threads or waiting: a server, a client, one seed, a clock that moves only when told, and faults
// where the test wants them.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <ftplike/client/pool.hpp>
#include <ftplike/server.hpp>
#include <ftplike/simulated/gtest.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;
using namespace std::chrono_literals;

// [readme]
TEST(Retr, SendsTheFileThenSaysSo) {
  SimulatedNetwork network{/*seed*/ 7};
  Server server{network, MemoryStorage{{"/a.txt", "hello"}}, DataPorts{40001, 40999}};
  const Endpoint control = server.listen("127.0.0.1", 3456);
  auto client = network.dial(control);
  client.type("RETR a.txt\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "220 FTP Server Ready\r\n150 40001\r\n");
  auto data = network.dial(Endpoint{control.address(), 40001});
  network.settle();
  EXPECT_EQ(data.text(), "hello");
  EXPECT_EQ(client.text(), "226 Download complete\r\n");
}
// [/readme]

/// A file of this machine, for as long as it lives.
class LocalFile {
 public:
  explicit LocalFile(std::size_t size) : text(size, 'x') {
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * i % 23);
    std::ofstream{path, std::ios::binary} << text;
  }
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;
  ~LocalFile() { std::filesystem::remove(path); }

  const std::string path = std::filesystem::temp_directory_path() / "simulated_test.bin";
  std::string text;
};

// [program]
/// The program under test: for a real network or any other.
template <Transport T> awaitable<TransferResult> back_up(T& network, Url url, std::string file) {
  ClientPool pool{network, std::move(url)};
  co_return co_await pool.upload(file, "backup.bin");
}
// [/program]

/// A server, a client's file, and a network between them.
class BackUp : public testing::Test {
 protected:
  explicit BackUp(std::uint64_t seed = 7, const NetworkConditions& conditions = {}) : network{seed, conditions} {
    server.listen("127.0.0.1", 21);
  }

  SimulatedNetwork network;
  MemoryStorage files;
  ServerOf<SimulatedNetwork, MemoryStorage, Anonymous> server{network, files, Anonymous{.logins = "write"}};
  const LocalFile local{3'000'000};
  const Url url{"ftp://anonymous@127.0.0.1"};
};

// [fault]
TEST_F(BackUp, GoesOnWhereItWasCutOff) {
  network.fail({.connection = Link::data, .write = 3}, Fault::reset);
  const TransferResult result = network.run(back_up(network, url, local.path));
  EXPECT_EQ(network.faults_left(), 0u);
  EXPECT_GT(result.offset, 0u);
  EXPECT_EQ(files.text("/backup.bin"), local.text);
}
// [/fault]

// [command]
TEST_F(BackUp, TriesAgainIfNobodyAnswersAtTheDataPort) {
  network.fail({.connect = 1, .command = "EPSV"}, Fault::refuse);
  network.run(back_up(network, url, local.path));
  EXPECT_EQ(network.faults_left(), 0u);
  EXPECT_EQ(files.text("/backup.bin"), local.text);
}
// [/command]

// [slow]
TEST_F(BackUp, TakesHalfAMinuteOverASlowLine) {
  auto laptop = network.host("192.0.2.7");
  network.between("192.0.2.7", "127.0.0.1").bandwidth = 100'000;
  const TransferResult result = network.run(back_up(laptop, url, local.path));
  EXPECT_GE(result.took, 30s);
  EXPECT_LT(result.took, 31s);
}
// [/slow]

// [partition]
TEST(Partition, CostsTheServerNoSessionForEver) {
  SimulatedNetwork network{7};
  Server server{network, MemoryStorage{}};
  const Endpoint control = server.listen("127.0.0.1", 21);
  auto client = network.dial(control, asio::ip::make_address("192.0.2.7"));
  network.settle();
  network.part("192.0.2.7", "127.0.0.1");
  network.advance(10min);
  EXPECT_EQ(server.sessions(), 0u);
  network.heal("192.0.2.7", "127.0.0.1");
  network.settle();
  EXPECT_EQ(client.text(), "220 FTP Server Ready\r\n421 Timed out, closing the connection\r\n");
}
// [/partition]

// [seeds]
TEST(BackUpAnywhere, ArrivesWhateverTheNetworkDoesToIt) {
  const LocalFile local{100'000};
  with_seeds(20, [&local](std::uint64_t seed) {
    SimulatedNetwork network{seed, {.split = Split::somewhere, .delay = 20ms, .jitter = 30ms, .interleave = true}};
    MemoryStorage files;
    Server server{network, files, Anonymous{.logins = "write"}};
    server.listen("127.0.0.1", 21);
    network.run(back_up(network, Url{"ftp://anonymous@127.0.0.1"}, local.path));
    EXPECT_EQ(files.text("/backup.bin"), local.text);
  });
}
// [/seeds]

// [own]
struct Now {
  static constexpr std::string_view verb = "NOW";
  static constexpr std::string_view help = "NOW: the date";
  static Reply run(auto& session, std::string_view) {
    return {213, format_timestamp(wall_clock(session.executor()))};
  }
};
struct Clock : Profile {
  using DataChannel = AnnouncedChannel;
  using Commands = CommandTable<Now, verbs::Quit>;
};

TEST(Clock, TellsTheDate) {
  SimulatedNetwork network{7};
  network.set_date(std::chrono::sys_days{2030y / 12 / 31} + 23h + 59min);
  Server server{network, Clock{}, MemoryStorage{}, Anonymous{.without_login = "read"}};
  auto client = network.dial(server.listen("127.0.0.1", 3456));
  network.advance(90s);
  client.type("NOW\r\nQUIT\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "220 FTP Server Ready\r\n213 20310101000030\r\n221 Goodbye\r\n");
}
// [/own]
