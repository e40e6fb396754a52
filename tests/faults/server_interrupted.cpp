// Every kind of transfer, again and again, each time interrupted one turn later, until it ends before that: by ABOR, by
// a stop that lets commands end, by one that does not, and by a client that falls silent, whom the limits end. It ends
// wherever it waits; a file is the old whole one or the new whole one, as the reply says; a session that is kept can do
// the next thing; nothing is left open.
#include <ftplike/simulated/network.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

enum class By { abort, stop, cut, silence };
constexpr std::array all_interruptions{By::abort, By::stop, By::cut, By::silence};
constexpr std::array names_of_interruptions{"ABOR", "a stop", "a cut", "silence"};

/// How a data connection comes to be.
enum class Over { none, passive, active, announced };

const std::string text_before(9'000, 'b'), text_sent(11'000, 's');

/// What is interrupted: a command, what is said before it, and what it makes of a file of what was sent.
struct Action {
  std::string command;
  Over over = Over::passive;
  std::string changed = {};
  std::string result = {};
  std::string prepared = {};
  bool uploads() const { return over != Over::none && !changed.empty(); }
};

/// A client that takes everything as it comes. Of what the server says, it gives the last line of each final reply.
class Player {
 public:
  using Replies = std::vector<std::string>;

  Player(TestNetwork& network, const Action& action)
      : network_{network}, action_{action}, control_{network.dial({address("127.0.0.1"), TestServer::port})} {}

  TestPeer& control() { return control_; }
  Replies say(const std::string& line) {
    control_.type(line + "\r\n");
    return hear();
  }
  /// All that comes before the action; gives whether it is good.
  bool prepare() {
    hear();
    if (action_.over != Over::announced) {
      for (const std::string line : {"USER anna", "PASS secret", "TYPE I"}) say(line);
    }
    if (!action_.prepared.empty()) say(action_.prepared);
    if (action_.over == Over::active) {
      listener_.reset();
      listener_.emplace(network_.listen_raw({address("127.0.0.1"), 51200}));
      return say("PORT 127,0,0,1,200,0") == Replies{"200 Will connect to port 51200"};
    }
    if (action_.over != Over::passive) return true;
    const Replies told = say("EPSV");
    if (told.size() == 1) port_ = Dialogue::port_of(told[0]);
    return port_ != 0;
  }
  Replies act() {
    if (port_ != 0) connect(port_);
    return say(action_.command);
  }
  Replies hear() {
    Replies replies;
    for (int quiet = 0; quiet < 2; ++quiet) {  // what one peer takes may let the server say something to the other
      network_.settle();
      if (listener_ && listener_->waiting() > 0) use(listener_->take());
      const std::string text = control_.text(), bytes = data();
      if (!text.empty() || !bytes.empty()) quiet = -1;
      heard_ += text;
      for (auto end = heard_.find("\r\n"); end != heard_.npos; end = heard_.find("\r\n")) {
        const std::string line = heard_.substr(0, end);
        heard_.erase(0, end + 2);
        if (action_.over == Over::announced && line.starts_with("150 ")) connect(Dialogue::port_of(line));
        if (line.substr(3, 1) == " " && !line.starts_with('1')) replies.push_back(line);
      }
    }
    return replies;
  }
  void hang_up_data() { data_.reset(); }

 private:
  void connect(std::uint16_t port) {
    try {
      use(network_.dial({address("127.0.0.1"), port}));
    } catch (const std::system_error&) {  // the server listens no more
    }
  }
  void use(TestPeer data) {
    data_.emplace(std::move(data));
    if (!action_.uploads()) return;
    data_->type(text_sent);
    data_->finish();
  }
  std::string data() {
    if (!data_) return {};
    try {
      std::string text = data_->text();
      if (!action_.uploads() && data_->ended()) data_.reset();  // as most clients do
      return text;
    } catch (const std::system_error&) { return {}; }  // broken off in the middle of a handshake
  }

