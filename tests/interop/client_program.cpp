// Our client program with our server program: each of its words, options and ways to end.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ftplike/version.hpp>

#include "connection.hpp"
#include "running_server.hpp"
#include "tree.hpp"

namespace {

using namespace std::chrono_literals;

class ClientProgram : public Interop {
 protected:
  Outcome client(std::vector<std::string> arguments, std::string_view input = {}) const {
    arguments.insert(arguments.begin(), FTPLIKE_CLIENT_PROGRAM);
    return run(std::move(arguments), input);
  }
  /// The commands of a session that works in the client's folder.
  Outcome session(const std::string& commands, std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"--files", ours.string(), server.url(), "-c", commands});
    return client(std::move(options));
  }
  /// With keys for a terminal, as terminal_session.py has them.
  Outcome typed(std::vector<std::string> arguments, std::string_view keys) const {
    const std::string script = std::string{FTPLIKE_EXAMPLES} + "/../tests/interop/terminal_session.py";
    arguments.insert(arguments.begin(), {"python3", script, FTPLIKE_CLIENT_PROGRAM});
    return outcome_of(program(std::move(arguments)).with("TERM", "dumb"), keys);
  }
  static bool says(const Outcome& outcome, std::string_view text) {
    return outcome.output.find(text) != std::string::npos || outcome.errors.find(text) != std::string::npos;
  }
  /// The same for commands of the shell, whose $0 and further words are the program's.
  Outcome typed_to_shell(const std::string& commands, std::vector<std::string> arguments, std::string_view keys) const {
    const std::string script = std::string{FTPLIKE_EXAMPLES} + "/../tests/interop/terminal_session.py";
    arguments.insert(arguments.begin(), {"python3", script, "sh", "-c", commands, FTPLIKE_CLIENT_PROGRAM});
    return outcome_of(program(std::move(arguments)).with("TERM", "dumb"), keys);
  }
  /// What the process list shows of it.
  static std::string words_of(const Process& process) {
    std::ifstream words{"/proc/" + std::to_string(process.id()) + "/cmdline"};
    return {std::istreambuf_iterator<char>{words}, {}};
  }
  using Answers = std::map<std::string, std::vector<std::string>>;
  /// Plays a server for one session that sends files: each command has its answers in turn, the last one for ever, else
  /// 502. Gives what came over data connections, with its command in front.
  static std::vector<std::string> receive_files(Listener& listener, Answers answers) {
    std::vector<std::string> received;
    Listener data_port;
    answers["EPSV"] = {"229 (|||" + std::to_string(data_port.port()) + "|)"};
    answers["USER anonymous"] = {"230 Welcome"};
    answers["QUIT"] = {"221 Goodbye"};
    auto control = listener.accept();
    control.say("220 Hello\r\n");
    std::optional<Connection> data;
    for (std::string command; command != "QUIT";) {
      command = control.line();
      std::string answer = "502 No";
      if (const auto known = answers.find(command); known != answers.end()) {
        answer = known->second.front();
        if (known->second.size() > 1) known->second.erase(known->second.begin());
      }
      control.say(answer + "\r\n");
      if (command == "EPSV") data.emplace(data_port.accept());
      if (!answer.starts_with("150")) continue;
      received.push_back(command + ": " + data->rest());
      control.say("226 Done\r\n");
    }
    return received;
  }
  void write_netrc(const std::string& text, std::filesystem::perms others = std::filesystem::perms::none) const {
    home.write(".netrc", text);
    using enum std::filesystem::perms;
    std::filesystem::permissions(home / ".netrc", owner_read | owner_write | others);
  }
  /// Without a user, or with one and no password.
  std::string bare_url(const std::string& user = {}) const {
    return "ftp://" + (user.empty() ? user : user + '@') + "127.0.0.1:" + server.port() + '/';
  }
};

TEST_F(ClientProgram, ShowsNamesBetweenTheRepliesOfAListing) {
  theirs.write("a.jpg", "1");
  theirs.write("b.jpg", "2");
  RunningServer open{theirs.string(), {"--guests", "read"}};
  const auto held = client({"127.0.0.1", open.port(), "--dialect", "ftplike", "--files", "."}, "LIST\nQUIT\n");
  ASSERT_TRUE(ended_well(held));
  const auto begin = held.output.find("150 ");
  ASSERT_NE(begin, std::string::npos) << held.output;
  const auto names = held.output.find('\n', begin) + 1;
  EXPECT_EQ(held.output.substr(names), "a.jpg\nb.jpg\n226 Listing complete\n\nftp> QUIT\n221 Goodbye\n");
}

