// Whole sessions with a fault at the n-th operation of the server, for every n: whatever happens, each command gets one
// final reply or the connection is closed, nothing is leaked, and each file is whole, the old or the new.
#include <ftplike/simulated/network.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// A client that takes everything as it comes: it says the next command when the last one was answered, connects where
/// it is told to, and complains only if there is neither an answer nor an end in ten minutes.
class Hardy {
 public:
  explicit Hardy(TestNetwork& network)
      : network_{network}, control_{network.dial({address("127.0.0.1"), TestServer::port})} {
    greeted = next_reply();
  }
  Hardy(const Hardy&) = delete;
  Hardy& operator=(const Hardy&) = delete;
  ~Hardy() {
    pump();
    EXPECT_EQ(heard_, "") << "nobody asked for that";
  }

  /// The final reply to a command; empty if the connection ended before it.
  std::string say(const std::string& command) {
    type(command);
    return final_reply();
  }
  /// Asks for a port and uses it for a transfer; gives the final reply.
  std::string over_passive(const std::string& command, const std::string& upload = {}) {
    const auto told = say("EPSV");
    if (told.starts_with("229")) connect(Dialogue::port_of(told), upload);
    type(command);
    return final_reply();
  }
  /// The same over the port that a 150 announces, and over one that the server connects to.
  std::string over_announced(const std::string& command, const std::string& upload = {}) {
    type(command);
    const auto opening = next_reply();
    if (!opening.starts_with("150")) return opening;
    connect(Dialogue::port_of(opening), upload);
    return final_reply();
  }
  std::string over_active(const std::string& command, const std::string& upload = {}) {
    auto listener = network_.listen_raw({address("127.0.0.1"), 51200});
    if (!say("PORT 127,0,0,1,200,0").starts_with("200")) return {};
    listener_ = &listener;
    upload_ = upload;
    type(command);
    auto reply = final_reply();
    listener_ = nullptr;
    return reply;
  }
  /// Says ABOR as soon as the transfer has begun; gives the final reply to that.
  std::string aborted(const std::string& command) {
    const auto told = say("EPSV");
    if (told.starts_with("229")) connect(Dialogue::port_of(told), {});
    reads_data_ = false;
    type(command);
    if (!next_reply().starts_with("150")) return {};
    control_.type("ABOR\r\n");
    final_reply();  // of the transfer, which may have ended by itself
    auto of_abort = final_reply();
    reads_data_ = true;
    return of_abort;
  }

  std::string greeted;
  std::string received;  // over the last data connection

 private:
  void type(const std::string& command) {
    EXPECT_EQ(heard_, "") << "nobody asked for that";
    control_.type(command + "\r\n");
  }
  void connect(std::uint16_t port, const std::string& upload) {
    upload_ = upload;
    try {
      begin(network_.dial({address("127.0.0.1"), port}));
    } catch (const std::system_error&) {  // then it is the server that will have to wait
    }
  }
  void begin(TestPeer data) {
    received.clear();
    data_.emplace(std::move(data));
    data_->type(upload_);
    if (!upload_.empty()) data_->finish();
  }
  /// Takes what has come; false if nothing has.
  bool pump() {
    network_.settle();
    if (listener_ && listener_->waiting() > 0) begin(listener_->take());
    const auto text = control_.text();
    const auto bytes = data_ && reads_data_ ? data_->text() : std::string{};
    heard_ += text;
    received += bytes;
    return !text.empty() || !bytes.empty();
  }
  std::string final_reply() {
    auto reply = next_reply();
    if (reply.starts_with("1")) reply = next_reply();
    EXPECT_FALSE(reply.starts_with("1"));
    data_.reset();
    return reply;
  }
  std::string next_reply() {
    for (const Time limit = network_.now() + 10min; network_.now() < limit;) {
      const bool more = pump();
      const auto code = heard_.substr(0, 3);
      for (std::size_t at = 0, end = heard_.find("\r\n"); end != heard_.npos; end = heard_.find("\r\n", at)) {
        const bool last = heard_.compare(at, 4, code + ' ') == 0;
        at = end + 2;
        if (!last) continue;
        const auto reply = heard_.substr(0, at);
        heard_.erase(0, at);
        return reply;
      }
      if (more) continue;
      if (control_.ended()) {
        heard_.clear();  // half a reply, perhaps
        return {};
      }
      network_.advance(1s);
    }
    ADD_FAILURE() << "neither an answer nor an end in ten minutes";
    return {};
  }