  TestNetwork& network_;
  const Action& action_;
  TestPeer control_;
  std::optional<TestPeer> data_;
  std::optional<TestListener> listener_;
  std::uint16_t port_ = 0;
  std::string heard_;
};

/// A server with users, and guests who may do everything.
struct Scene {
  Scene(std::uint64_t seed, By by) : network{seed, {.window = 1500}} {
    UserTable users{Anonymous{.without_login = "write"}};
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    Limits limits;
    if (by == By::cut) limits.drain = 0s;
    server.emplace(network, files, setup_of(std::move(users), limits));
  }
  static Setup setup_of(UserTable users, const Limits& limits) {
    Setup setup;
    setup.take(std::move(users));
    setup.take(limits);
    return setup;
  }
  /// Interrupts after so many turns from now, unless this is no more or has been left alone by then.
  void interrupt_after(std::uint64_t turns, By by, TestPeer& control) {
    network.call_after(network.turns() + turns, [this, by, &control, waits = std::weak_ptr{waits_}] {
      if (waits.expired()) return;
      interrupted = true;
      if (by == By::abort)
        control.type("ABOR\r\n");
      else if (by == By::silence)
        network.unplug("127.0.0.1");
      else
        server->stop();
    });
  }
  void leave_alone() { waits_.reset(); }
  std::string text(const std::string& path) const { return files.text(path).value_or(""); }
  void expect_nothing_left() {
    network.advance(20min);
    EXPECT_EQ(server->sessions(), 0u);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(server->diary().of("opened").size(), server->diary().of("closed").size());
    expect_told();
  }
  /// The observer heard of the end of whatever it heard the beginning of.
  void expect_told() const {
    const auto& diary = server->diary();
    EXPECT_EQ(diary.of("data opened").size(), diary.of("data closed").size());
    EXPECT_GE(diary.of("transfer").size(), diary.of("data opened").size());
  }

  TestNetwork network;
  MemoryStorage files{{"/old", text_before}, {"/known", "12345"}, {"/part", "12345"}};
  std::optional<TestServer> server;
  bool interrupted = false;

 private:
  std::shared_ptr<int> waits_ = std::make_shared<int>();
};

bool says(const Player::Replies& replies, std::size_t which, std::initializer_list<std::string_view> codes) {
  if (replies.size() <= which) return false;
  for (const std::string_view code : codes) {
    if (replies[which].starts_with(code)) return true;
  }
  return false;
}
std::string joined(const Player::Replies& replies) {
  std::string all;
  for (const std::string& reply : replies) all += reply + '\n';
  return all;
}

/// What the changed file is, of what the action was answered; if of nothing, either.
void expect_whole(const Scene& it, const Action& action, bool done, bool answered) {
  EXPECT_EQ(it.text("/known"), "12345");
  if (action.changed.empty()) return;
  const std::string text = it.text(action.changed), before = action.changed == "/old" ? text_before : "";
  if (done) {
    EXPECT_TRUE(text == action.result) << action.changed << " is said to be there";
  } else if (answered) {
    EXPECT_TRUE(text == before) << action.changed << " is said not to be there";
  } else {
    EXPECT_TRUE(text == before || text == action.result) << action.changed << " is a mix";
  }
}

/// The session went on: the next transfer is as ever.
void expect_alive(Scene& it, Player& player, const Action& action) {
  player.hang_up_data();
  it.expect_told();
  EXPECT_EQ(joined(player.say("PWD")).substr(0, 4), "257 ");
  EXPECT_EQ(it.network.open_streams(), 1u) << "of the control connection";
  if (action.over == Over::announced) {
    EXPECT_EQ(joined(player.say("RETR known")), "226 Download complete\n");
  } else if (action.over != Over::none) {
    ASSERT_TRUE(player.prepare());
    EXPECT_TRUE(says(player.act(), 0, {"226"}));
  }
  EXPECT_EQ(joined(player.say("QUIT")).substr(0, 4), "221 ");
}