TEST_F(ClientProgram, UnderstandsTheWordsThatPeopleKnow) {
  ours.write("one", "1");
  ours.write("two", "22");
  ours.write("sub/three", "333");
  const auto held = session(
      "mkdir d; cd d; put one; put one uno; mput t*; mv uno eins; ls; cat two; lcd sub; get eins; mget t*; put three; "
      "rm tw?; cd /; mkdir e; rmdir e; close; open " +
      server.url("d") + "; ls o*; !echo mine; ?; bye");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(theirs.read("d/one"), "1");
  EXPECT_EQ(theirs.read("d/eins"), "1");
  EXPECT_EQ(theirs.read("d/three"), "333");
  EXPECT_FALSE(theirs.has("d/two"));
  EXPECT_FALSE(theirs.has("e"));
  EXPECT_EQ(ours.read("sub/eins"), "1");
  EXPECT_EQ(ours.read("sub/two"), "22");
  for (const auto* text : {" eins\n", "22", "mine\n", "reput FILE", "mirror FROM TO"})
    EXPECT_TRUE(says(held, text)) << text;
}

TEST_F(ClientProgram, TakesANameThatExistsForNoPattern) {
  for (const auto* name : {"[ab]c", "ac", "bc"}) ours.write(name, name);
  const Outcome sent = session("mkdir d; cd d; mput [ab]c; mkdir [x]; cd [x]; put bc", {"--quiet"});
  ASSERT_EQ(sent.status, 0) << sent.errors;
  const Outcome seen = session("cd d; ls [x]; put ac; put bc; rm [ab]c; ls [ab]c; rm [ab]c; ls", {"--quiet", "--json"});
  ASSERT_EQ(seen.status, 0) << seen.errors;
  std::string names;
  for (auto at = seen.output.find("\"name\": \""); at != std::string::npos; at = seen.output.find("\"name\": \"", at)) {
    at += 9;
    names += seen.output.substr(at, seen.output.find('"', at) - at) + ' ';
  }
  EXPECT_EQ(names, "bc ac bc ac bc [x] ") << seen.output;  // in [x], as put, by the pattern, and what is left
}

TEST_F(ClientProgram, PagesAFileWithThePager) {
  theirs.write("a", "some text");
  const auto held =
      outcome_of(program({FTPLIKE_CLIENT_PROGRAM, server.url(), "-c", "less a"}).with("PAGER", "tr a-z A-Z"));
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "SOME TEXT");
}

