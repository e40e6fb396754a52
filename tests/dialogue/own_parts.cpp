// What verbs of one's own have of their own: a state in each session, the program's objects, time, and data connections.
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

#include <limits>
#include <map>
#include <string>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace ftplike::verbs;

/// What the program is about, whoever asks.
struct Sensors {
  std::map<std::string, int> values;
  int asked = 0;
};
struct Fahrenheit : SessionState {
  bool wanted = false;
};

struct Unit {
  static constexpr std::string_view verb = "UNIT";
  static Reply run(auto& session, std::string_view unit) {
    session.state.wanted = same_word(unit, "F");
    return {200, "Noted"};
  }
};
struct Meas {
  static constexpr std::string_view verb = "MEAS";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    Sensors& sensors = session.application();
    ++sensors.asked;
    const auto found = sensors.values.find(std::string{name});
    if (found == sensors.values.end()) throw std::system_error(Errc::bad_name);
    return {213, std::to_string(session.state.wanted ? found->second * 9 / 5 + 32 : found->second)};
  }
};
/// Sends all values over a data connection.
struct Dump {
  static constexpr std::string_view verb = "DUMP";
  static constexpr bool interruptible = true;
  static awaitable<Reply> run(auto& session, std::string_view) {
    std::string text;
    for (const auto& [name, value] : session.application().values) text += name + '=' + std::to_string(value) + '\n';
    TextSource source{text};
    co_return co_await session.send(source, Transfer{verb, Path{}, "Here they come", "That is all"});
  }
};
/// Takes values over a data connection.
struct Feed {
  static constexpr std::string_view verb = "FEED";
  static constexpr bool interruptible = true;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    TextSink sink{8};
    Transfer transfer{verb, Path{}, "Go on", "Thank you"};
    const Reply reply = co_await session.receive(sink, std::move(transfer));
    if (reply.code() != 226) co_return reply;
    const auto value = number_in<int>(sink.text());
    if (!value) co_return Reply{501, "Not a number"};
    session.application().values[std::string{name}] = *value;
    co_return reply;
  }
};
/// Computes for as long as it is let.
struct Calc {
  static constexpr std::string_view verb = "CALC";
  static constexpr bool interruptible = true;
  static awaitable<Reply> run(auto& session, std::string_view steps) {
    const int count = number_in<int>(steps).value_or(std::numeric_limits<int>::max());
    for (int i = 0; i < count; ++i) co_await session.give_way();
    co_return Reply{200, "Computed"};
  }
};
struct Sens : FtpLike {
  using Commands = CommandTable<Unit, Meas, Dump, Feed, Calc, Abor, Noop, Rein, Quit>;
  using State = Fahrenheit;
  using Storage = MemoryStorage;  // of no interest: there are no files
};

struct ASensorServer : testing::Test {
  Sensors sensors{{{"attic", 100}, {"cellar", 0}}};
  SimulatedNetwork network{1};
  Served<Sens, Anonymous, Application<Sensors>> served{network, Sens{}, Anonymous{.without_login = "write"},
                                                       Application{sensors}};
  Dialogue client{network};
};

TEST_F(ASensorServer, WorksOnTheObjectsOfItsProgram) {
  EXPECT_EQ(client.say("MEAS attic"), "213 100\r\n");
  EXPECT_EQ(client.say("MEAS roof"), "553 file name not allowed\r\n") << "an Errc is answered as ever";
  Dialogue other{network};
  EXPECT_EQ(other.say("MEAS cellar"), "213 0\r\n");
  EXPECT_EQ(sensors.asked, 3);
}

TEST_F(ASensorServer, KeepsAStateForEachSession) {
  Dialogue other{network};
  EXPECT_EQ(client.say("UNIT F"), "200 Noted\r\n");
  EXPECT_EQ(client.say("MEAS attic"), "213 212\r\n");
  EXPECT_EQ(other.say("MEAS attic"), "213 100\r\n");
}

TEST_F(ASensorServer, SendsAndTakesOverDataConnections) {
  EXPECT_EQ(client.say("DUMP"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "attic=100\ncellar=0\n");
  EXPECT_EQ(client.hear(), "226 That is all\r\n");
  EXPECT_EQ(client.say("FEED roof"), "150 40002\r\n");
  client.put(40002, "7");
  EXPECT_EQ(client.hear(), "226 Thank you\r\n");
  EXPECT_EQ(sensors.values["roof"], 7);
  EXPECT_EQ(client.say("FEED roof"), "150 40003\r\n");
  client.put(40003, "123456789");
  EXPECT_EQ(client.hear(), "552 Storage full\r\n") << "what the sink throws is the verdict";
  EXPECT_EQ(sensors.values["roof"], 7);
}

TEST_F(ASensorServer, LetsAbortWhatComputesForEver) {
  EXPECT_EQ(client.say("CALC 1000"), "200 Computed\r\n");
  EXPECT_EQ(client.say("CALC\r\nABOR"), "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

}  // namespace
