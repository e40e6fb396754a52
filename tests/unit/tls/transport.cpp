#include <ftplike/tls/transport.hpp>
// Above: that it stands alone.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "ends.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// A text in which no piece looks like another.
std::string digits(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

TEST(TlsStream, IsInClearUntilItIsSecured) {
  SimulatedNetwork network{1};
  Pair pair{network};
  Ends ends = connect(network);
  EXPECT_FALSE(ends.server.secured());
  EXPECT_EQ(pair.say(ends.client, ends.server, "AUTH TLS\r\n"), "AUTH TLS\r\n");
  EXPECT_EQ(pair.say(ends.server, ends.client, "234 Go on\r\n"), "234 Go on\r\n");
  EXPECT_EQ(ends.client.details().version, "");
  EXPECT_EQ(ends.client.peer_certificate(), std::nullopt);
  EXPECT_EQ(both(network, ends.server.accept_tls(pair.server), ends.client.connect_tls(pair.client, "localhost")),
            good);
  EXPECT_TRUE(ends.server.secured());
  EXPECT_TRUE(ends.client.secured());
  EXPECT_EQ(pair.say(ends.client, ends.server, "PBSZ 0\r\n"), "PBSZ 0\r\n");
  EXPECT_EQ(pair.say(ends.server, ends.client, "200 OK\r\n"), "200 OK\r\n");
}

TEST(TlsStream, SpeaksBothVersionsHoweverTheBytesAreSplit) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const auto split : {Split::nowhere, Split::somewhere, Split::every_byte}) {
      NetworkConditions conditions;
      conditions.split = split;
      conditions.interleave = true;
      SimulatedNetwork network{5, conditions};
      TlsServerSettings settings;
      settings.newest = version;
      Pair pair{network, settings};
      Ends ends = pair.control();
      const auto name = version == TlsVersion::tls_1_2 ? "TLSv1.2" : "TLSv1.3";
      EXPECT_EQ(ends.server.details().version, name);
      EXPECT_EQ(ends.client.details().version, name);
      EXPECT_EQ(ends.server.details().cipher, ends.client.details().cipher);
      const std::string text = digits(20'000);
      EXPECT_EQ(pair.say(ends.client, ends.server, text), text);
      EXPECT_EQ(pair.say(ends.server, ends.client, text), text);
    }
  }
}

TEST(TlsStream, CarriesMuchInBothDirectionsAtATime) {
  NetworkConditions conditions;
  conditions.window = 10'000;
  conditions.split = Split::somewhere;
  conditions.interleave = true;
  SimulatedNetwork network{3, conditions};
  Pair pair{network};
  Ends ends = pair.control();
  const std::string down = digits(1'000'000), up = down.substr(1) + "!";
  Started<void> one{network.executor(), write_and_finish(ends.server, down)};
  Started<void> other{network.executor(), write_and_finish(ends.client, up)};
  Started<std::string> heard{network.executor(), read_all(ends.server)};
  EXPECT_TRUE(network.run(read_all(ends.client)) == down);
  network.settle();
  ASSERT_TRUE(heard.done());
  EXPECT_TRUE(heard.result() == up);
  EXPECT_TRUE(one.done());
  EXPECT_TRUE(other.done());
}

TEST(TlsStream, CoalescesTheRecordsOfALargeWrite) {
  NetworkConditions conditions;
  conditions.window = 10'000'000;
  SimulatedNetwork network{3, conditions};
  Pair pair{network};
  Ends ends = pair.control();
  network.run(write(ends.server, std::string(120 * 1024, 'x')));  // from here on the peer is known to take much
  const auto before = network.operations();
  network.run(write(ends.server, std::string(1024 * 1024, 'x')));
  EXPECT_EQ(network.operations() - before, 16u);
}

TEST(TlsStream, GivesWhatWasReadBeforeItWaitsForMore) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  network.run(write(ends.client, "one"));
  network.run(write(ends.client, "two"));
  EXPECT_EQ(network.run(read(ends.server, 2)), "on");
  EXPECT_EQ(network.run(read(ends.server, 100)), "etwo");
  Started<std::string> next{network.executor(), read(ends.server, 100)};
  network.settle();
  EXPECT_FALSE(next.done());
}