TEST_F(ClientProgram, ShowsAFileWhileItComes) {
  Listener listener, data_port;
  Process process{program(
      {FTPLIKE_CLIENT_PROGRAM, "--dialect", "ftplike", "127.0.0.1", std::to_string(listener.port()), "-c", "cat a"})};
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  EXPECT_EQ(control.line(), "RETR a");
  control.say("150 " + std::to_string(data_port.port()) + "\r\n");
  auto data = data_port.accept();
  data.say("beginning\n" + std::string(20'000, 'x'));
  EXPECT_EQ(process.line(), "beginning");
  data.say("\nend\n");
  data.close();
  control.say("226 Done\r\n");
  EXPECT_EQ(control.line(), "QUIT");
  control.say("221 Goodbye\r\n");
  EXPECT_EQ(process.wait(), 0);
  EXPECT_TRUE(process.output().ends_with("x\nend\n"));
}

TEST_F(ClientProgram, SurvivesWhoeverDoesNotReadToTheEnd) {
  theirs.write("big", noise(3'000'000));
  const std::string words = "\"$0\" " + server.url() + " -c 'cat big'; echo \"status $?\" >&2";
  const auto held = outcome_of(program({"sh", "-c", '(' + words + ") | head -c 1", FTPLIKE_CLIENT_PROGRAM}));
  EXPECT_EQ(held.output.size(), 1u);
  EXPECT_EQ(held.errors, "ftplike-client: what was fetched cannot be written: Broken pipe\nstatus 6\n");
  // Programs that are started have their own way with it.
  EXPECT_TRUE(says(session("!kill -s PIPE $$"), "the command ended with status 141"));
}

TEST_F(ClientProgram, TellsItsVersion) {
  const auto told = client({"--version"});
  EXPECT_TRUE(ended_well(told));
  EXPECT_EQ(told.output, FTPLIKE_VERSION_STRING "\n");
}

TEST_F(ClientProgram, GetsPutsAndListsInOneWord) {
  theirs.write("pub/a b", "hello");
  ASSERT_TRUE(ended_well(client({"get", server.url("pub/a%20b")})));
  EXPECT_EQ(ours.read("a b"), "hello");
  ASSERT_TRUE(ended_well(client({"get", server.url("pub/a%20b"), "copy"})));
  EXPECT_EQ(ours.read("copy"), "hello");
  std::filesystem::create_directory(ours / "deep");
  ASSERT_TRUE(ended_well(client({"--files", ours / "deep", "get", server.url("pub/a%20b")})));
  EXPECT_EQ(ours.read("deep/a b"), "hello");
  ASSERT_TRUE(ended_well(client({"put", "copy", server.url("pub/")})));
  EXPECT_EQ(theirs.read("pub/copy"), "hello");
  EXPECT_TRUE(says(client({"ls", server.url("pub")}), " copy\n"));
}

TEST_F(ClientProgram, MirrorsATreeDownAndUpAgain) {
  grow_tree(theirs);
  const auto tree = tree_of(theirs);
  ASSERT_TRUE(ended_well(client({"mirror", server.url(), "copy"})));
  ASSERT_TRUE(ended_well(client({"mirror", "--reverse", "copy", server.url("again"), "--parallel", "2"})));
  TestFolder back;
  std::filesystem::rename(theirs / "again", back / "again");
  std::filesystem::rename(ours / "copy", back / "copy");
  TestFolder copy, again;
  std::filesystem::rename(back / "copy", copy / "x");
  std::filesystem::rename(back / "again", again / "x");
  EXPECT_EQ(tree_of(copy).size(), tree.size() + 1);
  EXPECT_TRUE(tree_of(copy) == tree_of(again));
  for (const auto& [name, bytes] : tree) EXPECT_TRUE(name.ends_with('/') || copy.read("x/" + name) == bytes) << name;
}

TEST_F(ClientProgram, MirrorsOnlyWhatDiffersAndShowsItBefore) {
  theirs.write("a", "1");
  theirs.write("b.tmp", "2");
  ours.write("copy/old", "3");
  const std::vector<std::string> words{"mirror", server.url(), "copy", "--delete", "--exclude", "*.tmp"};
  auto dry = words;
  dry.emplace_back("--dry-run");
  const auto shown = client(dry);
  EXPECT_EQ(shown.output, "remove old: is not in the source\ntransfer a, 1 bytes: is missing\n");
  EXPECT_EQ(tree_of(ours), (std::map<std::string, std::string>{{"copy/", ""}, {"copy/old", "3"}}));
  ASSERT_TRUE(ended_well(client(words)));
  EXPECT_EQ(tree_of(ours), (std::map<std::string, std::string>{{"copy/", ""}, {"copy/a", "1"}}));
  EXPECT_EQ(client(dry).output, "");
}

/// Plays a server that knows LIST only, whose root has these lines and whose other directories are closed, to the end
/// of a session.
void play_lister(const Listener& listener, const std::string& lines) {
  const Listener data;
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  for (auto command = control.line(); command != "QUIT"; command = control.line()) {
    if (command == "LIST") {
      control.say("150 Here\r\n");
      data.accept().say(lines);
    }
    control.say(command == "LIST"              ? "226 Done\r\n"
                : command == "USER anonymous"  ? "230 Welcome\r\n"
                : command == "PWD"             ? "257 \"/\"\r\n"
                : command == "EPSV"            ? "229 (|||" + std::to_string(data.port()) + "|)\r\n"
                : command.starts_with("CWD ")  ? "550 No way\r\n"
                : command.starts_with("TYPE ") ? "200 Fine\r\n"
                                               : "502 No\r\n");
  }
  control.say("221 Bye\r\n");
}

TEST_F(ClientProgram, NamesTheFolderThatItCannotMirrorAndEndsWithThatFailure) {
  ours.write("copy/locked/kept", "1");
  for (const bool dry : {true, false}) {
    const Listener listener;
    std::vector<std::string> words{FTPLIKE_CLIENT_PROGRAM,
                                   "--dialect",
                                   "standard",
                                   "mirror",
                                   "--delete",
                                   "ftp://127.0.0.1:" + std::to_string(listener.port()),
                                   "copy"};
    if (dry) words.emplace_back("--dry-run");
    Process process{program(std::move(words))};
    play_lister(listener, "drwxr-xr-x 2 a b 0 Nov 22 2025 locked\r\ndrwxr-xr-x 2 a b 0 Nov 22 2025 open\r\n");
    EXPECT_EQ(process.wait(), 5);
    EXPECT_NE(process.errors().find("list locked: is not known: CWD: 550 No way"), std::string::npos)
        << process.errors();
    EXPECT_EQ(ours.has("copy/open"), !dry);
    EXPECT_EQ(ours.read("copy/locked/kept"), "1");
  }
}

TEST_F(ClientProgram, TellsOfAMirrorThatAListingCouldNotBeUnderstood) {
  ours.write("copy/kept", "1");
  const Listener listener;
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "mirror", "--delete",
                           "ftp://127.0.0.1:" + std::to_string(listener.port()), "copy"})};
  play_lister(listener, "drwxr-xr-x 2 a b 0 Nov 22 2025 open\r\nwhat is this\r\n");
  EXPECT_EQ(process.wait(), 5);
  EXPECT_NE(process.errors().find("lines that cannot be understood: 1, the first: what is this"), std::string::npos)
      << process.errors();
  EXPECT_TRUE(ours.has("copy/open"));
  EXPECT_EQ(ours.read("copy/kept"), "1");
}

