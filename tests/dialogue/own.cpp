// Protocols, verbs and parts of one's own.
#include <ftplike/server.hpp>
#include <ftplike/users/user_table.hpp>

#include <memory>
#include <sstream>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace ftplike::verbs;
using namespace std::chrono_literals;

// ---- verbs

struct Xsum {
  static constexpr std::string_view verb = "XSUM";
  static constexpr std::string_view help = "XSUM <path>: sum of the bytes of a file";
  static constexpr std::string_view feature = "XSUM";
  static constexpr Rights needs = Right::read;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    auto file = co_await session.storage().open(path, 0);
    TextSink text;
    co_await copy(file, text, [](std::size_t) {});
    unsigned sum = 0;
    for (const char c : text.text()) sum += static_cast<unsigned char>(c);
    co_return Reply{213, std::to_string(sum)};
  }
};
struct PoliteNoop : Noop {
  static Reply run(auto&, std::string_view) { return {200, "At your service"}; }
};
/// Throws what no command should throw.
struct Boom {
  static constexpr std::string_view verb = "BOOM";
  static awaitable<Reply> run(auto&, std::string_view what) {
    if (what == "logic") throw std::logic_error("a defect");
    if (what == "memory") throw std::bad_alloc();
    throw std::system_error(std::make_error_code(std::errc::io_error));
    co_return Reply{};
  }
};
// [tuned]
struct Tuned : FtpLike {
  using Commands = FtpLike::Commands::With<Xsum, Feat, Boom>::Replacing<PoliteNoop>::Without<Cwd>;
};
// [/tuned]

TEST(OwnVerb, WorksAndShowsItself) {
  SimulatedNetwork network{1};
  Served served{network, Tuned{}, MemoryStorage{{"/ab", "ab"}}};
  Dialogue client{network};
  EXPECT_EQ(client.say("XSUM ab"), "213 195\r\n");
  EXPECT_EQ(client.say("xsum nowhere"), "550 File not found\r\n") << "what the storage throws becomes the reply";
  EXPECT_EQ(client.say("XSUM"), "501 Argument missing\r\n");
  EXPECT_EQ(client.say("HELP XSUM"), "214 XSUM <path>: sum of the bytes of a file\r\n");
  EXPECT_EQ(client.say("HELP"), "214-Commands\r\n PWD LIST STOR RETR QUIT HELP XSUM FEAT\r\n BOOM NOOP\r\n214 End\r\n");
  EXPECT_NE(client.say("FEAT").find("\r\n XSUM\r\n"), std::string::npos);
}

TEST(OwnVerb, TakesThePlaceOfAnotherOrTakesItAway) {
  SimulatedNetwork network{1};
  Served served{network, Tuned{}, MemoryStorage{}};
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP"), "200 At your service\r\n");
  EXPECT_EQ(client.say("CWD /"), "502 Command not implemented\r\n");
}

TEST(OwnVerb, ThatThrowsAnythingIsAnsweredAndTheSessionLives) {
  SimulatedNetwork network{1};
  Served served{network, Tuned{}, MemoryStorage{}};
  Dialogue client{network};
  for (const auto command : {"BOOM system", "BOOM logic", "BOOM memory"}) {
    EXPECT_EQ(client.code(command), 451) << command;
    EXPECT_EQ(client.say("NOOP"), "200 At your service\r\n");
  }
}

/// Says what it was given, and what the command before it prepared.
struct Echo {
  static constexpr std::string_view verb = "ECHO";
  static Reply run(auto& session, std::string_view text) {
    return {200, '[' + std::string{text} + "] " + std::to_string(session.state.prepared.restart())};
  }
};
struct ExactEcho : Echo {
  static constexpr std::string_view verb = "XECHO";
  static constexpr bool keeps_prepared = true;
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static Reply run(auto&, std::string_view text) { return {200, '[' + std::string{text} + ']'}; }
};
struct Echoing : Ftp {
  using Commands = Ftp::Commands::With<Echo, ExactEcho>::Replacing<Site::With<ExactEcho>>;
  using UnterminatedCommands = verbs::FtpLikeCommands::With<ExactEcho>;
};

