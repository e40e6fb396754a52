// The examples, run as their comments say. All use port 3456, so each test has a network of its own.
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "interop/running_server.hpp"

namespace {

/// A shell that runs `script` in `folder`, with the examples in $programs, on a machine that has nothing but loopback.
///
/// Without a network of its own the test would talk to whatever else has that port: it rather fails.
Outcome run_alone(const TestFolder& folder, const std::string& script) {
  std::vector<std::string> arguments{"unshare", "--net", "sh", "-c", "ip link set lo up || exit 99\n" + script};
  if (::geteuid() != 0) arguments.insert(arguments.begin() + 1, "--map-root-user");
  return outcome_of(Program{std::move(arguments)}.in(folder.string()).with("programs", FTPLIKE_PROGRAMS));
}

/// Starts an example that serves, and waits until it listens.
std::string serving(const std::string& name) {
  return R"(
    "$programs/example_)" +
         name + R"(" > served & server=$!
    trap 'kill $server' EXIT
    until ss -Hltn 'sport = :3456' | grep -q .; do kill -0 $server || exit 98; done
  )";
}

/// What a person would see who types these lines, of which the last one is QUIT.
std::string typed(const std::string& lines, int port = 3456) {
  return "python3 -I -c 'import socket, sys\n"
         "with socket.create_connection((\"127.0.0.1\", " +
         std::to_string(port) +
         "), 20) as s:\n"
         "    s.sendall(b\"" +
         lines +
         "\")\n"
         "    sys.stdout.buffer.write(s.makefile(\"rb\").read())'\n";
}

/// As docs/tls.md does it.
const std::string make_certificate = R"(
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem 2> made || exit 97
  )";

