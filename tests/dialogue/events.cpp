// docs/events.md against what servers do, and the small observers.
#include <ftplike/observers/on.hpp>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

template <class Event> std::string name_of() {
  std::string_view text = __PRETTY_FUNCTION__;  // … Event = ftplike::v0_2::SessionOpened …
  text.remove_prefix(text.find("Event = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  return std::string{text.substr(text.rfind(':') + 1)};
}

/// Counts the events of each kind, and throws at the first of one kind. One type for all of them: the server is compiled
/// once and not for each kind anew.
template <class All> class WatcherOf;
template <class... Events> class WatcherOf<EventList<Events...>> {
 public:
  explicit WatcherOf(std::map<std::string, int>& counts, std::string breaks_at = {})
      : counts_{&counts}, breaks_at_{std::move(breaks_at)} {}
  template <class Event>
    requires(std::is_same_v<Event, Events> || ...)
  void operator()(const Event&) {
    const auto name = name_of<Event>();
    const bool is_first = (*counts_)[name]++ == 0;
    if (is_first && name == breaks_at_) throw std::system_error(std::make_error_code(std::errc::file_too_large));
  }

 private:
  std::map<std::string, int>* counts_;
  std::string breaks_at_;
};
using Watcher = WatcherOf<AllEvents>;

UserTable accounts() {
  UserTable users{Anonymous{.logins = "read"}};
  users.add(UserEntry{Account{"carl", Path{"/people/carl"}, Rights::all()}, Password::plain("secret")});
  return users;
}

/// All that a server says in a session in which every event happens that a server tells of.
template <class Observer> std::string everything_said(Observer observer) {
  SimulatedNetwork network{1};
  std::string said;
  MemoryStorage files{{"/people/carl/", ""}};
  {
    Served served{network,
                  files,
                  accounts(),
                  Limits{.sessions = 1},
                  Bans{{.failures = 1}},
                  UploadRules{.refused_names = {"*.exe"}},
                  TrustedProxies{{Subnet{address("10.0.0.9"), 32}}},
                  std::move(observer)};
    auto proxy = network.dial({address("127.0.0.1"), TestServer::port}, address("10.0.0.9"));
    proxy.type("GET / HTTP/1.1\r\n");
    network.settle();
    Dialogue client{network};
    said += client.greeting;
    if (client.ended()) return said;
    said += Dialogue{network, "10.0.0.2"}.greeting;
    for (const auto* line : {"USER carl", "PASS secret", "TYPE I", "MKD d", "STOR a.exe"}) said += client.say(line);
    const auto passive = client.say("EPSV");
    said += passive;
    if (passive.starts_with("229")) {
      const auto port = Dialogue::port_of(passive);
      const auto stranger = network.dial({address("127.0.0.1"), port}, address("10.0.0.3"));
      said += client.say("STOR a");
      client.put(port, "hello");
      said += client.hear();
    }
    said += client.say("QUIT");
    Dialogue guesser{network, "10.0.0.4"};
    for (const auto* line : {"USER carl", "PASS wrong"}) said += guesser.say(line);
  }
  return said + files.text("/people/carl/a").value_or("(none)");
}

/// What an exception at an event does, in the words of the document.
std::string effect_of_throwing(const std::string& event) {
  std::map<std::string, int> counts;
  const auto as_usual = everything_said(NoObserver{}), said = everything_said(Watcher{counts, event});
  if (said == as_usual) return "changes nothing";
  if (said == "421 Service not available to you\r\n") return "ends the session";
  const bool goes_on = said.find("221 ") != said.npos;
  return goes_on && said.find("\r\n552 ") != said.npos && said.ends_with("(none)") ? "fails the command" : said;
}

struct Row {
  std::string event, thrown;
};

std::vector<Row> rows_of_the_document() {
  std::ifstream document{FTPLIKE_DOCS "/events.md"};
  std::vector<Row> rows;
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("| `")) continue;
    const auto last = line.rfind(" | ") + 3;
    rows.push_back({line.substr(3, line.find('`', 3) - 3), line.substr(last, line.size() - 2 - last)});
  }
  return rows;
}

template <class... Events> std::vector<Row> rows_of(EventList<Events...>) {
  return {Row{name_of<Events>(), effect_of_throwing(name_of<Events>())}...};
}