/// One try; false if the action had ended before.
bool interrupted(const Action& action, By by, std::uint64_t turns) {
  Scene it{turns, by};
  Player player{it.network, action};
  EXPECT_TRUE(player.prepare());
  it.interrupt_after(turns, by, player.control());
  const Player::Replies replies = player.act();
  const bool was_interrupted = it.interrupted;
  it.leave_alone();
  const bool done = says(replies, 0, {"226", "250"});
  expect_whole(it, action, done, by == By::abort || (!done && says(replies, 0, {"4", "5"}) && !says(replies, 0, {"421"})));
  if (!was_interrupted) {
    EXPECT_TRUE(done) << joined(replies);
  } else if (by == By::abort) {
    EXPECT_EQ(replies.size(), 2u) << joined(replies);
    EXPECT_TRUE(done || says(replies, 0, {"426"})) << joined(replies);
    EXPECT_TRUE(says(replies, 1, {"226"}) || (done && says(replies, 1, {"225"}))) << joined(replies);
    expect_alive(it, player, action);
  } else if (by == By::stop) {
    EXPECT_TRUE(says(replies, replies.size() - 1, {"421"})) << joined(replies);
    EXPECT_TRUE(replies.size() == 1 || done) << joined(replies);
  }
  if (was_interrupted && by != By::abort) it.expect_nothing_left();
  return was_interrupted;
}

const std::vector<Action> actions{
    {"RETR old"},
    {"LIST"},
    {"MLSD"},
    {"STOR new", Over::passive, "/new", text_sent},
    {"STOR old", Over::passive, "/old", text_sent},
    {"APPE old", Over::passive, "/old", text_before + text_sent},
    {"STOR old", Over::passive, "/old", text_before.substr(0, 100) + text_sent, "REST 100"},
    {"RETR old", Over::active},
    {"STOR new", Over::active, "/new", text_sent},
    {"RETR old", Over::announced},
    {"LIST", Over::announced},
    {"STOR new", Over::announced, "/new", text_sent},
    {"COMB \"old\" \"part\"", Over::none, "/old", text_before + "12345"},
};

class InterruptedTransfers : public testing::TestWithParam<By> {};

TEST_P(InterruptedTransfers, EndWhereverTheyWait) {
  for (const Action& action : actions) {
    std::uint64_t turns = 1;
    for (; turns < 1000; ++turns) {
      SCOPED_TRACE(action.prepared + ' ' + action.command + " interrupted by " +
                   names_of_interruptions[static_cast<std::size_t>(GetParam())] + " after " + std::to_string(turns));
      const bool goes_on = interrupted(action, GetParam(), turns);
      if (testing::Test::HasFailure()) return;
      if (!goes_on) break;
    }
    EXPECT_GT(turns, action.over == Over::none ? 1u : 3u) << action.command << " was never under way";
    EXPECT_LT(turns, 1000u);
  }
}
std::string name_of_interruption(const testing::TestParamInfo<By>& info) {
  constexpr std::array names{"ByAbor", "ByAStop", "ByACut", "BySilence"};
  return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Each, InterruptedTransfers, testing::ValuesIn(all_interruptions), name_of_interruption);

TEST(InterruptedSessions, EndFromTheirFirstTurnOn) {
  const Action login{"NOOP", Over::none};
  for (const By by : {By::stop, By::cut, By::silence}) {
    std::uint64_t turns = 1;
    for (bool goes_on = true; goes_on && turns < 1000; ++turns) {
      SCOPED_TRACE(std::string{names_of_interruptions[static_cast<std::size_t>(by)]} + " after " + std::to_string(turns));
      Scene it{turns, by};
      it.network.settle();
      Player player{it.network, login};
      it.interrupt_after(turns, by, player.control());
      player.prepare();
      const Player::Replies replies = player.act();
      goes_on = it.interrupted;
      it.leave_alone();
      EXPECT_TRUE(goes_on || says(replies, 0, {"200"}));
      if (goes_on) it.expect_nothing_left();
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(turns, 5u);
  }
}

}  // namespace
