// Storages of one's own: which commands they bring, and who is told what of whom.
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/storage/virtual_folders.hpp>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using Words = std::vector<std::string>;

/// Whether a server has these verbs, by their replies, by HELP and by FEAT, which all have to say the same.
void expect_verbs(Dialogue& client, const Words& there, const Words& missing) {
  const auto help = client.say("HELP");
  const auto features = client.say("FEAT");
  for (const auto& verb : there) {
    EXPECT_NE(client.code(verb), 502) << verb;
    EXPECT_NE(help.find(' ' + verb), help.npos) << verb;
  }
  for (const auto& verb : missing) {
    EXPECT_EQ(client.say(verb + " a"), "502 Command not implemented\r\n") << verb;
    EXPECT_EQ(help.find(' ' + verb), help.npos) << verb;
    EXPECT_EQ(features.find(' ' + verb), features.npos) << verb;
  }
}

/// What objects in a bucket are: put, got, removed, as a whole.
struct Bucket : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  void append(Path) = delete;
  void create_unique(Path) = delete;
  void partial_size(Path) = delete;
  void make_directory(Path) = delete;
  void remove_directory(Path) = delete;
  void rename(Path, Path) = delete;
  void set_modified(Path, Timestamp) = delete;
  void set_mode(Path, unsigned) = delete;
  void available(Path) = delete;
};
static_assert(WritableStorage<Bucket> && RemovesFiles<Bucket>);
static_assert(!AppendsToFiles<Bucket> && !MakesUniqueNames<Bucket> && !KeepsPartialFiles<Bucket> &&
              !MakesDirectories<Bucket> && !RemovesDirectories<Bucket> && !RenamesFiles<Bucket> &&
              !SetsTimes<Bucket> && !KeepsModes<Bucket> && !TellsFreeSpace<Bucket>);

TEST(StorageAbilities, OfABucketAreStorAndDeleAlone) {
  SimulatedNetwork network{1};
  Served served{network, Bucket{{"/old", "x"}}, some_users(), UploadRules{.refused_names = {"*.exe"}}};
  Dialogue client{network};
  client.log_in().binary();
  expect_verbs(client, {"STOR", "DELE", "RETR", "SIZE", "ALLO"},
               {"APPE", "STOU", "MKD", "RMD", "RNFR", "RNTO", "MFMT", "MFF", "AVBL", "COMB", "XMKD", "XRMD"});
  EXPECT_EQ(client.say("SITE HELP"), "214-SITE commands\r\n HELP: this\r\n214 End\r\n");
  EXPECT_EQ(client.store("STOR new", "hello"), "226 Upload complete\r\n");
  EXPECT_EQ(client.code("DELE old"), 250);
  EXPECT_EQ(client.store("STOR a.exe", "x"), "553 file name not allowed\r\n") << "rules hold all the same";
  client.say("OPTS MLST type;perm;");
  EXPECT_EQ(client.fetch("MLSD"), "type=file;perm=drw; new\r\n") << "nothing is promised that is not there";
}

/// Files that come and go by themselves, and can only be put in order.
struct Archive : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  void create(Path, std::uint64_t) = delete;
  void append(Path) = delete;
  void create_unique(Path) = delete;
  void remove(Path) = delete;
  void set_modified(Path, Timestamp) = delete;
};
static_assert(!WritableStorage<Archive> && RenamesFiles<Archive> && KeepsModes<Archive>);

TEST(StorageAbilities, MayBeToRenameWithoutToWrite) {
  SimulatedNetwork network{1};
  Served served{network, Archive{{"/a", "x"}, {"/d/", ""}}, some_users(), UploadRules{.refused_names = {"*.exe"}}};
  Dialogue client{network};
  client.log_in();
  expect_verbs(client, {"MKD", "RMD", "RNFR", "RNTO", "MFF", "AVBL"}, {"STOR", "APPE", "STOU", "DELE", "MFMT", "COMB"});
  EXPECT_NE(client.say("FEAT").find("\r\n MFF UNIX.mode;\r\n"), std::string::npos);
  EXPECT_EQ(client.say("MFF modify=20240229123456; a"), "504 Cannot set modify=20240229123456\r\n");
  EXPECT_EQ(client.say("MFF UNIX.mode=600; a"), "213 UNIX.mode=600; a\r\n");
  client.say("RNFR a");
  EXPECT_EQ(client.say("RNTO b.exe"), "553 file name not allowed\r\n");
  client.say("RNFR a");
  EXPECT_EQ(client.say("RNTO d/b"), "250 Renamed\r\n");
  EXPECT_EQ(client.say("SITE UTIME 20240229123456 d/b").substr(0, 3), "501");
  EXPECT_EQ(client.code("SITE CHMOD 644 d/b"), 200);
}