TEST(TlsStream, IsQuietWhileNothingOfItsPeerIsThereToBeRead) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  network.settle();
  EXPECT_TRUE(ends.server.is_quiet());
  network.run(write(ends.client, "one"));
  network.settle();
  EXPECT_FALSE(ends.server.is_quiet());
  EXPECT_EQ(network.run(read(ends.server, 2)), "on");
  EXPECT_FALSE(ends.server.is_quiet());  // what was decrypted, too
  EXPECT_EQ(network.run(read(ends.server, 100)), "e");
  EXPECT_TRUE(ends.server.is_quiet());
  network.run(ends.client.finish());
  network.settle();
  EXPECT_FALSE(ends.server.is_quiet());
}

TEST(TlsStream, CanStillSendAfterThePeerHasFinished) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  network.run(write_and_finish(ends.client, "QUIT\r\n"));
  EXPECT_EQ(network.run(read_all(ends.server)), "QUIT\r\n");
  EXPECT_EQ(network.run(read(ends.server)), "");
  network.run(write_and_finish(ends.server, "221 Goodbye\r\n"));
  EXPECT_EQ(network.run(read_all(ends.client)), "221 Goodbye\r\n");
  EXPECT_EQ(network.run(read(ends.client)), "");
}

TEST(TlsStream, CannotWriteAfterItHasFinished) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  network.run(ends.client.finish());
  EXPECT_THROW(network.run(write(ends.client, "x")), std::system_error);
}

TEST(TlsStream, TakesAnEndWithoutAGoodbyeForALostPeerWhereverItComes) {
  SimulatedNetwork network{3};
  Pair pair{network};
  const std::string text = digits(300);
  std::size_t whole = 0;
  for (std::size_t through = 0;; ++through) {
    Relay relay{network};
    ASSERT_EQ(relay.shake_hands(pair), good);
    network.run(write_and_finish(relay.client, text));
    const std::string ciphertext = relay.at_client.text();
    relay.at_server.type(ciphertext.substr(0, through));
    relay.at_server.finish();
    Started<std::string> heard{network.executor(), read_all(relay.server)};
    network.settle();
    ASSERT_TRUE(heard.done());
    if (through == ciphertext.size()) {
      EXPECT_EQ(heard.result(), text);
      break;
    }
    ASSERT_EQ(heard.error(), Errc::peer_lost) << through;
    ++whole;
  }
  EXPECT_GT(whole, text.size());
}

TEST(TlsStream, LosesNothingWhenReadsAreCancelledInTheMiddleOfARecord) {
  SimulatedNetwork network{3};
  Pair pair{network};
  for (const bool by_slot : {false, true}) {
    Relay relay{network};
    ASSERT_EQ(relay.shake_hands(pair), good);
    network.run(write(relay.client, "NOOP\r\n"));
    network.run(write(relay.client, "QUIT\r\n"));
    std::string heard;
    for (const char byte : relay.at_client.text()) {
      relay.at_server.type(std::string(1, byte));
      Started<std::string> reading{network.executor(), read(relay.server)};
      network.settle();
      if (!reading.done()) {
        if (by_slot)
          reading.cancel();
        else
          relay.server.cancel();
        network.settle();
        ASSERT_TRUE(reading.done());
        EXPECT_EQ(reading.error(), asio::error::operation_aborted);
      } else {
        heard += reading.result();
      }
    }
    EXPECT_EQ(heard, "NOOP\r\nQUIT\r\n");
    Started<void> reply{network.executor(), write(relay.server, "221 Goodbye\r\n")};
    relay.pump();
    EXPECT_EQ(network.run(read(relay.client)), "221 Goodbye\r\n");
  }
}

TEST(TlsStream, ReadsOneDirectionWhileAReadOfTheOtherWaits) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  Started<std::string> waiting{network.executor(), read(ends.server)};
  network.settle();
  EXPECT_EQ(pair.say(ends.server, ends.client, "226 Done\r\n"), "226 Done\r\n");
  EXPECT_FALSE(waiting.done());
  ends.server.cancel();
  network.settle();
  EXPECT_EQ(waiting.error(), asio::error::operation_aborted);
  EXPECT_EQ(pair.say(ends.client, ends.server, "NOOP\r\n"), "NOOP\r\n");
}

