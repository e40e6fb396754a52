// Every verb in every state, with good and bad arguments: exactly one final reply, of those that RFC 959 §5.4 and the
// RFCs and drafts of the extensions allow, and the session stays in step.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <ftplike/profile.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace ftplike::verbs;
using namespace std::chrono_literals;
using Codes = std::set<int>;

/// What a verb may answer when it is obeyed, and when it is not; and an argument with which it works.
struct Row {
  std::string good_argument;
  Codes success, failure;
};

// RFC 959 says 500, 501 and 421 of every command, 502 of those that a server may lack; 530 it forgets with a few. What
// only these tests know: a command that takes a file says 550 and 553 of it, as everybody's does, whether §5.4 names
// them for it or not; storing may meet a full storage, and a place for REST that is behind the end.
const Codes everybody{500, 501, 530};
const Codes of_a_file{450, 550, 553};
const Codes of_a_transfer{425, 426, 450, 451, 550, 553, 554};
const Codes of_an_upload{425, 426, 450, 451, 452, 550, 551, 552, 553, 554};

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> all{{"USER", {"anna", {230, 331, 332}, {}}},
                                              {"PASS", {"secret", {230, 202, 332}, {503, 421}}},
                                              {"ACCT", {"x", {230, 202}, {503}}},
                                              {"REIN", {"", {120, 220}, {}}},
                                              {"QUIT", {"", {221}, {}}},
                                              {"NOOP", {"", {200}, {}}},
                                              {"HOST", {"any.example", {220}, {503, 504}}},
                                              {"CLNT", {"tests", {200}, {}}},
                                              {"TYPE", {"I", {200}, {504}}},
                                              {"STRU", {"F", {200}, {504}}},
                                              {"MODE", {"S", {200}, {504}}},
                                              {"REST", {"3", {350}, {}}},
                                              {"RANG", {"1 3", {350}, {}}},
                                              {"ALLO", {"3", {200, 202}, {504, 552}}},
                                              {"OPTS", {"MLST type;", {200}, {451}}},
                                              {"UTF8", {"", {200}, {}}},
                                              {"LANG", {"EN", {200}, {504}}},
                                              {"RETR", {"a", {226, 250}, of_a_transfer}},
                                              {"STOR", {"new", {226, 250}, of_an_upload}},
                                              {"APPE", {"a", {226, 250}, of_an_upload}},
                                              {"STOU", {"", {226, 250}, of_an_upload}},
                                              {"ABOR", {"", {225, 226}, {}}},
                                              {"LIST", {"", {226, 250}, of_a_transfer}},
                                              {"NLST", {"", {226, 250}, of_a_transfer}},
                                              {"MLSD", {"", {226, 250}, of_a_transfer}},
                                              {"MLST", {"a", {250}, of_a_file}},
                                              {"PWD", {"", {257}, {550}}},
                                              {"CWD", {"d", {250}, of_a_file}},
                                              {"CDUP", {"", {200, 250}, of_a_file}},
                                              {"MKD", {"new", {257}, of_a_file}},
                                              {"RMD", {"d", {250}, of_a_file}},
                                              {"DELE", {"a", {250}, of_a_file}},
                                              {"RNFR", {"a", {350}, of_a_file}},
                                              {"RNTO", {"b", {250}, {450, 503, 532, 550, 553}}},
                                              {"SIZE", {"a", {213}, {450, 504, 550, 553}}},
                                              {"MDTM", {"a", {213}, of_a_file}},
                                              {"MFMT", {"20240229123456 a", {213}, of_a_file}},
                                              {"MFF", {"modify=20240229123456; a", {213}, {450, 504, 550, 553}}},
                                              {"AVBL", {"", {213}, of_a_file}},
                                              {"COMB", {"b a", {250}, of_an_upload}},
                                              {"SITE", {"CHMOD 600 a", {200, 202, 214}, of_a_file}},
                                              {"XPWD", {"", {257}, {550}}},
                                              {"XCWD", {"d", {250}, of_a_file}},
                                              {"XCUP", {"", {200, 250}, of_a_file}},
                                              {"XMKD", {"new", {257}, of_a_file}},
                                              {"XRMD", {"d", {250}, of_a_file}},
                                              {"SYST", {"", {215}, {}}},
                                              {"FEAT", {"", {211}, {}}},
                                              {"HELP", {"", {211, 214}, {}}},
                                              {"STAT", {"", {211, 212, 213}, of_a_file}},
                                              {"EPSV", {"", {229, 200}, {522, 425}}},
                                              {"PASV", {"", {227}, {425}}},
                                              {"EPRT", {"|1|127.0.0.1|51200|", {200}, {522}}},
                                              {"PORT", {"127,0,0,1,200,0", {200}, {}}}};
  return all;
}