TEST(EveryEvent, StandsInTheDocumentWithWhatAnExceptionAtItDoes) {
  const auto document = rows_of_the_document(), library = rows_of(AllEvents{});
  ASSERT_EQ(document.size(), library.size());
  for (std::size_t i = 0; i < library.size(); ++i) {
    EXPECT_EQ(document[i].event, library[i].event);
    EXPECT_EQ(document[i].thrown, library[i].thrown) << library[i].event;
  }
}

TEST(EveryEvent, HappensInTheSessionThatTheseTestsHold) {
  std::map<std::string, int> counts;
  everything_said(Watcher{counts});
  for (const auto& row : rows_of_the_document()) {
    const bool needs_tls = row.event == "ConnectionSecured" || row.event == "HandshakeFailed";  // this one is in clear
    EXPECT_EQ(counts.contains(row.event), !needs_tls) << row.event;
  }
  EXPECT_EQ(counts["TransferEnded"], 1);
}

TEST(TransferEnded, TellsTheWholeSizeAndThePathThatTheClientSees) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/people/carl/", ""}};
  std::vector<std::string> seen;
  const auto watch = [&seen](const TransferEnded& event) {
    const auto size = event.size();
    seen.push_back(event.path.string() + ' ' + event.shown_path().string() + ' ' +
                   (size ? std::to_string(*size) : "-"));
  };
  Served served{network, files, accounts(), watch};
  Dialogue client{network};
  client.log_in("carl");
  client.binary();
  client.store("STOR a", "12345");
  client.store("APPE a", "678");
  client.say("REST 2");
  client.fetch("RETR a");
  client.say("TYPE A");
  client.store("STOR b", "x\r\n");
  client.fetch("LIST");
  EXPECT_EQ(seen, (std::vector<std::string>{"/people/carl/a /a 5", "/people/carl/a /a 8", "/people/carl/a /a 8",
                                            "/people/carl/b /b -", "/people/carl / -"}));
}

TEST(TransferBegun, TellsHowManyBytesThereAreWhereThatIsKnown) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/people/carl/a", "12345678"}};
  std::vector<std::string> seen;
  const auto watch = [&seen](const TransferBegun& event) {
    seen.push_back(std::string{event.verb} + ' ' + event.shown_path().string() + ' ' + std::to_string(event.offset) +
                   ' ' + (event.expected ? std::to_string(*event.expected) : "-"));
  };
  Served served{network, files, accounts(), watch};
  Dialogue client{network};
  client.log_in("carl");
  client.binary();
  client.fetch("RETR a");
  client.say("REST 3");
  client.fetch("RETR a");
  client.say("RANG 2 5");
  client.fetch("RETR a");
  client.say("RANG 6 99");
  client.fetch("RETR a");
  client.store("STOR b", "12345");
  client.say("TYPE A");
  client.fetch("RETR a");
  client.fetch("LIST");
  EXPECT_EQ(seen, (std::vector<std::string>{"RETR /a 0 8", "RETR /a 3 5", "RETR /a 2 4", "RETR /a 6 2", "STOR /b 0 -",
                                            "RETR /a 0 -", "LIST / 0 -"}));
}

TEST(SmallObservers, AreCalledForUploadsLoginsAndErrorsAlone) {
  SimulatedNetwork network{1};
  MemoryStorage files{{{"/people/carl/a", "old"}}, 1000};
  std::vector<std::string> seen;
  const auto uploads = on_upload([&seen](const TransferEnded& event) { seen.push_back(event.shown_path().string()); });
  const auto logins =
      on_login([&seen](const LoginTried& event) { seen.push_back("login " + std::string{event.user}); });
  const auto errors = on_error([&seen](const Trouble& trouble) {
    seen.push_back(std::string{trouble.activity} + ": " + trouble.error.message());
  });
  Served served{network, files, accounts(), Observers{uploads, logins, errors}};
  {
    Dialogue client{network};
    client.say("USER carl");
    client.say("PASS wrong");
    client.hear_after(10s);
    client.log_in("carl");
    client.binary();
    client.fetch("RETR a");
    client.fetch("LIST");
    client.store("STOR b", "new");
    client.store("STOR c", std::string(2000, 'x'));
    client.control().reset();
  }
  network.settle();
  const auto lost = std::make_error_code(std::errc::connection_reset).message();  // which msvcrt has no words for
  EXPECT_EQ(seen, (std::vector<std::string>{"login carl", "/b", "STOR: No space left on device", "session: " + lost}));
}

}  // namespace