TEST(OwnVerb, MayStandBetweenAPreparationAndItsCommandIfItSaysSo) {
  SimulatedNetwork network{1};
  Served served{network, Echoing{}, MemoryStorage{}};
  Dialogue client{network};
  client.say("REST 7");
  EXPECT_EQ(client.say("XECHO a"), "200 [a]\r\n");
  EXPECT_EQ(client.say("ECHO a"), "200 [a] 7\r\n");
  EXPECT_EQ(client.say("ECHO a"), "200 [a] 0\r\n");
}

TEST(OwnVerb, GetsItsArgumentWithoutTheBlanksAroundItUnlessItSaysThatTheyBelongToIt) {
  SimulatedNetwork network{1};
  Served served{network, Echoing{}, MemoryStorage{}};
  Dialogue client{network};
  client.type("  XECHO  a b \t ");
  EXPECT_EQ(client.hear_after(20ms), "200 [ a b]\r\n");
  EXPECT_EQ(client.say("  ECHO a b \t "), "200 [a b] 0\r\n");
  EXPECT_EQ(client.say("ECHO   a b"), "200 [a b] 0\r\n");
  EXPECT_EQ(client.say("ECHO  "), "200 [] 0\r\n");
  EXPECT_EQ(client.say("  XECHO  a b \t "), "200 [ a b \t ]\r\n");
  EXPECT_EQ(client.say("XECHO  "), "200 []\r\n");
  EXPECT_EQ(client.say("SITE XECHO a "), "200 [a ]\r\n");
}

TEST(OwnVerb, MayKeepItsArgumentSecret) {
  SimulatedNetwork network{1};
  std::vector<std::string> seen;
  const auto listens = [&seen](const CommandSeen& event) { seen.emplace_back(event.argument); };
  Served served{network, Echoing{}, MemoryStorage{}, listens};
  Dialogue client{network};
  for (const auto line : {"ECHO a", "XECHO a", "SITE XECHO a", "SITE CHMOD 600 a", "SITE PSWD old new"}) {
    client.say(line);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "***", "***", "CHMOD 600 a", "***"}));
}

// ---- storages

/// One file that is made up while it is read, so that nobody knows its size before.
class MadeUp {
 public:
  class Reader : public TextSource {
   public:
    using TextSource::TextSource;
    std::optional<std::uint64_t> size() const { return std::nullopt; }
  };
  class Listing {
   public:
    awaitable<std::vector<Entry>> next() {
      std::vector<Entry> entries;
      if (!std::exchange(told_, true)) entries.push_back(file());
      co_return entries;
    }

   private:
    bool told_ = false;
  };
  awaitable<Entry> stat(Path path) {
    if (path.is_root()) co_return Entry{"", Entry::Type::directory, 0, Timestamp{}};
    co_return file();
  }
  awaitable<Listing> list(Path) { co_return Listing{}; }
  awaitable<Reader> open(Path, std::uint64_t offset) {
    co_return Reader{std::string{"made up"}.substr(static_cast<std::size_t>(offset))};
  }
  std::string label() const { return "made up"; }

 private:
  static Entry file() { return Entry{"now", Entry::Type::file, std::nullopt, Timestamp{std::chrono::days{365}}}; }
};

TEST(OwnStorage, MayHaveFilesOfUnknownSize) {
  SimulatedNetwork network{1};
  Served served{network, MadeUp{}, some_users()};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("SIZE now"), "504 Its size is not known\r\n");
  EXPECT_EQ(client.fetch("MLSD"), "type=file;modify=19710101000000;perm=r; now\r\n");
  EXPECT_EQ(client.say("MLST now"),
            "250-Listing /now\r\n type=file;modify=19710101000000;perm=r; /now\r\n250 End\r\n");
  EXPECT_EQ(client.fetch("LIST"), "-rw-r--r--   1 ftp      ftp                 0 Jan  1  1971 now\r\n");
  const auto port = client.passive();
  EXPECT_EQ(client.say("RETR now"), "150 Opening data connection for now\r\n");
  EXPECT_EQ(client.data(port), "made up");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(client.code("REST 5"), 350);
  EXPECT_EQ(client.fetch("RETR now"), "up");
  client.say("TYPE A");
  EXPECT_EQ(client.code("SIZE now"), 550);
}

