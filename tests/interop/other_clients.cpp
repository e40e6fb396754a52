// Clients with a test or two each: Python's ftplib, ncftp, tnftp, wget.
#include <filesystem>

#include "running_server.hpp"
#include "tree.hpp"

namespace {

using Ftplib = Interop;

std::string session_of_ftplib() { return std::string{FTPLIKE_EXAMPLES} + "/../tests/interop/ftplib_session.py"; }

TEST_F(Ftplib, DoesAllThatItCanPassivelyAndActively) {
  EXPECT_TRUE(ended_well(run({"python3", "-I", session_of_ftplib(), server.host(), server.port()})));
  EXPECT_EQ(theirs.count(), 0u);
}

TEST_F(Ftplib, DoesAllThatItCanOverIpv6) {
  RunningServer six{theirs.string(), {}, "::1"};
  EXPECT_TRUE(ended_well(run({"python3", "-I", session_of_ftplib(), six.host(), six.port()})));
  EXPECT_EQ(theirs.count(), 0u);
}

class Ncftp : public Interop {
 protected:
  Outcome ncftp(const std::string& word, const std::vector<std::string>& rest) const {
    std::vector<std::string> all{"ncftp" + word, "-u", "tester", "-p", "secret", "-P", server.port()};
    all.insert(all.end(), rest.begin(), rest.end());
    return run(std::move(all));
  }
};

TEST_F(Ncftp, SendsAndFetchesTreesPassivelyAndActively) {
  grow_tree(ours);
  const auto tree = tree_of(ours);
  for (const std::string way : {"-F", "-E"}) {
    ASSERT_TRUE(ended_well(ncftp("put", {way, "-m", "-R", server.host(), "/" + way, "sizes", "one"}))) << way;
    TestFolder back;
    ASSERT_TRUE(ended_well(ncftp("get", {way, "-R", server.host(), back.string(), "/" + way + "/sizes"}))) << way;
    for (const auto& [name, bytes] : tree) {
      if (name.ends_with('/')) continue;
      if (name.starts_with("names/")) continue;
      EXPECT_TRUE(theirs.read(way + '/' + name) == bytes) << way << name;
      if (name.starts_with("sizes/")) { EXPECT_TRUE(back.read(name) == bytes) << way << name; }
    }
  }
}

TEST_F(Ncftp, ResumesADownload) {  // its version 3.2.6 cannot go on with an upload: it says REST and sends all
  const auto whole = noise(300'000);
  theirs.write("big", whole);
  ours.write("big", whole.substr(0, 50'003));
  const auto resumed = ncftp("get", {"-z", "-d", "stdout", server.host(), ".", "/big"});
  ASSERT_TRUE(ended_well(resumed));
  EXPECT_TRUE(ours.read("big") == whole) << resumed.output;
}

TEST_F(Ncftp, ListsNamesThatAreHardToPassOn) {
  for (const auto& name : {"with space.txt", "it's.txt", "-rf", "grün"}) theirs.write(name, name);
  const auto listed = ncftp("ls", {"-1", "ftp://" + server.host() + '/'});
  ASSERT_TRUE(ended_well(listed));
  for (const auto& name : {"with space.txt", "it's.txt", "-rf"}) {
    EXPECT_NE(listed.output.find(name), std::string::npos) << listed.output;
  }
}

class Tnftp : public Interop {
 protected:
  /// A session of commands after the login; what the server said is in the output.
  Outcome tnftp(const std::string& commands, std::vector<std::string> options = {}) const {
    std::vector<std::string> all{"tnftp", "-n", "-i", "-v"};
    all.insert(all.end(), options.begin(), options.end());
    all.insert(all.end(), {server.host(), server.port()});
    return run(std::move(all), "user tester secret\nbinary\n" + commands + "quit\n");
  }
};

TEST_F(Tnftp, SendsFetchesAndResumesPassivelyAndActively) {
  const auto whole = noise(300'001);
  ours.write("big", whole);
  for (const std::string way : {"-p", "-A"}) {
    const auto name = "sent" + way;
    ours.write("part", whole.substr(0, 100'001));
    ours.write("back", "");
    const auto held =
        tnftp("put big \"" + name + "\"\nget \"" + name + "\" back\nreget \"" + name + "\" part\n", {way});
    EXPECT_TRUE(theirs.read(name) == whole) << held.output << held.errors;
    EXPECT_TRUE(ours.read("back") == whole) << held.output << held.errors;
    EXPECT_TRUE(ours.read("part") == whole) << held.output << held.errors;
    const auto restarted = tnftp("restart 100001\nput big again" + way + "\n", {way});
    EXPECT_EQ(theirs.read("again" + way), "(none)") << "nothing there to go on with: " << restarted.output;
  }
}

TEST_F(Tnftp, MakesRenamesListsAndRemoves) {
  ours.write("file", "text");
  const auto held = tnftp(
      "mkdir \"a folder\"\ncd \"a folder\"\nput file \"it's -here\"\nls\nmlsd\nrename \"it's -here\" -there\n"
      "size -there\nmodtime -there\ndelete -there\ncdup\nrmdir \"a folder\"\n");
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find("it's -here"), std::string::npos) << held.output;
  EXPECT_EQ(theirs.count(), 0u) << held.output;
}

TEST_F(Tnftp, FetchesAndSendsByUrl) {
  theirs.write("odd names/100%41 #1", noise(70'000));
  ASSERT_TRUE(ended_well(run({"tnftp", "-o", "back", server.url("odd%20names/100%2541%20%231")})));
  EXPECT_TRUE(ours.read("back") == noise(70'000));
  ASSERT_TRUE(ended_well(run({"tnftp", "-u", server.url("up"), "back"})));
  EXPECT_TRUE(theirs.read("up") == noise(70'000));
}

class Wget : public Interop {
 protected:
  Outcome wget(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"wget", "--no-config", "--no-verbose", "--tries=1", "--timeout=20"});
    return run(std::move(arguments));
  }
};

TEST_F(Wget, FetchesATreePassivelyAndActively) {
  grow_tree(theirs);
  std::filesystem::remove_all(theirs / "empty folder");
  const auto tree = tree_of(theirs);
  for (const std::string way : {"--passive-ftp", "--no-passive-ftp"}) {
    const auto folder = "from" + way;
    ASSERT_TRUE(ended_well(wget({way, "--recursive", "--level=9", "--no-host-directories",
                                 "--restrict-file-names=nocontrol", "--directory-prefix=" + folder, server.url()})))
        << way;
    for (const auto& [name, bytes] : tree) {
      // Wget takes the former apart and unescapes the latter by itself.
      if (name.ends_with('/') || name.ends_with(" blanks around ") || name.ends_with("100%41.txt")) continue;
      EXPECT_TRUE(ours.read(folder + '/' + name) == bytes) << way << ' ' << name;
    }
  }
}

TEST_F(Wget, ResumesADownload) {
  theirs.write("big", noise(300'000));
  ours.write("big", noise(300'000).substr(0, 123'456));
  ASSERT_TRUE(ended_well(wget({"--continue", server.url("big")})));
  EXPECT_TRUE(ours.read("big") == noise(300'000));
}

TEST_F(Wget, FetchesOverIpv6AndInAscii) {
  RunningServer six{theirs.string(), {}, "::1"};
  theirs.write("big", noise(300'000));
  ASSERT_TRUE(ended_well(wget({six.url("big")})));
  EXPECT_TRUE(ours.read("big") == noise(300'000));
  theirs.write("text", "one\ntwo\n");
  ASSERT_TRUE(ended_well(wget({"--output-document=text", server.url("text;type=a")})));
  EXPECT_EQ(ours.read("text"), "one\r\ntwo\r\n");
}

}  // namespace
