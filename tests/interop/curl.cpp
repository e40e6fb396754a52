#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "running_server.hpp"
#include "tree.hpp"

namespace {

class Curl : public Interop {
 protected:
  Outcome curl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "55"});
    return run(std::move(arguments));
  }
  std::string content(const std::string& path, std::vector<std::string> options = {}) const {
    options.push_back(server.url(path));
    const auto outcome = curl(std::move(options));
    EXPECT_TRUE(ended_well(outcome)) << path;
    return outcome.output;
  }
};

/// A name as a URL has it: each byte as its number.
std::string escaped(std::string_view name) {
  std::string result;
  for (const char c : name) {
    char text[4];
    std::snprintf(text, sizeof text, "%%%02X", static_cast<unsigned char>(c));
    result += text;
  }
  return result;
}

std::set<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.insert(line);
  }
  return lines;
}

TEST_F(Curl, FetchesAndSendsFilesOfAllSizesAroundBufferBoundaries) {
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 16383u, 16384u, 16385u, 65535u, 65536u, 65537u, 524287u,
                                 524288u, 524289u, 1048576u, 1048577u}) {
    const auto sent = noise(size, static_cast<unsigned>(size));
    ours.write("up", sent);
    ASSERT_TRUE(ended_well(curl({"--upload-file", "up", server.url("file")}))) << size;
    EXPECT_TRUE(theirs.read("file") == sent) << size;
    EXPECT_TRUE(content("file") == sent) << size;
  }
}

TEST_F(Curl, FetchesAndSendsSeveralFilesInOneSession) {
  for (const auto* name : {"one", "two"}) ours.write(name, name);
  ASSERT_TRUE(ended_well(curl({"--upload-file", "{one,two}", server.url()})));
  ASSERT_TRUE(ended_well(curl({server.url("{one,two}"), "--output", "back-#1"})));
  for (const std::string name : {"one", "two"}) EXPECT_EQ(ours.read("back-" + name), name);
}