TEST(TlsStream, GoesOnWithWholeRecordsAfterAWriteThatWasCancelled) {
  NetworkConditions conditions;
  conditions.window = 1000;
  for (const bool by_slot : {false, true}) {
    SimulatedNetwork network{3, conditions};
    Pair pair{network};
    Ends ends = pair.control();
    Started<void> writing{network.executor(), write(ends.server, std::string(200'000, 'x'))};
    network.settle();
    if (by_slot) {
      writing.cancel();
    } else {
      ends.server.cancel();
    }
    network.settle();
    EXPECT_EQ(writing.error(), asio::error::operation_aborted);
    Started<void> again{network.executor(), write_and_finish(ends.server, "221 Goodbye\r\n")};
    const std::string heard = network.run(read_all(ends.client));
    const auto end = heard.find_first_not_of('x');
    ASSERT_NE(end, heard.npos);
    EXPECT_EQ(heard.substr(end), "221 Goodbye\r\n");
    EXPECT_EQ(end, 4096u);
    EXPECT_TRUE(again.done());
  }
}

TEST(TlsStream, WritesAPieceAtATimeSoThatASlowPeerIsSeenToMove) {
  NetworkConditions conditions;
  conditions.window = 1000;
  SimulatedNetwork network{3, conditions};
  Pair pair{network};
  Ends ends = pair.control();
  const std::string text = digits(100'000);
  const auto some = [](TlsEnd& stream, std::string all) -> awaitable<std::size_t> {
    const std::size_t n = co_await stream.write_some(as_bytes(all));
    co_return n;
  };
  Started<std::size_t> writing{network.executor(), some(ends.server, text)};
  EXPECT_TRUE(network.run(read_all(ends.client, 4096)) == text.substr(0, 4096));
  network.settle();
  ASSERT_TRUE(writing.done());
  EXPECT_EQ(writing.result(), 4096u);
}

TEST(TlsStream, FinishesWellIfThePeerTookAllAndLeft) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  EXPECT_EQ(pair.say(ends.server, ends.client, "the whole file"), "the whole file");
  ends.client.close();
  EXPECT_NO_THROW(network.run(ends.server.finish()));
}

TEST(TlsStream, PartsAsSoonAsThePeerSaysGoodbye) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  const Time began = network.now();
  Started<void> parting{network.executor(), ends.client.part(network, 3s)};
  EXPECT_EQ(network.run(read_all(ends.server)), "");
  EXPECT_FALSE(parting.done());
  network.run(write_and_finish(ends.server, "dropped"));
  network.settle();
  EXPECT_TRUE(parting.done());
  EXPECT_EQ(parting.error(), std::error_code{});
  EXPECT_EQ(network.now(), began);
}

TEST(TlsStream, PartsAfterAWhileFromAPeerThatNeverSaysGoodbye) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  const Time began = network.now();
  network.run(ends.client.part(network, 3s));
  EXPECT_EQ(network.now() - began, 3s);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(TlsStream, PartsInClearWithoutAnyWait) {
  SimulatedNetwork network{3};
  Ends ends = connect(network);
  const Time began = network.now();
  network.run(ends.client.part(network, 3s));
  EXPECT_EQ(network.now(), began);
  EXPECT_EQ(network.run(read_all(ends.server)), "");
}

TEST(TlsStream, NeverHearsWhatWasSaidInClearBeforeTheHandshake) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Relay one{network};
  Started<void> accepting{network.executor(), one.server.accept_tls(pair.server)};
  Started<void> calling{network.executor(), one.client.connect_tls(pair.client, "localhost")};
  one.at_server.type("USER mallory\r\nPASS x\r\n");
  one.pump();
  EXPECT_TRUE(accepting.error());
  Started<std::string> heard{network.executor(), read(one.server)};
  network.settle();
  EXPECT_EQ(heard.error(), accepting.error());

  Relay other{network};
  Started<void> connecting{network.executor(), other.client.connect_tls(pair.client, "localhost")};
  Started<void> answering{network.executor(), other.server.accept_tls(pair.server)};
  other.at_client.type("230 Logged in\r\n");
  other.pump();
  EXPECT_TRUE(connecting.error());
  Started<std::string> told{network.executor(), read(other.client)};
  network.settle();
  EXPECT_EQ(told.error(), connecting.error());
}

TEST(TlsStream, TakesUpAHandshakeWhoseBeginningWasReadAlready) {
  SimulatedNetwork network{3};
  Pair pair{network};
  for (const std::size_t early : {1u, 100u, 5000u}) {
    Relay relay{network};
    Started<void> connecting{network.executor(), relay.client.connect_tls(pair.client, "localhost")};
    network.settle();
    const std::string hello = relay.at_client.text();
    const std::string heard = hello.substr(0, early), rest = hello.substr(heard.size());
    Started<void> accepting{network.executor(), relay.server.accept_tls(pair.server, heard)};
    relay.at_server.type(rest);
    relay.pump();
    ASSERT_TRUE(connecting.done());
    ASSERT_TRUE(accepting.done());
    EXPECT_FALSE(connecting.error());
    EXPECT_FALSE(accepting.error());
  }
}

TEST(TlsStream, SaysOfAPeerInClearThatItDoesNotSpeakTls) {
  SimulatedNetwork network{3};
  Pair pair{network};
  for (const auto text :
       {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "EHLO localhost\r\n", "220 FTP Server Ready\r\n"}) {
    Relay relay{network};
    Started<void> handshake{network.executor(), relay.server.accept_tls(pair.server)};
    relay.at_server.type(text);
    network.settle();
    ASSERT_TRUE(handshake.done());
    EXPECT_EQ(handshake.error().message(), "the peer does not speak TLS") << text;
    EXPECT_EQ(handshake.error().category(), tls_category());
  }
}

TEST(TlsStream, NoticesWhatSomebodyChangedOnTheWay) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Relay relay{network};
  ASSERT_EQ(relay.shake_hands(pair), good);
  network.run(write(relay.client, "DELE a\r\n"));
  std::string ciphertext = relay.at_client.text();
  ciphertext.back() ^= 1;
  relay.at_server.type(ciphertext);
  for (int i = 0; i < 2; ++i) {
    Started<std::string> heard{network.executor(), read(relay.server)};
    network.settle();
    ASSERT_TRUE(heard.done());
    EXPECT_EQ(heard.error().message(), "TLS: decryption failed or bad record mac");
  }
  relay.pump();
  Started<std::string> told{network.executor(), read(relay.client)};
  network.settle();
  EXPECT_EQ(told.error().message(), "the peer ended TLS: bad record mac");
}