TEST_F(ClientProgram, StampsTimesOfWhichTheZoneIsNotKnownWithoutOne) {
  const Listener listener;
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "ls", "--json",
                           "ftp://127.0.0.1:" + std::to_string(listener.port())})};
  play_lister(listener, "-rw-r--r-- 1 a b 0 Nov 22 2025 local\r\n+m1763831471,r,\tutc\r\n");
  EXPECT_EQ(process.wait(), 0);
  EXPECT_NE(process.output().find(R"("modified": "2025-11-22T00:00:00"})"), std::string::npos) << process.output();
  EXPECT_NE(process.output().find(R"("modified": "2025-11-22T17:11:11Z"})"), std::string::npos) << process.output();
}

TEST_F(ClientProgram, MirrorsFromWithinASession) {
  theirs.write("pub/a", "1");
  ours.write("up/b", "2");
  ASSERT_TRUE(ended_well(session("cd pub; mirror . copy; mirror --reverse up new")));
  EXPECT_EQ(ours.read("copy/a"), "1");
  EXPECT_EQ(theirs.read("pub/new/b"), "2");
}

TEST_F(ClientProgram, FetchesAFileInParts) {
  theirs.write("pub/big", noise(3'000'000));
  const auto got = client({"--explain", "get", server.url("pub/big"), "--parallel", "3"});
  ASSERT_TRUE(ended_well(got));
  EXPECT_TRUE(ours.read("big") == noise(3'000'000));
}

TEST_F(ClientProgram, GoesOnWithTransfersBothWays) {
  theirs.write("down", "0123456789");
  ours.write("down", "01234");
  const auto down = client({"get", server.url("down"), ".", "--resume", "--json"});
  EXPECT_TRUE(says(down, "\"bytes\": 5, \"offset\": 5"));
  EXPECT_EQ(ours.read("down"), "0123456789");

  ours.write("up", "abcdefghij");
  theirs.write("up", "abc");
  EXPECT_TRUE(says(session("reput up", {"--json"}), "\"bytes\": 7, \"offset\": 3"));
  EXPECT_EQ(theirs.read("up"), "abcdefghij");
  ours.write("down", "012");
  EXPECT_TRUE(says(session("reget down", {"--json"}), "\"bytes\": 7, \"offset\": 3"));
}

TEST_F(ClientProgram, GoesOnWithAnUploadOnlyAsTheServerOffersIt) {
  using Received = std::vector<std::string>;
  ours.write("a", "hello");
  const auto put = [&](const Answers& answers) {
    Listener listener;
    const std::string url = "ftp://127.0.0.1:" + std::to_string(listener.port());
    Process process{program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "--resume", "put", "a", url + '/'})};
    auto received = receive_files(listener, answers);
    EXPECT_EQ(process.wait(), 0) << process.errors();
    return received;
  };
  const std::string no_rest = "211-Features:\r\n SIZE\r\n211 End";
  const std::string rest = "211-Features:\r\n SIZE\r\n REST STREAM\r\n211 End";
  Answers answers{{"TYPE I", {"200 Binary"}},
                  {"FEAT", {no_rest}},
                  {"SIZE a", {"213 2", "213 5"}},
                  {"STOR a", {"150 Go on"}},
                  {"REST 2", {"350 Go on"}}};
  EXPECT_EQ(put(answers), Received{"STOR a: hello"});  // APPE is refused
  answers["APPE a"] = {"150 Go on"};
  EXPECT_EQ(put(answers), Received{"APPE a: llo"});
  answers["FEAT"] = {rest};
  EXPECT_EQ(put(answers), Received{"STOR a: llo"});
  answers["SIZE a"] = {"213 5"};
  EXPECT_EQ(put(answers), Received{});
  answers["SIZE a"] = {"550 Nobody looks in here"};
  EXPECT_EQ(put(answers), Received{"STOR a: hello"});
}