  TestNetwork& network_;
  TestPeer control_;
  std::optional<TestPeer> data_;
  TestListener* listener_ = nullptr;
  std::string upload_, heard_;
  bool reads_data_ = true;
};

const std::string old_file(3000, 'o'), new_file(40'000, 'n');

/// What is wanted of a file that was uploaded, of the final reply to that.
void expect_whole(const MemoryStorage& files, std::string_view path, std::optional<std::string> before,
                  const std::string& after, const std::string& reply, Fault fault) {
  const auto text = files.text(path);
  // An end of the data connection that the network made up looks like the client's own.
  const bool cut = fault == Fault::end && text && after.starts_with(*text);
  if (reply.starts_with("226")) {
    EXPECT_TRUE(text == after || cut) << path << " is said to be there";
  } else if (!reply.empty()) {
    EXPECT_EQ(text, before) << path << " in spite of " << reply;
  } else {
    EXPECT_TRUE(text == before || text == after || cut) << path << " is a mix";
  }
}

/// Whether a download that is said to be complete must have come whole in spite of the fault. An end that the network
/// made up looks like the client's own, and within TLS so does a reset behind the last byte: that of a client which left
/// without hearing our goodbye.
bool is_told_of(Fault fault) {
  const bool resets = fault == Fault::reset || fault == Fault::refuse;
  return fault != Fault::end && (beginning_of_sessions == Beginning::clear || !resets);
}

/// A session, which says of its own what has to hold; true if all went as without a fault.
using Script = bool (*)(TestNetwork&, MemoryStorage&, Fault);

bool seed_session(TestNetwork& network, MemoryStorage& files, Fault fault) {
  Hardy client{network};
  const bool told = client.say("PWD").starts_with("257");
  const bool sent = client.over_announced("RETR a").starts_with("226");
  if (sent && is_told_of(fault)) { EXPECT_EQ(client.received, old_file); }
  const auto stored = client.over_announced("STOR b", new_file);
  expect_whole(files, "/b", std::nullopt, new_file, stored, fault);
  const bool listed = client.over_announced("LIST").starts_with("226");
  if (listed && is_told_of(fault) && stored.starts_with("226")) { EXPECT_EQ(client.received, "a\nb\nbig"); }
  return client.say("QUIT").starts_with("221") && told && sent && stored.starts_with("226") && listed;
}

bool standard_session(TestNetwork& network, MemoryStorage& files, Fault fault) {
  Hardy client{network};
  client.say("USER anna");
  client.say("PASS secret");
  client.say("TYPE I");
  const auto stored = client.over_passive("STOR a", new_file);
  expect_whole(files, "/a", old_file, new_file, stored, fault);
  const bool sent = client.over_passive("RETR a").starts_with("226");
  if (sent && is_told_of(fault)) { EXPECT_EQ(client.received, *files.text("/a")); }
  const bool listed = client.over_passive("MLSD").starts_with("226");
  const auto text = files.text("/a");
  const bool named = client.say("RNFR a").starts_with("350");
  const auto renamed = client.say("RNTO c");
  if (renamed.starts_with("250")) { EXPECT_EQ(files.text("/c"), text); }
  EXPECT_NE(files.text("/a").has_value(), files.text("/c").has_value());
  return client.say("QUIT").starts_with("221") && stored.starts_with("226") && sent && listed && named &&
         renamed.starts_with("250");
}

bool active_session(TestNetwork& network, MemoryStorage& files, Fault fault) {
  Hardy client{network};
  client.say("USER anna");
  client.say("PASS secret");
  client.say("TYPE I");
  const bool sent = client.over_active("RETR a").starts_with("226");
  if (sent && is_told_of(fault)) { EXPECT_EQ(client.received, old_file); }
  const auto stored = client.over_active("STOR a", new_file);
  expect_whole(files, "/a", old_file, new_file, stored, fault);
  return client.say("QUIT").starts_with("221") && sent && stored.starts_with("226");
}

bool aborting_session(TestNetwork& network, MemoryStorage& files, Fault fault) {
  Hardy client{network};
  client.say("USER anna");
  client.say("PASS secret");
  client.say("TYPE I");
  const bool up = client.aborted("STOR a").starts_with("226");
  EXPECT_EQ(files.text("/a"), fault == Fault::end && files.text("/a") == "" ? "" : old_file);
  const bool down = client.aborted("RETR big").starts_with("226");
  const bool nothing = client.say("ABOR").starts_with("225");
  return client.say("QUIT").starts_with("221") && up && down && nothing;
}

bool resuming_session(TestNetwork& network, MemoryStorage& files, Fault fault) {
  Hardy client{network};
  client.say("USER anna");
  client.say("PASS secret");
  client.say("TYPE I");
  const bool agreed = client.say("REST 1000").starts_with("350");
  const auto stored = client.over_passive("STOR a", new_file);
  // REST itself may have met with the fault: then the upload began at 0.
  const auto resumed = agreed ? old_file.substr(0, 1000) + new_file : new_file;
  expect_whole(files, "/a", old_file, resumed, stored, fault);
  const auto before = files.text("/a");
  const auto appended = client.over_passive("APPE a", "!");
  expect_whole(files, "/a", before, before.value_or("") + "!", appended, fault);
  return client.say("QUIT").starts_with("221") && stored.starts_with("226") && appended.starts_with("226");
}

constexpr std::array<Script, 5> scripts{seed_session, standard_session, active_session, aborting_session,
                                        resuming_session};

/// Runs a session on a network of its own; gives whether its fault was met and whether all went well.
struct Outcome {
  bool met, well;
};
Outcome play(Script script, std::uint64_t seed, const NetworkConditions& conditions, std::optional<std::uint64_t> n,
             Fault fault) {
  TestNetwork network{seed, conditions};
  MemoryStorage files{{"/a", old_file}, {"/big", std::string(300'000, 'b')}};
  auto users = some_users();
  if (script == seed_session) users = UserTable{Anonymous{.without_login = "write"}};
  bool well = false;
  std::uint64_t last = 0;
  std::vector<std::string> lines;
  {
    auto server = serve(network, files, users);
    network.settle();
    const auto first = network.operations();
    if (n) network.fail({.operation = *n}, fault);
    well = script(network, files, fault);
    network.settle();
    EXPECT_EQ(server.sessions(), 0u);
    last = network.operations() - first;
    network.advance(1min);  // a goodbye within TLS may have stalled
    EXPECT_EQ(server.diary().of("opened").size(), server.diary().of("closed").size());
  }
  EXPECT_LE(files.paths().size(), 4u);
  return {n && *n <= last, well};
}

class ServerFaults : public testing::TestWithParam<Fault> {};

TEST_P(ServerFaults, AtEveryOperationLeaveEverythingInOrder) {
  for (std::size_t which = 0; which < scripts.size(); ++which) {
    std::uint64_t n = 1;
    for (; n < 1000; ++n) {
      SCOPED_TRACE("session " + std::to_string(which) + ", operation " + std::to_string(n));
      const auto outcome = play(scripts[which], n, {}, n, GetParam());
      if (testing::Test::HasFailure()) return;
      if (outcome.met) continue;
      EXPECT_TRUE(outcome.well);
      break;
    }
    EXPECT_GT(n, 20u);
    EXPECT_LT(n, 1000u);
  }
}

TEST_P(ServerFaults, AnywhereInASlowNetworkThatSplitsEverythingLeaveEverythingInOrder) {
  const std::vector<NetworkConditions> all{
      {.split = Split::somewhere, .interleave = true},
      {.window = 1000, .split = Split::somewhere, .delay = 10ms, .jitter = 10ms, .interleave = true},
      {.window = 100'000, .split = Split::every_byte},
      {.delay = 1s}};
  for (std::size_t which = 0; which < scripts.size(); ++which) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE("session " + std::to_string(which) + ", conditions " + std::to_string(i));
      EXPECT_TRUE(play(scripts[which], 1, all[i], std::nullopt, GetParam()).well);
      with_seeds(12, [&](std::uint64_t seed) {
        // Behind the first command: as long as no line has ended, half a command and silence are a whole one.
        play(scripts[which], seed, all[i], 20 + seed * 7 % 97, GetParam());
      });
      if (testing::Test::HasFailure()) return;
    }
  }
}

std::string name_of(const testing::TestParamInfo<Fault>& info) {
  constexpr std::array names{"Reset", "End", "Refuse", "Stall"};
  return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Each, ServerFaults, testing::Values(Fault::reset, Fault::end, Fault::refuse, Fault::stall),
                         name_of);

TEST(AcceptFaults, AreGotOver) {
  for (const auto fault : {Fault::reset, Fault::end, Fault::refuse}) {
    TestNetwork network{1};
    auto server = serve(network, {});
    network.fail({.operation = 1}, fault);  // the accept on the first of its addresses
    network.settle();
    { const Hardy unlucky{network}; }
    network.advance(1s);
    Hardy next{network};
    EXPECT_EQ(next.greeted, "220 FTP Server Ready\r\n");
  }
}

}  // namespace