TEST(TlsStream, CanBeHeldToATimeForItsHandshake) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = connect(network);
  const Time began = network.now();
  Started<void> handshake{network.executor(), within(network, 10s, ends.server.accept_tls(pair.server))};
  network.advance(11s);
  ASSERT_TRUE(handshake.done());
  EXPECT_EQ(handshake.error(), Errc::timed_out);
  EXPECT_EQ(network.now() - began, 11s);
}

TEST(TlsStream, IsSecuredOnce) {
  SimulatedNetwork network{3};
  Pair pair{network};
  Ends ends = pair.control();
  EXPECT_THROW(network.run(ends.server.accept_tls(pair.server)), std::system_error);
  EXPECT_THROW(network.run(ends.client.connect_tls(pair.client, "localhost")), std::system_error);
  EXPECT_EQ(pair.say(ends.client, ends.server, "NOOP\r\n"), "NOOP\r\n");
}

TEST(TlsStream, CannotBeSecuredByAServerWithoutACertificate) {
  SimulatedNetwork network{3};
  Ends ends = connect(network);
  const TlsServer none;
  EXPECT_FALSE(none);
  EXPECT_THROW(network.run(ends.server.accept_tls(none)), std::system_error);
  EXPECT_FALSE(ends.server.secured());
}

TEST(TlsStream, GivesAWholeTextOrAnErrorWhateverFailsOnTheWay) {
  bool reached = true;
  for (std::uint64_t n = 1; reached; ++n) {
    for (const auto fault : {Fault::reset, Fault::end}) {
      NetworkConditions conditions;
      conditions.window = 8'000;
      SimulatedNetwork network{n, conditions};
      Pair pair{network};
      Ends ends = connect(network);
      const auto before = network.operations();
      network.fail({.operation = n}, fault);
      const std::string text = digits(30'000);
      Started<void> accepted{network.executor(), ends.server.accept_tls(pair.server)};
      Started<void> connected{network.executor(), ends.client.connect_tls(pair.client, "localhost")};
      network.settle();
      if (accepted.error() || connected.error()) {
        ends.client.close();
        network.settle();
        EXPECT_TRUE(accepted.done());
        continue;
      }
      Started<void> writing{network.executor(), write_and_finish(ends.client, text)};
      Started<std::string> heard{network.executor(), read_all(ends.server)};
      network.settle();
      ends.client.close();
      network.settle();
      ASSERT_TRUE(heard.done());
      EXPECT_TRUE(heard.error() || heard.result() == text);
      reached = network.operations() >= before + n;
      EXPECT_TRUE(reached || !heard.error());
    }
  }
}

}  // namespace