TEST(VirtualFolders, MakeADropBoxWhoseClientsMayAskForWhatTheyHaveSent) {
  SimulatedNetwork network{1};
  MemoryStorage drop;
  VirtualFolders files{MemoryStorage{{"/readme", "hello"}}, "read"};
  files.add("/drop", drop, "none,write");
  Served served{network, std::move(files), some_users(), UploadRules{.refused_names = {"*.exe"}}};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.fetch("NLST"), "drop\r\nreadme\r\n");
  EXPECT_EQ(client.store("STOR a", "x"), "550 Permission denied\r\n");
  EXPECT_EQ(client.say("CWD drop"), "250 Directory changed to /drop\r\n");
  EXPECT_EQ(client.store("STOR a.exe", "x"), "553 file name not allowed\r\n");
  EXPECT_EQ(client.store("STOR a", "12345"), "226 Upload complete\r\n");
  EXPECT_EQ(client.say("SIZE a"), "213 5\r\n");
  EXPECT_EQ(client.fetch("LIST"), "550 Permission denied\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "550 Permission denied\r\n");
  EXPECT_EQ(client.say("RMD ."), "550 Permission denied\r\n");
  EXPECT_EQ(drop.text("/a"), "12345");
}

TEST(VirtualFolders, LetWhoMayAppendElsewhereGoOnWithWhatWasCutOffWhereOneMayOnlyWrite) {
  SimulatedNetwork network{1};
  MemoryStorage drop{{"/whole", "12345"}};
  VirtualFolders files{MemoryStorage{}, Rights::all()};
  files.add("/drop", drop, "list,write");
  Served served{network, std::move(files), some_users()};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.store("APPE a", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(client.store("APPE a", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(client.store("APPE drop/a", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(client.store("APPE drop/whole", "x"), "550 Permission denied\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "xx");
  EXPECT_EQ(drop.text("/a"), "x");
  EXPECT_EQ(drop.text("/whole"), "12345");
}

/// A file that is made when somebody reads it, as docs/extending/storage.md has it.
struct MadeUp : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  using Reader = TextSource;
  awaitable<Reader> open(Path, std::uint64_t offset) {
    Reader text{"0123456789abcdefg"};
    text.seek(offset);
    co_return text;
  }
};

TEST(OwnReader, WhoseSizeIsOfTheWholeIsGoneOnWithToItsEnd) {
  SimulatedNetwork network{1};
  Served served{network, MadeUp{{"/a", ""}}, some_users()};
  Dialogue client{network};
  client.log_in().binary().say("REST 5");
  const auto port = client.passive();
  client.say("REST 5");
  EXPECT_EQ(client.say("RETR a"), "150 Opening data connection for a (12 bytes).\r\n");
  EXPECT_EQ(client.data(port), "56789abcdefg");
  client.say("REST 18");
  EXPECT_EQ(client.fetch("RETR a").substr(0, 4), "554 ");
}

/// An authenticator whose function for guests is no const one, as docs/extending/authenticator.md has it.
struct OnlyAnnaComes {
  awaitable<std::optional<Account>> log_in(const Credentials& who) {
    if (who.user != "anna") co_return std::nullopt;
    co_return Account{"anna", Path{}, "read"};
  }
  std::optional<Account> guest() { return std::nullopt; }
};

TEST(OwnAuthenticator, NeedsNoConstFunctions) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{{"/a", "x"}}, OnlyAnnaComes{}};
  Dialogue client{network};
  EXPECT_EQ(client.log_in().binary().fetch("RETR a"), "x");
}

TEST(Mdtm, SaysThatATimeIsNotKnownRatherThanTheYear1970) {
  struct Timeless : MemoryStorage {
    using MemoryStorage::MemoryStorage;
    awaitable<Entry> stat(Path path) {
      Entry entry = co_await MemoryStorage::stat(path);
      entry.modified = Timestamp{};
      co_return entry;
    }
  };
  SimulatedNetwork network{1};
  Served served{network, Timeless{{"/a", "x"}}, some_users()};
  Dialogue client{network};
  EXPECT_EQ(client.log_in().say("MDTM a"), "550 Its time is not known\r\n");
}

// ---- storages by account

/// Gives each account files of its own, none to carl, and tells who asked.
struct Homes {
  explicit Homes(std::vector<std::string>& its_log) : log{&its_log} {}
  MemoryStorage storage_for(const Visitor& visitor) const {
    log->push_back(visitor.account.name + ' ' + visitor.address.to_string());
    if (visitor.account.name == "carl") throw std::system_error(make_error_code(std::errc::no_such_file_or_directory));
    return MemoryStorage{{"/whose", visitor.account.name}};
  }
  std::vector<std::string>* log;
};
static_assert(GivesStorages<Homes> && !ReadableStorage<Homes>);

TEST(StoragePerAccount, IsWhatTheAccountSeesFromItsLoginOn) {
  SimulatedNetwork network{1};
  Words asked;
  Served served{network, Homes{asked}, some_users(), UploadRules{.refused_names = {"*.exe"}}};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.fetch("RETR whose"), "anna");
  EXPECT_EQ(client.store("STOR a.exe", "x"), "553 file name not allowed\r\n");
  client.log_in("bert");
  EXPECT_EQ(client.fetch("RETR whose"), "bert");
  EXPECT_EQ(asked, (Words{"anna 127.0.0.1", "bert 127.0.0.1"}));
}

TEST(StoragePerAccount, ThatCannotBeHadFailsTheLogin) {
  SimulatedNetwork network{1};
  Words asked;
  Served served{network, Homes{asked}, some_users()};
  Dialogue client{network};
  client.say("USER carl");
  EXPECT_EQ(client.say("PASS secret"), "550 File not found\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n");
  client.log_in();
  EXPECT_EQ(client.code("PWD"), 257);
}

TEST(StoragePerAccount, IsGivenToSessionsWithoutALoginToo) {
  SimulatedNetwork network{1};
  Served served{network, StoragePerAccount{[](const Visitor& visitor) {
                  return MemoryStorage{{"/" + visitor.account.name, ""}};
                }},
                Anonymous{.logins = "read", .without_login = "read"}};
  Dialogue client{network};
  EXPECT_EQ(client.code("SIZE guest"), 213);
  client.log_in("anonymous", "me@").binary();
  EXPECT_EQ(client.code("SIZE guest"), 550);
  EXPECT_EQ(client.code("SIZE anonymous"), 213);
}

TEST(StoragePerAccount, ThatGuestsCannotHaveLeavesThemNothingToDo) {
  SimulatedNetwork network{1};
  Served served{network, StoragePerAccount{[](const Visitor& visitor) {
                  if (visitor.account.is_guest()) throw std::system_error(make_error_code(std::errc::io_error));
                  return MemoryStorage{};
                }},
                Anonymous{.logins = "read", .without_login = "read"}};
  Dialogue client{network};
  EXPECT_EQ(client.greeting, "220 FTP Server Ready\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n");
  client.log_in("anonymous", "me@");
}

/// Looks at files before anybody has logged in.
struct Peek {
  static constexpr std::string_view verb = "PEEK";
  static constexpr bool before_login = true;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const Entry entry = co_await session.storage().stat(path);
    co_return Reply{200, entry.name};
  }
};
struct Peeking : Ftp {
  using Commands = Ftp::Commands::With<Peek>;
};

TEST(StoragePerAccount, IsNoneForACommandBeforeTheLogin) {
  SimulatedNetwork network{1};
  Words asked;
  Served served{network, Homes{asked}, Peeking{}, some_users()};
  Dialogue client{network};
  EXPECT_EQ(client.say("PEEK whose"), "550 Permission denied\r\n");
  client.log_in();
  EXPECT_EQ(client.say("PEEK whose"), "200 whose\r\n");
  client.say("REIN");
  EXPECT_EQ(client.say("PEEK whose"), "550 Permission denied\r\n") << "those of anna are hers";
}

}  // namespace