TEST_F(ClientProgram, ConvertsTextAndLetsTheServerConnect) {
  theirs.write("text", "one\ntwo\n");
  const auto as_text = client({"--explain", "get", server.url("text"), "--ascii"});
  EXPECT_TRUE(says(as_text, "TYPE A"));
  EXPECT_EQ(ours.read("text"), "one\ntwo\n");
  const auto actively = client({"--explain", "get", server.url("text"), "again", "--active"});
  EXPECT_TRUE(says(actively, "PORT") || says(actively, "EPRT"));
  EXPECT_EQ(ours.read("again"), "one\ntwo\n");
}

TEST_F(ClientProgram, TellsEntriesRepliesAndResultsAsJson) {
  theirs.write("a \"b\"", "hello");
  std::filesystem::last_write_time(theirs / "a \"b\"", std::filesystem::file_time_type::clock::now());
  const auto listed = client({"ls", server.url(), "--json"});
  EXPECT_TRUE(listed.output.starts_with(R"({"name": "a \"b\"", "type": "file", "size": 5, "modified": "20)"))
      << listed.output;
  EXPECT_TRUE(says(session("PWD", {"--json"}), R"({"code": 257, "text": "\"/\""})"));
  EXPECT_TRUE(says(client({"mirror", server.url(), "copy", "--json"}),
                   R"({"action": "transfer", "path": "a \"b\"", "size": 5, "reason": "is missing"})"));
}

TEST_F(ClientProgram, SaysByItsStatusWhatWentWrong) {
  theirs.write("a", "1");
  const Listener nobody;
  const std::string silent = "ftp://127.0.0.1:" + std::to_string(nobody.port());
  std::string closed_port;
  {
    const Listener gone;
    closed_port = std::to_string(gone.port());
  }
  EXPECT_EQ(client({"--nonsense"}).status, 2);
  EXPECT_EQ(client({"ls", "http://127.0.0.1/"}).status, 2);
  EXPECT_EQ(client({"ls", "ftp://127.0.0.1:" + closed_port}).status, 3);
  EXPECT_EQ(client({"ls", silent, "--timeout", "0.2"}).status, 3);
  EXPECT_EQ(client({"mirror", "ftp://127.0.0.1:" + closed_port, "x"}).status, 3);
  EXPECT_EQ(client({"ls", "ftp://tester:wrong@127.0.0.1:" + server.port()}).status, 4);
  EXPECT_EQ(client({"mirror", "ftp://tester:wrong@127.0.0.1:" + server.port(), "x"}).status, 4);
  EXPECT_EQ(client({"get", server.url("none")}).status, 5);
  EXPECT_EQ(client({"get", server.url("a"), "no/such/folder/a"}).status, 6);
  EXPECT_EQ(client({"put", "none", server.url()}).status, 6);
  EXPECT_EQ(session("cd nowhere; mkdir never").status, 5);
  EXPECT_FALSE(theirs.has("never"));
  EXPECT_TRUE(says(client({"--help"}), "Exit status: 0 good"));
}

TEST_F(ClientProgram, SaysByItsStatusThatItWasInterrupted) {
  Listener listener;
  Process process{program(
      {FTPLIKE_CLIENT_PROGRAM, "--dialect", "ftplike", "ls", "ftp://127.0.0.1:" + std::to_string(listener.port())})};
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  EXPECT_EQ(control.line(), "LIST");
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
}