TEST(Examples, TinyServerServesBothExampleClients) {
  const TestFolder folder;
  folder.write("server_storage/sample_image.jpg", noise(100'000, 1));
  folder.write("server_storage/images/demo_photo.jpg", noise(70'000, 2));
  folder.write("server_storage/images/empty.jpg", "");
  folder.write("client_files/upload_test.jpg", noise(50'000, 3));
  const auto held = run_alone(folder, serving("tiny_server") + R"(
    "$programs/example_blocking_client" || exit 1
    "$programs/example_coroutine_client" || exit 2
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "images\nsample_image.jpg\nupload_test.jpg\n");
  EXPECT_TRUE(folder.read("client_files/sample_image.jpg") == noise(100'000, 1));
  EXPECT_TRUE(folder.read("server_storage/upload_test.jpg") == noise(50'000, 3));
  EXPECT_TRUE(folder.read("client_files/demo_photo.jpg") == noise(70'000, 2));
  EXPECT_EQ(folder.read("client_files/empty.jpg"), "");
}

TEST(Examples, ServersSayInOneLineWhyTheyCannotBegin) {
  const TestFolder folder;
  const auto without_folder = run_alone(folder, "exec \"$programs/example_tiny_server\"");
  EXPECT_EQ(without_folder.status, 1);
  EXPECT_EQ(without_folder.errors, "folder \"server_storage\": No such file or directory\n");
  std::filesystem::create_directory(folder / "server_storage");
  const auto twice = run_alone(folder, serving("tiny_server") + "\"$programs/example_tiny_server\"");
  EXPECT_EQ(twice.status, 1);
  EXPECT_EQ(twice.errors, "listen on 127.0.0.1 port 3456: Address already in use\n");
}

TEST(Examples, MirrorSaysWhatItDoesAndDoesIt) {
  const TestFolder folder;
  folder.write("server_storage/photos/a.jpg", noise(100'000, 1));
  folder.write("server_storage/photos/b.tmp", "");
  const RunningServer server{folder / "server_storage"};
  const std::string mirror = std::string{FTPLIKE_PROGRAMS} + "/example_mirror";
  const auto held = outcome_of(Program{{mirror, server.url()}}.in(folder.string()));
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output,
            "make directory .: is missing\ntransfer a.jpg, 100000 bytes: is missing\n1 files, 0 failures\n");
  EXPECT_TRUE(folder.read("photos/a.jpg") == noise(100'000, 1));
}

TEST(Examples, BackupClientSendsWhatIsMissingFromMemoryAndFromAStream) {
  const TestFolder folder;
  const std::string log = noise(3'000'000);
  folder.write("log", log);
  folder.write("inbox/.ftplike-partial.today.log", log.substr(0, 1'000'000));  // was cut off
  const RunningServer server{folder / "inbox"};
  const std::string backup = std::string{FTPLIKE_PROGRAMS} + "/example_backup_client";
  const auto held = outcome_of(Program{{backup, server.url(), "log"}}.in(folder.string()));
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "5000000 and 2000000 bytes sent\ncompared by SHA-256\n");
  EXPECT_TRUE(folder.read("inbox/today.log") == log);
  EXPECT_TRUE(folder.read("inbox/picture.raw") == std::string(5'000'000, '\a'));
}

TEST(Examples, ClientsSayThatThereIsNoServer) {
  const TestFolder folder;
  for (const std::string name : {"blocking_client", "coroutine_client", "futures"}) {
    const auto held = run_alone(folder, "\"$programs/example_" + name + "\"");
    EXPECT_EQ(held.status, 1) << name;
    EXPECT_NE(held.errors, "") << name;
  }
}

TEST(Examples, OwnLoopServesItsOwnProtocolBesideFtpOnFourThreadsUntilItIsToldToStop) {
  const TestFolder folder;
  folder.write("a.txt", "12345");
  folder.write("b.txt", noise(300'000));
  std::filesystem::create_directory(folder.path() / "inbox");
  const auto held = run_alone(folder, serving("own_loop") + R"(
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "STOR a.txt" || exit 1
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "STOR b.txt" || exit 2
    )" + typed("count\\nstop\\n", 3457) + R"(
    trap - EXIT
    wait $server || exit 3
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find("2 files came\n"), std::string::npos) << held.output;
  EXPECT_TRUE(folder.read("inbox/b.txt") == noise(300'000));
  EXPECT_EQ(folder.read("served"), "0 sessions ended, 0 were cut\n");
}

TEST(Examples, OwnLoopSaysGoodbyeToItsSessionsWhenASignalComes) {
  const TestFolder folder;
  std::filesystem::create_directory(folder.path() / "inbox");
  const auto held = run_alone(folder, serving("own_loop") + R"(
    python3 -I -c 'import os, signal, socket, sys
with socket.create_connection(("127.0.0.1", 3456), 20) as s:
    replies = s.makefile("rb")
    replies.readline()
    os.kill(int(sys.argv[1]), signal.SIGTERM)
    sys.stdout.buffer.write(replies.read())' $server || exit 1
    trap - EXIT
    wait $server || exit 2
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_TRUE(held.output.starts_with("421 ")) << held.output;
  EXPECT_EQ(folder.read("served"), "1 sessions ended, 0 were cut\n");
}

TEST(Examples, PolledLoopFetchesAndServesBetweenItsFrames) {
  const TestFolder folder;
  folder.write("server_storage/level.dat", noise(3'000'000, 1));
  folder.write("saves/game.sav", noise(500'000, 2));
  const auto held = run_alone(folder, serving("tiny_server") + R"(
    "$programs/example_polled_loop" > played & game=$!
    trap 'kill $server $game' EXIT
    until grep -q level played; do kill -0 $game || exit 1; done
    "$programs/ftplike-client" --files . 127.0.0.1 3457 -c "get game.sav" || exit 2
    kill -TERM $game
    wait $game || exit 3
    trap 'kill $server' EXIT
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(folder.read("played"), "level 1\n");
  EXPECT_TRUE(folder.read("level.dat") == noise(3'000'000, 1));
  EXPECT_TRUE(folder.read("game.sav") == noise(500'000, 2));
}

TEST(Examples, FuturesListWithoutACoroutine) {
  const TestFolder folder;
  folder.write("server_storage/a.txt", "12345");
  folder.write("server_storage/b.txt", "12345");
  const auto held = run_alone(folder, serving("tiny_server") + R"("$programs/example_futures")");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "a.txt\nb.txt\n");
}

TEST(Examples, OwnVerbSumsTheBytesOfAFile) {
  const TestFolder folder;
  folder.write("server_storage/file", std::string("\x01\x02\xff", 3));
  const auto held =
      run_alone(folder, serving("own_verb") + typed("XSUM file\\r\\nXSUM none\\r\\nHELP XSUM\\r\\nQUIT\\r\\n"));
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find("213 258\r\n550 "), std::string::npos) << held.output;
  EXPECT_NE(held.output.find("XSUM <path>: sum of the bytes of a file"), std::string::npos) << held.output;
}

TEST(Examples, OwnProtocolKnowsItsSixCommandsAlone) {
  const TestFolder folder;
  const auto held =
      run_alone(folder, serving("own_protocol") + typed("PWD\\r\\nUSER me\\r\\nPASV\\r\\nQUIT\\r\\n") + R"(
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "RETR hello.txt" || exit 1
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find("502 Command not implemented\r\n502 Command not implemented\r\n221 Goodbye\r\n"),
            std::string::npos)
      << held.output;
  EXPECT_EQ(folder.read("hello.txt"), "Hello!\n");
}

TEST(Examples, OwnProtocolHasAClient) {
  const TestFolder folder;
  const auto held = run_alone(folder, serving("own_protocol") + R"("$programs/example_own_protocol" "RETR hello.txt")");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "Hello!\nDownload complete\n");
}

TEST(Examples, OwnProtocolReadsSensorsInTheUnitOfTheSession) {
  const TestFolder folder;
  const auto held = run_alone(
      folder, serving("own_protocol") + typed("MEAS cellar\\r\\nUNIT F\\r\\nMEAS cellar\\r\\nMEAS roof\\r\\nQUIT\\r\\n"));
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find("213 12.000000\r\n200 Noted\r\n213 53.600000\r\n553 "), std::string::npos) << held.output;
}

TEST(Examples, CameraInboxTakesPicturesIntoAFolderForEachAddressAndNothingElse) {
  const TestFolder folder;
  folder.write("a.jpg", noise(50'000));
  folder.write("large.jpg", noise(10'000'001));
  folder.write("a.exe", "12345");
  std::filesystem::create_directory(folder.path() / "inbox");
  const auto held = run_alone(folder, serving("camera_inbox") + R"(
    camera="$programs/ftplike-client"
    "$camera" --files . ftp://cam1:snap@127.0.0.1:3456 -c "STOR a.jpg" || exit 1
    "$camera" --files . ftp://cam1:snap@127.0.0.1:3456 -c "STOR a.exe" && exit 2
    "$camera" --files . ftp://cam1:snap@127.0.0.1:3456 -c "STOR large.jpg" && exit 3
    "$camera" --files . ftp://cam1:snap@127.0.0.1:3456 -c "RETR a.jpg b.jpg" && exit 4
    kill -TERM $server
    trap - EXIT
    wait $server || exit 5
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(folder.read("served"), "/127.0.0.1/a.jpg 50000 bytes\n");
  EXPECT_TRUE(folder.read("inbox/127.0.0.1/a.jpg") == noise(50'000));
  EXPECT_FALSE(folder.has("inbox/127.0.0.1/a.exe"));
  EXPECT_FALSE(folder.has("inbox/127.0.0.1/large.jpg"));
}

TEST(Examples, VirtualFilesAreListedAndReadByThoseWhoAreKnown) {
  const TestFolder folder;
  const auto held = run_alone(folder, serving("virtual_files") + R"(
    curl -s -m 20 ftp://anna:secret@127.0.0.1:3456/2026/ || exit 1
    curl -s -m 20 ftp://anna:secret@127.0.0.1:3456/2026/sales.csv || exit 2
    curl -s -m 20 ftp://anna:wrong@127.0.0.1:3456/hello.txt && exit 3
    curl -s -m 20 -T served ftp://anna:secret@127.0.0.1:3456/new.txt && exit 4
    true
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.output.find(" sales.csv\n"), std::string::npos) << held.output;
  EXPECT_TRUE(held.output.ends_with("month,sum\n1,7\n")) << held.output;
}

TEST(Examples, EventsTellOfArrivalsAndRulesRefusePrograms) {
  const TestFolder folder;
  folder.write("note.txt", "12345");
  folder.write("virus.EXE", "12345");
  std::filesystem::create_directory(folder.path() / "server_storage");
  const auto held = run_alone(folder, serving("events") + R"(
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "STOR note.txt" || exit 1
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "STOR virus.EXE" && exit 2
  )" + typed("HELP\\r\\nQUIT\\r\\n"));
  ASSERT_TRUE(ended_well(held));
  EXPECT_NE(held.errors.find("553 file name not allowed"), std::string::npos) << held.errors;
  EXPECT_NE(held.output.find("214 Ask Anna in room 7"), std::string::npos) << held.output;
  EXPECT_EQ(folder.read("served"), "/note.txt arrived, 5 bytes\n");
  EXPECT_EQ(folder.read("server_storage/note.txt"), "12345");
  EXPECT_FALSE(folder.has("server_storage/virus.EXE"));
}

#if __has_include(<spdlog/spdlog.h>)
TEST(Examples, SpdlogAdapterTellsOfSessionsAndTroubles) {
  const TestFolder folder;
  folder.write("server_storage/a.txt", "hello");
  const auto held = run_alone(folder, serving("spdlog_adapter") + R"(
    curl -s -m 20 ftp://127.0.0.1:3456/a.txt || exit 1
    kill -TERM $server
    trap - EXIT
    wait $server || exit 2
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "hello");
  for (const std::string told : {"[ftp] [info] #1 ", " anonymous: RETR /a.txt: sent 5 bytes"}) {
    EXPECT_NE(held.errors.find(told), std::string::npos) << told << " in " << held.errors;
  }
}
#endif

#if __has_include(<prometheus/exposer.h>)
TEST(Examples, PrometheusAdapterCounts) {
  const TestFolder folder;
  folder.write("note.txt", "12345");
  std::filesystem::create_directory(folder.path() / "server_storage");
  const auto held = run_alone(folder, serving("prometheus_adapter") + R"(
    curl -s -m 20 ftp://127.0.0.1:3456/ || exit 1
    "$programs/ftplike-client" --files . 127.0.0.1 3456 -c "STOR note.txt" || exit 2
    curl -s -m 20 http://127.0.0.1:3457/metrics || exit 3
  )");
  ASSERT_TRUE(ended_well(held));
  for (const std::string counted : {"\nftp_logins_total 1\n", "\nftp_received_bytes_total 5\n"}) {
    EXPECT_NE(held.output.find(counted), std::string::npos) << counted << " in " << held.output;
  }
}
#endif

TEST(Examples, TlsServerServesThoseWhoTrustItsCertificateAlone) {
  const TestFolder folder;
  folder.write("server_storage/a.txt", "hello");
  const auto held = run_alone(folder, make_certificate + serving("tls_server") + R"(
    "$programs/ftplike-client" --cafile cert.pem get ftpes://127.0.0.1:3456/a.txt || exit 1
    "$programs/ftplike-client" get ftpes://127.0.0.1:3456/a.txt untrusted && exit 2
    "$programs/ftplike-client" get ftp://127.0.0.1:3456/a.txt clear && exit 3
    true
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(folder.read("a.txt"), "hello");
  EXPECT_FALSE(folder.has("untrusted"));
  EXPECT_FALSE(folder.has("clear"));
}

TEST(Examples, TlsClientSaysWithWhomItSpeaksAndFetches) {
  const TestFolder folder;
  folder.write("server_storage/a.txt", "hello");
  const auto held = run_alone(folder, make_certificate + serving("tls_server") + R"(
    "$programs/example_tls_client" || exit 1
    cp key.pem cert.pem
    "$programs/example_tls_client" 2> refused && exit 2
    true
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "TLSv1.3, CN=localhost\n");
  EXPECT_EQ(folder.read("a.txt"), "hello");
  EXPECT_NE(folder.read("refused").find("cert.pem"), std::string::npos) << folder.read("refused");
}

#if __has_include(<openssl/engine.h>)
TEST(Examples, TlsTokenServerShowsACertificateWhoseKeyIsInAToken) {
  const TestFolder folder;
  folder.write("server_storage/a.txt", "hello");
  const auto held = run_alone(folder, make_certificate + R"(
    mkdir tokens && echo "directories.tokendir = $PWD/tokens" > softhsm2.conf
    export SOFTHSM2_CONF=$PWD/softhsm2.conf
    {
      softhsm2-util --init-token --free --label ftplike --so-pin 12345678 --pin 1234 &&
        softhsm2-util --import key.pem --token ftplike --label server --id 01 --pin 1234
    } > filled || exit 96
    rm key.pem
    printf 9999 > pin
    "$programs/example_tls_token_server" 2> refused && exit 1
    printf 1234 > pin
    )" + serving("tls_token_server") + R"(
    for version in 1.2 1.3; do
      curl -s -m 20 --ssl-reqd --tlsv$version --tls-max $version --cacert cert.pem ftp://localhost:3456/a.txt || exit 2
    done
    curl -s -m 20 --ssl-reqd --cacert cert.pem -T cert.pem ftp://localhost:3456/b.txt && exit 3
    true
  )");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(held.output, "hellohello");
  EXPECT_NE(folder.read("refused").find("cannot use pkcs11:token=ftplike"), std::string::npos)
      << folder.read("refused");
}
#endif

TEST(Examples, TestsOnTheSimulatedNetworkPass) {
  const TestFolder folder;
  for (const auto& [name, tests] : {std::pair{"simulated_test", "7 tests."}, std::pair{"replay_test", "1 test."}}) {
    const auto held = run_alone(folder, std::string{"\"$programs/example_"} + name + '"');
    EXPECT_TRUE(ended_well(held));
    EXPECT_NE(held.output.find(std::string{"[  PASSED  ] "} + tests), std::string::npos) << held.output;
  }
}

}  // namespace