/// The codes of the replies in a text, each reply once however many lines it has. Fails for what is no reply.
std::vector<int> codes_of(const std::string& text) {
  std::vector<int> codes;
  for (std::size_t at = 0; at < text.size();) {
    const auto next_line = [&] {
      const auto end = text.find("\r\n", at);
      EXPECT_NE(end, text.npos) << text;
      const auto line = text.substr(at, end - at);
      at = end == text.npos ? text.size() : end + 2;
      return line;
    };
    auto line = next_line();
    const auto digits = line.substr(0, 3);
    EXPECT_TRUE(line.size() >= 4 &&
                std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
        << text;
    if (line.size() < 4) continue;
    if (line[3] == '-') {
      while (at < text.size() && line.substr(0, 4) != digits + ' ') line = next_line();
    }
    EXPECT_EQ(line[3], ' ') << text;
    codes.push_back(std::stoi(digits));
  }
  return codes;
}

/// A server, a client, and a state to bring it to.
struct Stage {
  explicit Stage(bool guests = false)
      : server{serve(network, files, guests ? UserTable{Anonymous{.without_login = "write"}} : some_users())} {}

  /// Says a command and does what it takes to hear the last of it: connects where a 150 says, waits.
  std::string converse(const std::string& command) {
    auto text = client.say(command);
    auto more = text;
    while (!more.empty()) {
      const auto last = more.substr(more.rfind('\n', more.size() - 2) + 1);
      if (last.starts_with("150 4")) {
        auto data = client.open(Dialogue::port_of(last));
        data.finish();
        client.all_of(data);
      }
      more = client.hear();
      text += more;
    }
    if (!client.ended()) text += client.hear_after(5s);  // the pause after a failed login
    return text;
  }

  TestNetwork network{1, {.window = 20'000}};
  MemoryStorage files{{"/a", "hello"}, {"/d/", ""}, {"/big", std::string(200'000, 'x')}};
  TestServer server;
  Dialogue client{network};
};

std::string with(const std::string& verb, const std::string& argument) {
  return argument.empty() ? verb : verb + ' ' + argument;
}

const std::vector<std::string> bad_arguments{
    "nowhere", "../../../etc", "/", "", "\xFE\xFA", "a b c", std::string(4000, 'x'), "-1", "CHMOD", "A A", "|9|x|1|"};

/// Each command once with the argument that suits it and once with each that does not.
template <class Try> void each_command(Try attempt) {
  for (const auto& [verb, row] : rows()) {
    attempt(verb, row, row.good_argument);
    for (const auto& argument : bad_arguments) attempt(verb, row, argument);
  }
}

bool allows(const Row& row, int code) {
  return row.success.contains(code) || row.failure.contains(code) || everybody.contains(code);
}

/// That the session answers what comes next, and nothing else.
void expect_in_step(Stage& stage, const std::string& command) {
  if (stage.client.ended()) return;
  EXPECT_EQ(stage.client.say("NOOP"), "200 OK\r\n") << "behind " << command.substr(0, 50);
}

TEST(EveryVerb, HasARowInThisTable) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  std::istringstream words{client.say("HELP")};
  std::set<std::string> of_server, of_table;
  for (std::string word; words >> word;) {
    if (word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == word.npos && word != "214") {
      of_server.insert(word);
    }
  }
  for (const auto& [verb, row] : rows()) of_table.insert(verb);
  EXPECT_EQ(of_server, of_table);
}

const std::set<std::string> early{"USER", "PASS", "REIN", "QUIT", "NOOP", "HOST", "CLNT",
                                  "OPTS", "UTF8", "LANG", "ABOR", "SYST", "FEAT", "HELP"};

/// What docs/protocol.md has to say of a verb, in the columns behind its name and its RFC.
std::string columns_of(const std::string& verb, const Row& row, const std::string& help) {
  const auto text = [](const Codes& codes) {
    std::string list;
    for (const int code : codes) list += (list.empty() ? "" : " ") + std::to_string(code);
    return list;
  };
  EXPECT_NE(help.find(": "), help.npos) << help;
  std::string form;
  for (const char c : help.substr(0, help.find(':'))) form += c == '|' ? std::string{"\\|"} : std::string{c};
  const bool acts_at_once = verb == "ABOR" || verb == "STAT";
  return "`" + form + "` | " + help.substr(help.find(':') + 2) + " | " + (early.contains(verb) ? "yes" : "") + " | " +
         (acts_at_once ? "at once" : "") + " | " + text(row.success) + " | " + text(row.failure) + " |";
}

TEST(EveryVerb, StandsInTheDocumentAsItIsTested) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  std::ifstream document{FTPLIKE_DOCS "/protocol.md"};
  std::map<std::string, std::string> described;  // by verb, without the column of the RFCs
  for (std::string line; std::getline(document, line);) {
    if (line == "## With TLS") break;  // from there on, what servers have that this one is none of
    if (!line.starts_with("| `")) continue;
    const auto verb = line.substr(3, line.find('`', 3) - 3);
    const auto behind_rfc = line.find(" | ", line.find(" | ") + 3) + 3;
    EXPECT_TRUE(described.emplace(verb, line.substr(behind_rfc)).second) << verb << " stands there twice";
  }
  for (const auto& [verb, row] : rows()) {
    const auto help = client.say("HELP " + verb);
    EXPECT_EQ(described[verb], columns_of(verb, row, help.substr(4, help.size() - 6))) << verb;
  }
  EXPECT_EQ(described.size(), rows().size());
}

TEST(EveryVerb, BeforeALoginIsRefusedUnlessItIsForThat) {
  each_command([&](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage;
    const auto command = with(verb, argument);
    const auto codes = codes_of(stage.converse(command));
    ASSERT_EQ(codes.size(), 1u) << command;
    EXPECT_TRUE(allows(row, codes[0])) << command << ": " << codes[0];
    EXPECT_EQ(codes[0] == 530, !early.contains(verb)) << command;
    EXPECT_EQ(stage.server.diary().of("listening").size(), 0u);
    expect_in_step(stage, command);
  });
}

TEST(EveryVerb, BetweenUserAndPasswordIsRefusedUnlessItIsForThat) {
  each_command([](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage;
    stage.client.say("USER anna");
    const auto command = with(verb, argument);
    const auto codes = codes_of(stage.converse(command));
    ASSERT_EQ(codes.size(), 1u) << command;
    EXPECT_TRUE(allows(row, codes[0])) << command << ": " << codes[0];
    expect_in_step(stage, command);
  });
}

TEST(EveryVerb, AfterAFailedLoginIsAsBeforeIt) {
  each_command([](const std::string& verb, const Row&, const std::string& argument) {
    const auto command = with(verb, argument);
    Stage before, after;
    after.client.say("USER anna");
    after.client.say("PASS wrong");
    EXPECT_EQ(after.client.hear_after(1s), "530 Login incorrect\r\n");
    EXPECT_EQ(after.converse(command), before.converse(command));
    expect_in_step(after, command);
  });
}

TEST(EveryVerb, AfterALoginDoesWhatItIsFor) {
  each_command([](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage;
    stage.client.log_in().binary();
    if (verb == "PASS") stage.client.say("USER anna");
    if (verb == "HOST") stage.client.say("REIN");
    if (verb == "RNTO") stage.client.say("RNFR a");
    const auto command = with(verb, argument);
    auto codes = codes_of(stage.converse(command));
    if (codes.size() == 2) {
      EXPECT_EQ(codes.front(), 150) << command;
      codes.erase(codes.begin());
    }
    ASSERT_EQ(codes.size(), 1u) << command;
    EXPECT_TRUE(allows(row, codes[0])) << command << ": " << codes[0];
    if (argument == row.good_argument) { EXPECT_TRUE(row.success.contains(codes[0])) << command << ": " << codes[0]; }
    EXPECT_EQ(stage.client.ended(), verb == "QUIT") << command;
    expect_in_step(stage, command);
  });
}

TEST(EveryVerb, OfAGuestDoesTheSame) {
  each_command([](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage{true};
    const auto command = with(verb, argument);
    auto codes = codes_of(stage.converse(command));
    if (codes.size() == 2) {
      EXPECT_EQ(codes.front(), 150) << command;
      codes.erase(codes.begin());
    }
    ASSERT_EQ(codes.size(), 1u) << command;
    EXPECT_TRUE(allows(row, codes[0])) << command << ": " << codes[0];
    expect_in_step(stage, command);
  });
}

TEST(EveryVerb, AfterATransferThatFailedIsAsAfterNone) {
  each_command([](const std::string& verb, const Row&, const std::string& argument) {
    if (verb == "STAT") return;  // tells the state of the session, which is another
    const auto command = with(verb, argument);
    Stage fresh;
    fresh.client.log_in().binary();
    const auto expected = fresh.converse(command);
    for (const int how : {0, 1, 2}) {
      Stage stage;
      stage.client.log_in().binary();
      if (how == 0) {
        EXPECT_EQ(stage.client.say("RETR nowhere"), "550 File not found\r\n");
      } else if (how == 1) {
        EXPECT_EQ(stage.client.code("RETR big"), 150);
        EXPECT_EQ(stage.client.hear_after(30s), "425 No data connection\r\n");
      } else {
        EXPECT_EQ(stage.client.code("RETR big"), 150);
        auto data = stage.client.open(40001);
        EXPECT_EQ(stage.client.hear(), "");
        data.reset();
        EXPECT_EQ(stage.client.hear(), "426 Connection closed: connection lost\r\n");
      }
      auto seen = stage.converse(command);
      if (how > 0) {  // one port further
        for (auto at = seen.find("40002"); at != seen.npos; at = seen.find("40002")) seen.replace(at, 5, "40001");
        if (const auto at = seen.find("156,66"); at != seen.npos) seen.replace(at, 6, "156,65");
      }
      EXPECT_EQ(seen, expected) << command << " after way " << how;
      expect_in_step(stage, command);
    }
  });
}

TEST(EveryVerb, DuringATransferWaitsItsTurnOrActsAtOnce) {
  each_command([](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage;
    stage.client.log_in().binary();
    auto data = stage.client.open(stage.client.passive());
    EXPECT_EQ(stage.client.code("RETR big"), 150);
    const auto command = with(verb, argument);
    auto at_once = codes_of(stage.client.say(command));
    stage.client.all_of(data);
    auto later = codes_of(stage.converse("NOOP"));
    if (verb == "ABOR" && argument.empty()) {
      EXPECT_EQ(at_once, (std::vector<int>{426, 226}));
      EXPECT_EQ(later, std::vector<int>{200});
    } else if (verb == "STAT" && argument.empty()) {
      EXPECT_EQ(at_once, std::vector<int>{213});
      EXPECT_EQ(later, (std::vector<int>{226, 200}));
    } else {
      EXPECT_EQ(at_once, std::vector<int>{}) << command;
      if (later.size() == 4) { EXPECT_EQ(later[1], 150) << command; }
      ASSERT_TRUE(later.size() >= 2 && later.front() == 226) << command;
      const bool closed = stage.client.ended();
      EXPECT_EQ(closed, verb == "QUIT");
      if (!closed) { EXPECT_EQ(later.back(), 200) << command; }
      const int answer = closed ? later.back() : later[later.size() - 2];
      EXPECT_TRUE(allows(row, answer)) << command << ": " << answer;
    }
    expect_in_step(stage, command);
  });
}

TEST(EveryVerb, IsHeldToNothingThatTheLastOneSaid) {
  // What a command leaves for the next is taken by the command that it is for, and by no other.
  each_command([](const std::string& verb, const Row& row, const std::string& argument) {
    Stage stage;
    stage.client.log_in().binary();
    EXPECT_EQ(stage.client.code("REST 2"), 350);
    EXPECT_EQ(stage.client.code("RNFR a"), 350);
    const auto command = with(verb, argument);
    auto codes = codes_of(stage.converse(command));
    if (codes.size() == 2) codes.erase(codes.begin());
    ASSERT_EQ(codes.size(), 1u) << command;
    EXPECT_TRUE(allows(row, codes[0])) << command << ": " << codes[0];
    expect_in_step(stage, command);
  });
}

}  // namespace