TEST_F(ClientProgram, CanBeInterruptedWhileItMakesSessionsAndGoesOn) {
  Listener listener;
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "--parallel", "2", "--files", ".",
                           "127.0.0.1", std::to_string(listener.port())})};
  process.say("get a\nNOOP\nbye\n");
  process.close_input();
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  for (const auto& [command, reply] : std::vector<std::pair<std::string, std::string>>{
           {"USER anonymous", "230 Welcome"}, {"FEAT", "502 No"}, {"SYST", "215 UNIX"}, {"PWD", "257 \"/\""}}) {
    EXPECT_EQ(control.line(), command);
    control.say(reply + "\r\n");
  }
  const auto silent = listener.accept();
  process.signal(SIGINT);
  for (const auto* command : {"NOOP", "QUIT"}) {
    EXPECT_EQ(control.line(), command);
    control.say("200 Good\r\n");
  }
  EXPECT_EQ(process.wait(), 130);
}

TEST_F(ClientProgram, ShowsTheReplyToACommandOnceAfterATransferThatWasInterrupted) {
  Listener listener, data_port;
  Process process{
      program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "127.0.0.1", std::to_string(listener.port())})};
  process.say("RETR a\nPWD\nbye\n");
  process.close_input();
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  const std::map<std::string, std::string> replies{{"USER anonymous", "230 Welcome"},
                                                   {"TYPE I", "200 Binary"},
                                                   {"ABOR", "426 Cut off\r\n226 Aborted"},
                                                   {"PWD", "257 \"/\""},
                                                   {"QUIT", "221 Goodbye"},
                                                   {"RETR a", "150 Here"},
                                                   {"EPSV", "229 (|||" + std::to_string(data_port.port()) + "|)"}};
  for (auto command = control.line();; command = control.line()) {
    const auto reply = replies.find(command);
    control.say((reply == replies.end() ? "502 No" : reply->second) + "\r\n");
    if (command == "QUIT") break;
    if (command != "RETR a") continue;
    (void)process.line_after("150 Here");
    process.signal(SIGINT);
  }
  EXPECT_EQ(process.wait(), 130);
  const std::string shown = process.output();
  EXPECT_EQ(shown.find("257 "), shown.rfind("257 ")) << shown;
  EXPECT_NE(shown.find("257 "), shown.npos) << shown;
  for (const auto* other : {"226 ", "426 "}) EXPECT_EQ(shown.find(other), shown.npos) << shown;
}

TEST_F(ClientProgram, SavesToTheCurrentFolderUnlessToldOtherwise) {
  theirs.write("a", "1");
  ours.write("b", "2");
  ASSERT_TRUE(ended_well(client({server.url(), "-c", "RETR a; put b"})));
  EXPECT_EQ(ours.read("a"), "1");
  EXPECT_EQ(theirs.read("b"), "2");
}

TEST_F(ClientProgram, CanBeInterruptedWhileSessionsSayGoodbye) {
  Listener listener;
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "--dialect", "standard", "--parallel", "2", "--timeout", "1000",
                           "mirror", "ftp://127.0.0.1:" + std::to_string(listener.port()), "copy"})};
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  for (auto command = control.line(); command != "QUIT"; command = control.line())
    control.say(command == "USER anonymous" ? "230 Welcome\r\n" : "502 No\r\n");
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 5);  // what the mirror came to
}

TEST_F(ClientProgram, LeavesAnInterruptToTheCommandThatItWaitsFor) {
  // What is typed behind it ends the reading where the interrupt came before.
  const auto held = typed(
      {server.url()}, "ftp> \t!trap \"echo he''ard\" INT; echo be''gun; read line; true\nbegun\t\x03\nftp> \tbye\n");
  EXPECT_TRUE(says(held, "heard"));
  EXPECT_TRUE(ended_well(held));
}

TEST_F(ClientProgram, EndsWithTheStatusOfTheFirstThatFailedOfAPipe) {
  const auto held = client({server.url()}, "cd nowhere\nget nothing\nmkdir made\nbye\n");
  EXPECT_EQ(held.status, 5);
  EXPECT_TRUE(theirs.has("made"));
}

TEST_F(ClientProgram, ReportsTheLossOfTheServer) {
  Listener listener;
  Process process{program(
      {FTPLIKE_CLIENT_PROGRAM, "--dialect", "ftplike", "127.0.0.1", std::to_string(listener.port()), "-c", "NOOP"})};
  {
    auto control = listener.accept();
    control.say("220 Hello\r\n");
    EXPECT_EQ(control.line(), "NOOP");
  }
  EXPECT_EQ(process.wait(), 7);
}