TEST_F(Curl, FetchesAndSendsActively) {
  ours.write("up", noise(100'000));
  ASSERT_TRUE(ended_well(curl({"--ftp-port", "-", "--upload-file", "up", server.url("eprt")})));
  EXPECT_TRUE(content("eprt", {"--ftp-port", "-"}) == noise(100'000));
  ASSERT_TRUE(ended_well(curl({"--ftp-port", "-", "--disable-eprt", "--upload-file", "up", server.url("port")})));
  EXPECT_TRUE(content("port", {"--ftp-port", "-", "--disable-eprt"}) == noise(100'000));
}

TEST_F(Curl, FetchesAndSendsByPasv) {
  ours.write("up", noise(100'000));
  ASSERT_TRUE(ended_well(curl({"--disable-epsv", "--upload-file", "up", server.url("pasv")})));
  EXPECT_TRUE(content("pasv", {"--disable-epsv", "--no-ftp-skip-pasv-ip"}) == noise(100'000));
}

TEST_F(Curl, FetchesAndSendsOverIpv6) {
  RunningServer six{theirs.string(), {}, "::1"};
  ours.write("up", noise(100'000));
  ASSERT_TRUE(ended_well(curl({"--globoff", "--upload-file", "up", six.url("passive")})));
  ASSERT_TRUE(ended_well(curl({"--globoff", "--ftp-port", "-", "--upload-file", "up", six.url("active")})));
  for (const auto* name : {"passive", "active"}) EXPECT_TRUE(theirs.read(name) == noise(100'000)) << name;
  const auto fetched = curl({"--globoff", "--ftp-port", "-", six.url("active")});
  ASSERT_TRUE(ended_well(fetched));
  EXPECT_TRUE(fetched.output == noise(100'000));
}

TEST_F(Curl, ResumesADownload) {
  theirs.write("whole", noise(300'001));
  ours.write("part", noise(300'001).substr(0, 123'456));
  ASSERT_TRUE(ended_well(curl({"--continue-at", "-", "--output", "part", server.url("whole")})));
  EXPECT_TRUE(ours.read("part") == noise(300'001));
}

TEST_F(Curl, ResumesAnUploadThatTheKilledServerHadBegun) {
  const auto whole = noise(3'000'000);
  ours.write("whole", whole);
  {
    RunningServer first{theirs.string()};
    Process cut{program({"curl", "--disable", "--silent", "--upload-file", "-", first.url("name")})};
    cut.say(std::string_view{whole}.substr(0, 1'000'000));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (size_of(theirs / ".ftplike-partial.name") == 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    first.process().signal(SIGKILL);
    ASSERT_EQ(first.process().wait(), 128 + SIGKILL);
  }
  EXPECT_FALSE(theirs.has("name"));
  const auto resumed = curl({"--verbose", "--continue-at", "-", "--upload-file", "whole", server.url("name")});
  ASSERT_TRUE(ended_well(resumed));
  EXPECT_NE(resumed.errors.find("APPE name"), std::string::npos) << resumed.errors;
  EXPECT_TRUE(theirs.read("name") == whole);
  EXPECT_EQ(theirs.count(), 1u);
}

TEST_F(Curl, FetchesARangeOfAFile) {
  theirs.write("digits", "0123456789");
  EXPECT_EQ(content("digits", {"--range", "3-6"}), "3456");
  EXPECT_EQ(content("digits", {"--range", "-2"}), "89");
}

TEST_F(Curl, NamesMayHaveAnyBytes) {
  std::set<std::string> names{odd_names.begin(), odd_names.end()};
  names.insert(latin_name);
  for (const auto& name : names) {
    ours.write("up", "sent as " + name);
    ASSERT_TRUE(ended_well(curl({"--globoff", "--upload-file", "up", server.url(escaped(name))}))) << name;
    EXPECT_EQ(theirs.read(name), "sent as " + name);
    EXPECT_EQ(content(escaped(name), {"--globoff"}), "sent as " + name);
  }
  EXPECT_EQ(lines_of(content("", {"--list-only"})), names);
}

TEST_F(Curl, MakesRenamesAndRemoves) {
  ours.write("up", "text");
  ASSERT_TRUE(ended_well(curl({"--ftp-create-dirs", "--upload-file", "up", server.url("new%20folder/deep/file")})));
  EXPECT_EQ(theirs.read("new folder/deep/file"), "text");
  ASSERT_TRUE(ended_well(curl({"--list-only", server.url(), "--quote", "RNFR new folder/deep/file", "--quote",
                               "RNTO moved", "--quote", "RMD new folder/deep", "--quote", "RMD new folder"})));
  EXPECT_EQ(theirs.read("moved"), "text");
  EXPECT_EQ(theirs.count(), 1u);
  ASSERT_TRUE(ended_well(curl({server.url(), "--quote", "DELE moved"})));
  EXPECT_EQ(theirs.count(), 0u);
}

TEST_F(Curl, AppendsToAFile) {
  theirs.write("log", "one\n");
  ours.write("more", "two\n");
  ASSERT_TRUE(ended_well(curl({"--append", "--upload-file", "more", server.url("log")})));
  EXPECT_EQ(theirs.read("log"), "one\ntwo\n");
}

TEST_F(Curl, ConvertsTheEndsOfLinesOnRequest) {
  theirs.write("unix", "one\ntwo\n\nfour");
  EXPECT_EQ(content("unix;type=a"), "one\ntwo\n\nfour");
  ours.write("text", "one\ntwo\n");
  ASSERT_TRUE(ended_well(curl({"--upload-file", "text", server.url("text;type=a")})));
  EXPECT_EQ(theirs.read("text"), "one\ntwo\n");
  ours.write("lines", "one\ntwo\n");
  ASSERT_TRUE(ended_well(curl({"--crlf", "--use-ascii", "--upload-file", "lines", server.url("lines")})));
  EXPECT_EQ(theirs.read("lines"), "one\ntwo\n");
}

TEST_F(Curl, TellsTheSizeAndTheTimeOfAFile) {
  theirs.write("dated", "12345");
  const std::chrono::sys_seconds time = std::chrono::sys_days{std::chrono::year{2001} / 2 / 3} + std::chrono::hours{4};
  std::filesystem::last_write_time(theirs / "dated", std::chrono::file_clock::from_sys(time));
  const auto head = content("dated", {"--head"});
  EXPECT_NE(head.find("Content-Length: 5\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Last-Modified: Sat, 03 Feb 2001 04:00:00 GMT\r\n"), std::string::npos) << head;
}

TEST_F(Curl, IsToldWhatIsNotThereAndWhoMayNotComeIn) {
  EXPECT_EQ(curl({server.url("none")}).status, 78);
  EXPECT_EQ(curl({server.url("none/file")}).status, 9);
  EXPECT_EQ(curl({"--user", "tester:wrong", "ftp://127.0.0.1:" + server.port() + '/'}).status, 67);
}

TEST_F(Curl, ListsTenThousandFiles) {
  std::set<std::string> names;
  for (int i = 0; i < 10'000; ++i) {
    const auto name = "file-" + std::to_string(i);
    theirs.write(name, "");
    names.insert(name);
  }
  EXPECT_TRUE(lines_of(content("", {"--list-only"})) == names);
  const auto long_lines = lines_of(content(""));
  EXPECT_EQ(long_lines.size(), names.size());
  for (const auto& line : long_lines) ASSERT_TRUE(line.starts_with("-rw")) << line;
  const auto machine_lines = lines_of(content("", {"--request", "MLSD"}));
  EXPECT_GE(machine_lines.size(), names.size());
}

TEST_F(Curl, FetchesAGibibyteAndResumesBehindFour) {
  constexpr std::uint64_t gib = 1024 * 1024 * 1024;
  {
    std::ofstream one{theirs / "one", std::ios::binary}, five{theirs / "five", std::ios::binary};
    for (const std::uint64_t at : {std::uint64_t{0}, gib / 3, gib / 2 + 1, gib - 8}) {
      one.seekp(static_cast<std::streamoff>(at));
      one << "landmark";
    }
    five.seekp(static_cast<std::streamoff>(5 * gib));
    five << "the end";
  }
  const auto same = run(
      {"sh", "-c", "curl --disable --silent --show-error \"$0\" | cmp - \"$1\"", server.url("one"), theirs / "one"});
  EXPECT_TRUE(ended_well(same));
  const auto end = content("five", {"--continue-at", std::to_string(5 * gib - 2)});
  EXPECT_EQ(end, std::string(2, '\0') + "the end");
}

}  // namespace