struct WithoutModes : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  void set_mode(Path, unsigned) = delete;
};

TEST(OwnStorage, WithoutModesRefusesThemBeforeAnythingIsSet) {
  SimulatedNetwork network{1};
  Served served{network, WithoutModes{{"/a", ""}}, some_users()};
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("MFF modify=20240229123456;UNIX.mode=644; a"), "504 Cannot set UNIX.mode=644\r\n");
  EXPECT_EQ(client.say("MDTM a"), "213 20010203000000\r\n");
  EXPECT_EQ(client.say("MFF modify=20240229123456; a"), "213 modify=20240229123456; a\r\n");
  EXPECT_EQ(client.say("MDTM a"), "213 20240229123456\r\n");
  EXPECT_EQ(client.code("SITE CHMOD 644 a"), 501);
}

/// A storage that lists in no order, in small pieces.
struct Shuffled : MemoryStorage {
  explicit Shuffled(std::size_t count) : count_{count} {}
  class Listing {
   public:
    explicit Listing(std::size_t count) : count_{count} {}
    awaitable<std::vector<Entry>> next() {
      std::vector<Entry> some;
      for (; given_ < count_ && some.size() < 100; ++given_) {
        // Each number below a prime once: the multiples of another.
        const auto number = given_ * 7919 % count_;
        some.emplace_back("f" + std::to_string(100'000 + number), Entry::Type::file, std::uint64_t{1}, Timestamp{});
      }
      co_return some;
    }

   private:
    std::size_t count_, given_ = 0;
  };
  awaitable<Listing> list(Path) { co_return Listing{count_}; }

 private:
  std::size_t count_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream words{text};
  for (std::string line; std::getline(words, line);) lines.push_back(line);
  return lines;
}

TEST(OwnStorage, IsListedSortedWhereThatFitsTheMemoryAndAsAWholeWhereItDoesNot) {
  for (const std::size_t count : {9973u, 30'011u}) {
    SimulatedNetwork network{1};
    Served served{network, Shuffled{count}};
    Dialogue client{network};
    auto names = lines_of(client.fetch("NLST"));
    EXPECT_EQ(std::is_sorted(names.begin(), names.end()), count < 10'000);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.begin() + 9000));
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::unique(names.begin(), names.end()) - names.begin(), static_cast<std::ptrdiff_t>(count));
    const auto lines = lines_of(client.say("STAT /"));
    EXPECT_EQ(lines.size(), count + 2);
    EXPECT_EQ(lines.back(), "212 End\r");
    EXPECT_TRUE(std::is_sorted(lines.begin() + 1, lines.begin() + 9000));
  }
}

/// A storage that notes whether its listings are asked for names alone, and how much of them was fetched.
struct Noting : MemoryStorage {
  struct Notes {
    std::string asked;
    std::size_t given = 0;
  };
  class Listing {
   public:
    explicit Listing(std::shared_ptr<Notes> notes) : notes_{std::move(notes)} { notes_->asked += "all "; }
    void names_only() { notes_->asked += "names "; }
    awaitable<std::vector<Entry>> next() {
      std::vector<Entry> some;
      for (; given_ < 100'000 && some.size() < 500; ++given_) {
        some.emplace_back("f" + std::to_string(100'000 + given_), Entry::Type::file, std::uint64_t{1}, Timestamp{});
      }
      notes_->given = given_;
      co_return some;
    }

   private:
    std::shared_ptr<Notes> notes_;
    std::size_t given_ = 0;
  };
  awaitable<Listing> list(Path) { co_return Listing{notes}; }
  std::shared_ptr<Notes> notes = std::make_shared<Notes>();
};

TEST(OwnStorage, IsAskedForNamesAloneWhereNothingElseIsShown) {
  SimulatedNetwork network{1};
  const Noting files;
  Served served{network, files};
  Dialogue client{network};
  const auto asked_by = [&](std::string_view command) {
    files.notes->asked.clear();
    client.fetch(command);
    return files.notes->asked;
  };
  EXPECT_EQ(asked_by("NLST"), "all names ");
  EXPECT_EQ(asked_by("NLST f1*"), "all names ");
  EXPECT_EQ(asked_by("LIST"), "all ");
  EXPECT_EQ(asked_by("MLSD"), "all ");
}

TEST(OwnStorage, OfALargeDirectoryIsReadNoFurtherThanItsClientListens) {
  SimulatedNetwork network{1, {.window = 100}};
  const Noting files;
  Served served{network, files, some_users()};
  Dialogue client{network};
  client.log_in();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("MLSD"), 150);
  network.settle();
  EXPECT_GE(files.notes->given, 10'000u) << "as many as are sorted";
  EXPECT_LE(files.notes->given, 11'000u);
  EXPECT_EQ(client.code("ABOR"), 226);
}

/// A storage whose listings break off after ten thousand entries and some.
struct Breaking : MemoryStorage {
  class Listing {
   public:
    awaitable<std::vector<Entry>> next() {
      std::vector<Entry> some;
      if (given_ > 10'000) throw std::system_error(std::make_error_code(std::errc::io_error));
      for (int i = 0; i < 512; ++i) {
        some.emplace_back("f" + std::to_string(++given_), Entry::Type::file, std::uint64_t{1}, Timestamp{});
      }
      co_return some;
    }

   private:
    int given_ = 0;
  };
  awaitable<Listing> list(Path) { co_return Listing{}; }
};

TEST(OwnStorage, WhoseListingBreaksOffEndsTheReplyThatHasBegun) {
  SimulatedNetwork network{1};
  Served served{network, Breaking{}};
  Dialogue client{network};
  const auto lines = lines_of(client.say("STAT /"));
  EXPECT_GT(lines.size(), 9000u);
  EXPECT_EQ(lines.front(), "212-Status of /\r");
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) EXPECT_TRUE(lines[i].starts_with(" -rw-r--r-- ")) << lines[i];
  EXPECT_EQ(lines.back().substr(0, 4), "212 ") << "no other code may end it";
  EXPECT_EQ(client.say("STAT nowhere"), "550 File not found\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

// ---- protocols

TEST(OwnProtocol, OfTheSeedKnowsItsCommandsOnly) {
  SimulatedNetwork network{1};
  Served served{network, FtpLike{}, MemoryStorage{{"/a", "hello"}}};
  Dialogue client{network};
  for (const auto command : {"USER anna", "PASV", "EPSV", "PORT 127,0,0,1,200,0", "TYPE I", "DELE a", "FEAT", "ABOR"}) {
    EXPECT_EQ(client.say(command), "502 Command not implemented\r\n") << command;
  }
  EXPECT_EQ(client.say("PWD"), "257 \"memory\"\r\n");
  EXPECT_EQ(client.say("RETR a"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

/// Lets a word in, on one host.
struct Door {
  awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    std::optional<Account> account;
    if (credentials.password == "sesame") account.emplace(credentials.user, Path{}, Rights::reading());
    co_return account;
  }
  std::optional<Account> guest() const { return std::nullopt; }
  bool knows_host(std::string_view name) const { return name == "cave.example"; }
};
struct PassiveOnly : Profile {
  using DataChannel = PassiveChannel;
  using Authenticator = Door;
  using Commands = CommandTable<User, Pass, Host, Type, Retr, Noop, Quit>;
  using UnterminatedCommands = CommandTable<>;
};

TEST(OwnProtocol, HasTheDataChannelsThatItNames) {
  SimulatedNetwork network{1};
  Served served{network, PassiveOnly{}, MemoryStorage{{"/a", "hello"}}};
  Dialogue client{network};
  client.log_in("ali", "sesame").binary();
  EXPECT_EQ(client.say("PORT 127,0,0,1,200,0"), "502 Command not implemented\r\n");
  EXPECT_EQ(client.say("EPRT |1|127.0.0.1|51200|"), "502 Command not implemented\r\n");
  EXPECT_EQ(client.say("RETR a"), "425 No data connection\r\n") << "nothing is announced here";
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  EXPECT_EQ(client.say("RETR a"), "425 No data connection\r\n");
}

TEST(OwnProtocol, MayDoWithoutTheDialectThatHasNoLineEndings) {
  SimulatedNetwork network{1};
  Served served{network, PassiveOnly{}, MemoryStorage{}};
  Dialogue client{network};
  client.type("NOOP");
  EXPECT_EQ(client.hear_after(10s), "");
  EXPECT_EQ(client.say(""), "200 OK\r\n");
}

TEST(OwnProtocol, SaysWhichCommandsAreUnderstoodWithoutALineEnding) {
  SimulatedNetwork network{1};
  Served served{network, Echoing{}, MemoryStorage{}};
  Dialogue client{network};
  client.type("XECHO a");
  EXPECT_EQ(client.hear(), "") << "it may go on";
  EXPECT_EQ(client.hear_after(20ms), "200 [a]\r\n");
  client.type("ECHO a");
  EXPECT_EQ(client.hear_after(10s), "");
  client.type("\r\n");
  EXPECT_EQ(client.hear(), "200 [a] 0\r\n");
}

TEST(OwnAuthenticator, MayKnowItsHosts) {
  SimulatedNetwork network{1};
  Served served{network, PassiveOnly{}, Door{}, MemoryStorage{}};
  Dialogue client{network};
  EXPECT_EQ(client.say("HOST other.example"), "504 No such host here\r\n");
  EXPECT_EQ(client.say("HOST cave.example"), "220 Host accepted\r\n");
  client.log_in("ali", "sesame");
}

// ---- storages

/// Files that can be read, and nothing else.
class ReadOnly {
 public:
  using Reader = MemoryStorage::Reader;
  using Listing = MemoryStorage::Listing;
  explicit ReadOnly(MemoryStorage files) : files_{std::move(files)} {}
  awaitable<Entry> stat(Path path) { return files_.stat(std::move(path)); }
  awaitable<Listing> list(Path path) { return files_.list(std::move(path)); }
  awaitable<Reader> open(Path path, std::uint64_t offset) { return files_.open(std::move(path), offset); }
  std::string label() const { return "read only"; }

 private:
  MemoryStorage files_;
};
static_assert(ReadableStorage<ReadOnly> && !WritableStorage<ReadOnly>);

TEST(ReadOnlyStorage, HasNoCommandsThatWrite) {
  SimulatedNetwork network{1};
  Served served{network, ReadOnly{MemoryStorage{{"/a", "hello"}}}};
  Dialogue client{network};
  const auto help = client.say("HELP");
  const auto features = client.say("FEAT");
  for (const std::string verb :
       {"STOR", "APPE", "STOU", "MKD", "RMD", "DELE", "RNFR", "RNTO", "MFMT", "MFF", "COMB", "XMKD", "XRMD", "AVBL"}) {
    EXPECT_EQ(client.say(verb + " a"), "502 Command not implemented\r\n") << verb;
    EXPECT_EQ(client.say("HELP " + verb), "501 No such command\r\n") << verb;
    EXPECT_EQ(help.find(' ' + verb), help.npos) << verb;
    EXPECT_EQ(features.find(' ' + verb), features.npos) << verb;
  }
  EXPECT_EQ(client.code("SITE CHMOD 600 a"), 501);
  EXPECT_EQ(client.code("SITE UTIME 20240229123456 a"), 501);
  EXPECT_EQ(client.say("ALLO 5"), "202 No allocation needed\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  EXPECT_EQ(client.fetch("NLST"), "a\r\n");
  EXPECT_EQ(client.say("SIZE a"), "213 5\r\n");
}

/// Files that break in the reader's hands.
class Broken : public MemoryStorage {
 public:
  struct Reader {
    awaitable<std::size_t> read_some(std::span<std::byte> room) {
      if (std::exchange(read_, true)) throw std::system_error(std::make_error_code(std::errc::io_error));
      std::fill(room.begin(), room.end(), std::byte{'x'});
      co_return room.size();
    }

   private:
    bool read_ = false;
  };
  awaitable<Reader> open(const Path& path, std::uint64_t) {
    if (path.name() == "memory") throw std::bad_alloc();
    co_return Reader{};
  }
};

TEST(BrokenStorage, EndsTheTransferAndNotTheSession) {
  SimulatedNetwork network{1};
  Served served{network, FtpLike{}, Broken{}};
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a"), "150 40001\r\n");
  EXPECT_NE(client.data(40001), "");
  EXPECT_EQ(client.hear(), "451 Local error: Input/output error\r\n");
  EXPECT_EQ(client.code("RETR memory"), 451);
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

// ---- guests, and observers

TEST(WhoComesByDefault, MayReadWithALoginOrWithoutAndNoMore) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{{"/a", "hello"}}};
  Dialogue plain{network};
  EXPECT_EQ(plain.say("RETR a"), "150 40001\r\n");
  EXPECT_EQ(plain.data(40001), "hello");
  EXPECT_EQ(plain.hear(), "226 Download complete\r\n");
  EXPECT_EQ(plain.say("STOR b"), "550 Permission denied\r\n");
  Dialogue standard{network};
  standard.log_in("anonymous", "me@").binary();
  EXPECT_EQ(standard.fetch("RETR a"), "hello");
  EXPECT_EQ(standard.say("DELE a"), "550 Permission denied\r\n");
}

/// Whether `listen` throws an objection that says so.
template <class Listen> testing::AssertionResult objects(Listen listen, const std::string& why) {
  try {
    listen();
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    if (said.find(why) != said.npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "it says " << said;
  }
  return testing::AssertionFailure() << "it listens";
}

TEST(WhoComesByDefault, ComesOverLoopbackOnly) {
  SimulatedNetwork network{1};
  network.host("127.0.0.1", "10.0.0.1");
  Served served{network, MemoryStorage{}};
  EXPECT_TRUE(objects([&] { served.server().listen("10.0.0.1", 21); }, "give the server an authenticator"));
  EXPECT_TRUE(objects(
      [&] {
        served.server().accept_from(network.listen(network.executor(), {asio::ip::address_v4::any(), 21}));
      },
      "give the server an authenticator"));
  served.server().listen("127.0.0.1", 21);
}

TEST(WhoComesByDefault, ComesThroughNoProxy) {
  SimulatedNetwork network{1};
  TrustedProxies proxies{{*Subnet::parse("127.0.0.1")}};
  Server server{network, MemoryStorage{}, proxies};
  EXPECT_TRUE(objects([&] { server.listen("127.0.0.1", 21); }, "give the server an authenticator"));
  Server told{network, MemoryStorage{}, proxies, Anonymous{.logins = "read"}};
  told.listen("127.0.0.1", 21);
}

TEST(Listen, ThrowsWhereNobodyCouldComeIn) {
  SimulatedNetwork network{1};
  Server nobody{network, MemoryStorage{}, Anonymous{}};
  EXPECT_TRUE(objects([&] { nobody.listen("127.0.0.1", 21); }, "nobody can come in"));
  Server without_logins{network, MemoryStorage{}, FtpLike{}, Anonymous{.logins = "write"}};
  EXPECT_TRUE(objects([&] { without_logins.listen("127.0.0.1", 21); }, "this profile has no logins"));
  EXPECT_EQ(network.open_acceptors(), 0u) << "no port was taken";
  UserTable later;
  Server filled_later{network, MemoryStorage{}, later};
  filled_later.listen("127.0.0.1", 21);
}

TEST(Server, NamesTheAddressThatItCannotHave) {
  SimulatedNetwork network{1};
  Server first{network, MemoryStorage{}}, second{network, MemoryStorage{}};
  first.listen("127.0.0.1", 3456);
  try {
    second.listen("127.0.0.1", 3456);
    FAIL() << "both listen there";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_TRUE(std::string{error.what()}.starts_with("listen on 127.0.0.1 port 3456: ")) << error.what();
  }
}

TEST(Listen, ThrowsWhereTlsIsWantedOfATransportWithoutIt) {
  SimulatedNetwork network{1};
  for (const auto policy : {TlsPolicy::required_for_login, TlsPolicy::required}) {
    Server server{network, MemoryStorage{}, policy};
    EXPECT_TRUE(objects([&] { server.listen("127.0.0.1", 21); }, "TLS is required"));
  }
  for (const auto policy : {TlsPolicy::off, TlsPolicy::offered}) {
    Server server{network, MemoryStorage{}, policy};
    server.listen("127.0.0.1", 0);
    const Beginning known_late = Beginning::implicit_tls;
    EXPECT_TRUE(objects([&] { server.listen("127.0.0.1", 0, known_late); }, "begin with TLS"));
  }
}

TEST(SessionsWithoutALogin, MayDoWhatSomebodySaysInSoManyWords) {
  SimulatedNetwork network{1};
  network.host("127.0.0.1", "10.0.0.1");
  Served served{network, FtpLike{}, MemoryStorage{{"/a", "hello"}}, Anonymous{.without_login = "read"}};
  served.server().listen("10.0.0.1", TestServer::port);
  Dialogue outside{network, "10.0.0.2", "10.0.0.1"};
  EXPECT_EQ(outside.say("RETR a"), "150 40001\r\n");
  EXPECT_EQ(outside.data(40001), "hello");
  EXPECT_EQ(outside.hear(), "226 Download complete\r\n");
  EXPECT_EQ(outside.say("STOR a"), "550 Permission denied\r\n");
}

TEST(OwnObserver, MayBeALambdaForOneEvent) {
  SimulatedNetwork network{1};
  std::vector<std::string> arrived;
  const auto arrivals = [&arrived](const TransferEnded& event) {
    if (event.complete() && event.direction == Direction::received) arrived.push_back(event.path.string());
  };
  const auto no_secrets = [](const CommandSeen& event) -> std::optional<Reply> {
    if (event.argument == "secret") return Reply{550, "No"};
    return std::nullopt;
  };
  Served served{network, FtpLike{}, MemoryStorage{}, Anonymous{.without_login = "write"},
                Observers{arrivals, no_secrets}};
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR secret"), "550 No\r\n");
  EXPECT_EQ(client.say("STOR a"), "150 40001\r\n");
  client.put(40001, "x");
  EXPECT_EQ(client.say("RETR a"), "226 Upload complete\r\n150 40002\r\n");
  EXPECT_EQ(client.data(40002), "x");
  EXPECT_EQ(arrived, std::vector<std::string>{"/a"});
}

TEST(OwnObserver, ThatThrowsEndsNeitherTheTransferNorTheProgramAtTheEndOfADataConnection) {
  SimulatedNetwork network{1};
  const auto broken = [](const DataClosed&) { throw std::runtime_error("a defect"); };
  Served served{network, FtpLike{}, MemoryStorage{{"/a", "hello"}}, broken};
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

TEST(OwnObserver, ThatThrowsWhenATransferHasEndedChangesNothingOfWhatWasDone) {
  SimulatedNetwork network{1};
  const auto broken = [](const TransferEnded&) { throw std::runtime_error("a defect"); };
  Served served{network, FtpLike{}, MemoryStorage{{"/a", "hello"}}, broken};
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

}  // namespace