TEST_F(ClientProgram, TakesThePasswordFromTheEnvironmentAndFromNetrc) {
  theirs.write("here", "1");
  const auto with = [&](const std::string& url, const std::string& password) {
    return outcome_of(program({FTPLIKE_CLIENT_PROGRAM, "ls", url}).with("FTPLIKE_PASSWORD", password));
  };
  EXPECT_TRUE(says(with(bare_url("tester"), "secret"), "here"));
  EXPECT_EQ(with(bare_url("tester"), "wrong").status, 4);
  write_netrc(
      "machine elsewhere login tester password wrong\nmachine 127.0.0.1 login other password wrong\n"
      "machine 127.0.0.1\n  login tester\n  password secret\n");
  EXPECT_TRUE(says(client({"ls", bare_url("tester")}), "here"));
  EXPECT_EQ(client({"ls", bare_url()}).status, 4);  // as other, who comes first
  write_netrc("default login tester password secret\n");
  EXPECT_TRUE(says(client({"ls", bare_url("tester")}), "here"));
}

TEST_F(ClientProgram, TakesThePasswordOfTheEnvironmentForTheFirstServerOnly) {
  theirs.write("here", "1");
  const auto held = outcome_of(program({"setsid", "-w", FTPLIKE_CLIENT_PROGRAM, bare_url("tester"), "-c",
                                        "ls; open " + bare_url("tester") + "; ls"})
                                   .with("FTPLIKE_PASSWORD", "secret"));
  EXPECT_EQ(held.status, 4);
  EXPECT_TRUE(says(held, "here"));
}

TEST_F(ClientProgram, UsesNoNetrcThatOthersCanRead) {
  write_netrc("machine 127.0.0.1 login tester password secret\n", std::filesystem::perms::group_read);
  const auto refused = client({"ls", bare_url()});
  EXPECT_EQ(refused.status, 4);
  EXPECT_TRUE(says(refused, ".netrc is not used: others can read it"));
}

TEST_F(ClientProgram, ShowsNoPasswordInTheProcessListNorInWhatItPrints) {
  for (const auto* commands : {"-cPASS secret", "-cpass\tsecret", "-c\"ACCT\" secret", "-cNOOP;PASS\tsecret"}) {
    Listener listener;
    Process hidden{program({FTPLIKE_CLIENT_PROGRAM, "127.0.0.1", std::to_string(listener.port()), commands})};
    const auto connection = listener.accept();
    EXPECT_EQ(words_of(hidden).find("secret"), std::string::npos) << words_of(hidden);
    hidden.signal(SIGTERM);
    EXPECT_EQ(hidden.wait(), 130);
  }
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "--explain", server.url()})};
  process.say("NOOP\nopen " + server.url() + "\nNOOP\n");
  (void)process.line_after("ftp> NOOP");
  const std::string shown = words_of(process);
  EXPECT_NE(shown.find("tester:******@"), std::string::npos) << shown;
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
  EXPECT_EQ(process.output().find("secret"), std::string::npos) << process.output();
  EXPECT_NE(process.output().find("tester:***@"), std::string::npos) << process.output();
}

TEST_F(ClientProgram, KeepsNoPasswordThatIsTyped) {
  const std::string lines[]{"open tester:se;cret@127.0.0.1:1",
                            "open \"ftp://tester:s 'ecret@127.0.0.1:1/\"",
                            "PASS secret",
                            "# open tester:secret@x; USER tester; pass secret",
                            "\"PASS\" secret",
                            "'acct' \"secret\"",
                            "# (pass secret)"};
  std::string input, keys;
  for (const auto& line : lines) {
    input += line + '\n';
    keys += "ftp> \t" + line + '\n';
  }
  const auto piped = client({server.url()}, input);
  EXPECT_TRUE(says(piped, "open tester:***@127.0.0.1:1\n"));
  EXPECT_TRUE(says(piped, "open \"ftp://tester:***@127.0.0.1:1/\"\n"));
  EXPECT_TRUE(says(piped, "PASS ***\n"));
  EXPECT_FALSE(says(piped, "cret"));
  ASSERT_TRUE(ended_well(typed({server.url()}, keys + "ftp> \tbye\n")));
  EXPECT_EQ(home.read(".ftplike_history").find("cret"), std::string::npos) << home.read(".ftplike_history");
}

TEST_F(ClientProgram, AsksForAPasswordWithoutShowingIt) {
  theirs.write("here", "1");
  const auto asked = typed({"ls", bare_url("tester")}, "Password for tester: \tsecret\n");
  EXPECT_TRUE(ended_well(asked));
  EXPECT_TRUE(says(asked, "here"));
  EXPECT_FALSE(says(asked, "secret"));
  EXPECT_TRUE(ended_well(typed({"ls", bare_url("tester")},
                               "Password for tester: \tse\x1a"
                               "cr\x1c"
                               "et\n")));
}

TEST_F(ClientProgram, GivesTheTerminalBackWhenItIsInterruptedAtAPassword) {
  theirs.write("here", "1");
  const auto held =
      typed({server.url()}, "ftp> \topen " + bare_url("tester") + "\nPassword for tester: \tsec\x03\nftp> \topen " +
                                server.url() + "\nftp> \tls\n here\tbye\n");
  EXPECT_TRUE(ended_well(held));
  EXPECT_TRUE(says(held, "ftplike-client: interrupted"));
  const auto left = typed_to_shell("\"$0\" \"$@\"; echo \"status $?\"; stty -a", {"ls", bare_url("tester")},
                                   "Password for tester: \t\x03\n");
  EXPECT_TRUE(says(left, "status 130"));
  EXPECT_TRUE(says(left, " echo ")) << left.output;
}

TEST_F(ClientProgram, LeavesTheTerminalToTheProgramThatReadsWhatItShows) {
  const Listener silent;
  const auto left =
      typed_to_shell("\"$0\" \"$@\" | { trap '' INT; read line; stty -echo </dev/tty; cat; stty -a </dev/tty; }",
                     {"--explain", "ls", "ftp://127.0.0.1:" + std::to_string(silent.port())}, "connected\t\x03\n");
  EXPECT_TRUE(says(left, " -echo ")) << left.output;
}

TEST_F(ClientProgram, LetsNothingOfAServersCommandTheTerminal) {
  theirs.write("evil\x1b[2J", "1");
  std::filesystem::create_symlink("nowhere", theirs / "link\x1b[2J");
  const auto shown = typed({server.url()},
                           "ftp> \tls\nftp> \tget evi\\t\nevi\t\nftp> \tmirror --dry-run . copy\nftp> \tmirror . copy\n"
                           "ftp> \tget none\x1b[2J\nftp> \tbye\n");
  EXPECT_TRUE(ended_well(shown));
  for (const auto* text : {"evil?[2J", "transfer evil?[2J", "left alone: link?[2J"})
    EXPECT_TRUE(says(shown, text)) << text;
  EXPECT_FALSE(says(shown, "evil\x1b"));
  EXPECT_FALSE(says(shown, "link\x1b"));

  Listener listener;
  Process process{program(
      {FTPLIKE_CLIENT_PROGRAM, "--dialect", "ftplike", "ls", "ftp://127.0.0.1:" + std::to_string(listener.port())})};
  auto control = listener.accept();
  control.say("220 Hello\r\n");
  (void)control.line();
  control.say(
      "550-No\x1b[2J\r\n550 \xC2\x9B"
      "2J\r\n");
  (void)process.wait();
  EXPECT_TRUE(process.errors().ends_with("550 No?[2J\n?2J\n")) << process.errors();
}

TEST_F(ClientProgram, SavesNothingUnderANameThatLeadsElsewhere) {
  theirs.write("a", "1");
  EXPECT_EQ(session("get a ../elsewhere/../../tmp/no-such-folder/x").status, 6);
  EXPECT_EQ(session("get ..").status, 6);
}

TEST_F(ClientProgram, WritesItsOwnManualAndCompletions) {
  const auto manual = client({"--generate", "man"});
  ASSERT_TRUE(ended_well(manual));
  EXPECT_TRUE(manual.output.starts_with(".TH FTPLIKE\\-CLIENT 1\n")) << manual.output;
  for (const auto* text : {"mirror from to", "reput FILE", "Exit status: 0 good", "\\-\\-parallel"})
    EXPECT_TRUE(says(manual, text)) << text;
  for (const auto* shell : {"bash", "zsh"}) EXPECT_TRUE(says(client({"--generate", shell}), "--only-newer")) << shell;
}

TEST_F(ClientProgram, GoesThroughAProxy) {
  Listener proxy;
  Process process{program({FTPLIKE_CLIENT_PROGRAM, "ls", "ftp://server.example/", "--proxy",
                           "http://127.0.0.1:" + std::to_string(proxy.port())})};
  {
    auto connection = proxy.accept();
    EXPECT_EQ(connection.line(), "CONNECT server.example:21 HTTP/1.1");
    connection.say("HTTP/1.1 503 No\r\n\r\n");
  }
  EXPECT_EQ(process.wait(), 3);
}

}  // namespace
