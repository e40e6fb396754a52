// An event loop that is stopped in the middle of everything, and everything then destroyed in whatever order: what was
// under way ends without touching what is gone. AddressSanitizer sees to that.
#include <ftplike/ftplike.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/fxp.hpp>
#include <ftplike/client/mirror.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/client/segments.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/folder.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

using DestructionClient = Client<TcpTransport>;
using DestructionPool = ClientPool<TcpTransport>;
using DestructionServer = ServerOf<TcpTransport, DirectoryStorage, Anonymous, DataPorts>;

/// Whose event loop, or loops, all of it runs on.
enum class Loop { of_the_transport, of_its_threads, of_the_program };

/// All that takes part, each of which can be destroyed by itself.
struct Cast {
  explicit Cast(Loop whose, const TestFolder& server_files) {
    if (whose == Loop::of_the_program) {
      loop = std::make_unique<asio::io_context>();
      network = std::make_unique<TcpTransport>(*loop);
    } else {
      network = std::make_unique<TcpTransport>(whose == Loop::of_its_threads ? 3 : 1);
    }
    server = std::make_unique<DestructionServer>(*network, DirectoryStorage{server_files.string()},
                                                 Anonymous{.logins = "write", .without_login = "write"}, DataPorts{});
    url = Url{"127.0.0.1", server->listen("127.0.0.1", 0).port()};
    url.user = "anonymous";
    url.password = "me@";
    pool = std::make_unique<DestructionPool>(*network, url);
  }
  void run() {
    if (loop) {
      loop->run();
      loop->restart();
    } else {
      network->run();
    }
  }
  void stop() {
    if (loop)
      loop->stop();
    else
      network->stop();
  }
  /// Runs an operation to its end.
  void finish(awaitable<void> operation) {
    start_on(network->main_executor(), std::move(operation), {}, [this](std::exception_ptr failure) {
      if (failure) error = failure;
      stop();
    });
    run();
  }

  std::unique_ptr<asio::io_context> loop;  // outlives all, as any event loop of a program's
  std::unique_ptr<TcpTransport> network;
  std::unique_ptr<DestructionServer> server;
  std::unique_ptr<DestructionPool> pool;
  std::unique_ptr<DestructionClient> client;
  Url url;
  std::exception_ptr error;
};

using DestructionOperation = std::function<awaitable<void>(Cast&, const TestFolder& local)>;
struct NamedOperation {
  const char* name;
  DestructionOperation start;
};
/// An operation whose result is of no interest.
template <class R> awaitable<void> only(awaitable<R> operation) { (void)co_await std::move(operation); }
/// Holds what an operation reads or writes, as its caller would.
template <class Bytes> awaitable<void> download_to(DestructionClient& client) {
  Bytes sink;
  (void)co_await client.download("big", sink);
}
awaitable<void> upload_from(DestructionClient& client, std::string name) {
  TextSource source{std::string(3'000'000, 'x')};
  (void)co_await client.upload(source, std::move(name));
}
/// Reads a stream of its own, by the workers.
awaitable<void> upload_a_stream(DestructionPool& pool) {
  std::istringstream stream{std::string(3'000'000, 'x')};
  StreamSource source{stream};
  (void)co_await pool.upload(source, "streamed");
}
awaitable<void> read_piece_by_piece(DestructionClient& client) {
  auto file = co_await client.open("big");
  std::array<std::byte, 10'000> room;
  for (;;) {
    const std::size_t n = co_await file.read_some(room);
    if (n == 0) break;
  }
  co_await file.close();
}
awaitable<void> append_from(DestructionClient& client) {
  TextSource source{std::string(3'000'000, 'x')};
  (void)co_await client.append(source, "appended");
}
awaitable<void> lease_and_ask(DestructionPool& pool) {
  auto lease = co_await pool.lease();
  (void)co_await lease->list("tree");
  co_await lease->noop();
}

/// What is asked by one command each; the last of them can be done once.
awaitable<void> say_commands(DestructionClient& client) {
  (void)co_await client.exists("big");
  (void)co_await client.stored_size("big");
  co_await client.set_modified("tree/4", Timestamp{});
  co_await client.chmod("tree/4", 0600);
  co_await client.mkdir("other");
  co_await client.rmdir("other");
  co_await client.remove("tree/5");
}
awaitable<void> fetch_a_range(DestructionClient& client) {
  TextSink sink;
  (void)co_await client.download_range("big", sink, 1000, 2'000'000);
}
awaitable<void> fetch_by_a_command(DestructionClient& client) {
  TextSink sink;
  (void)co_await client.transfer("RETR big", sink);
}
/// From the server to itself, by two sessions.
awaitable<void> exchange(Cast& it) {
  DestructionClient other = co_await connect(*it.network, it.url);
  co_await transfer_between(*it.client, other, "big", "exchanged");
}
awaitable<void> mirror_back(DestructionPool& pool, std::string local) {
  MirrorOptions options;
  options.direction = Direction::sent;
  options.delete_others = true;
  (void)co_await mirror(pool, "copies", std::move(local), options);
}
awaitable<void> use_a_session(DestructionPool& pool) {
  const auto work = [](DestructionClient& session) { return session.size("big"); };
  (void)co_await pool.use(work);
}
awaitable<void> fetch_to_memory(DestructionPool& pool) {
  TextSink sink;
  (void)co_await pool.download("big", sink);
}

const std::vector<NamedOperation> operations{
    {"connect", [](Cast& it, auto&) { return only(connect(*it.network, it.url)); }},
    {"command", [](Cast& it, auto&) { return only(it.client->command("HELP")); }},
    {"noop", [](Cast& it, auto&) { return it.client->noop(); }},
    {"quit", [](Cast& it, auto&) { return it.client->quit(); }},
    {"pwd", [](Cast& it, auto&) { return only(it.client->pwd()); }},
    {"cwd", [](Cast& it, auto&) { return it.client->cwd("tree"); }},
    {"mkdir", [](Cast& it, auto&) { return it.client->mkdir("new"); }},
    {"list", [](Cast& it, auto&) { return only(it.client->list("tree")); }},
    {"walk", [](Cast& it, auto&) { return it.client->walk("", [](const std::string&, const Entry&) { return true; }); }},
    {"stat", [](Cast& it, auto&) { return only(it.client->stat("big")); }},
    {"size", [](Cast& it, auto&) { return only(it.client->size("big")); }},
    {"modified", [](Cast& it, auto&) { return only(it.client->modified("big")); }},
    {"rename", [](Cast& it, auto&) { return it.client->rename("tree/1", "tree/2"); }},
    {"download to a folder", [](Cast& it, auto& local) { return only(it.client->download("big", local.string())); }},
    {"download to memory", [](Cast& it, auto&) { return download_to<TextSink>(*it.client); }},
    {"upload from a folder", [](Cast& it, auto& local) { return only(it.client->upload(local / "file", "new")); }},
    {"upload from memory", [](Cast& it, auto&) { return upload_from(*it.client, "new"); }},
    {"open", [](Cast& it, auto&) { return read_piece_by_piece(*it.client); }},
    {"a pool's upload of a stream", [](Cast& it, auto&) { return upload_a_stream(*it.pool); }},
    {"append", [](Cast& it, auto&) { return append_from(*it.client); }},
    {"a lease", [](Cast& it, auto&) { return lease_and_ask(*it.pool); }},
    {"a pool's list", [](Cast& it, auto&) { return only(it.pool->list("tree")); }},
    {"a pool's download", [](Cast& it, auto& local) { return only(it.pool->download("big", local.string())); }},
    {"a pool's upload", [](Cast& it, auto& local) { return only(it.pool->upload(local / "file", "new")); }},
    {"a pool's quit", [](Cast& it, auto&) { return it.pool->quit(); }},
    {"mirror", [](Cast& it, auto& local) { return only(mirror(*it.pool, "", local / "copy")); }},
    {"segments", [](Cast& it, auto& local) { return only(download_in_segments(*it.pool, "big", local.string(), 3)); }},
    {"commands", [](Cast& it, auto&) { return say_commands(*it.client); }},
    {"a range", [](Cast& it, auto&) { return fetch_a_range(*it.client); }},
    {"a transfer by a command", [](Cast& it, auto&) { return fetch_by_a_command(*it.client); }},
    {"upload to a name that nobody has", [](Cast& it, auto& local) { return only(it.client->upload_unique(local / "file")); }},
    {"between servers", [](Cast& it, auto&) { return exchange(it); }},
    {"a mirror back", [](Cast& it, auto& local) { return mirror_back(*it.pool, local.string()); }},
    {"a pool's session", [](Cast& it, auto&) { return use_a_session(*it.pool); }},
    {"a pool's download to memory", [](Cast& it, auto&) { return fetch_to_memory(*it.pool); }},
    {"stopped",
     [](Cast& it, auto&) {
       it.server->stop();
       return only(it.server->stopped());
     }},
};

/// The orders in which people have things destroyed.
const std::vector<std::function<void(Cast&)>> orders{
    [](Cast& it) {  // as declared the other way round: client, pool, server, network
      it.client.reset();
      it.pool.reset();
      it.server.reset();
      it.network.reset();
    },
    [](Cast& it) {  // the network first
      it.network.reset();
      it.server.reset();
      it.pool.reset();
      it.client.reset();
    },
    [](Cast& it) {
      it.server.reset();
      it.network.reset();
      it.client.reset();
      it.pool.reset();
    },
    [](Cast& it) {
      it.pool.reset();
      it.client.reset();
      it.network.reset();
      it.server.reset();
    },
};

/// Counts turns of the event loop, and stops it at one.
awaitable<void> stop_after(Cast& it, int turns) {
  for (int i = 0; i < turns; ++i) co_await asio::post(use_awaitable);
  it.stop();
}

class Destruction : public testing::TestWithParam<Loop> {};

TEST_P(Destruction, InTheMiddleOfAnyOperationInAnyOrderTouchesNothingThatIsGone) {
  TestFolder server_files;
  server_files.write("big", std::string(3'000'000, 'x'));
  for (int i = 0; i < 20; ++i) server_files.write("tree/" + std::to_string(i), std::string(1000, 'x'));
  for (const NamedOperation& operation : operations) {
    for (const int turns : {1, 4, 10, 25, 60, 150, 400}) {
      for (std::size_t order = 0; order < orders.size(); ++order) {
        SCOPED_TRACE(std::string{operation.name} + ", " + std::to_string(turns) + " turns, order " +
                     std::to_string(order));
        TestFolder local;
        local.write("file", std::string(1'000'000, 'y'));
        Cast it{GetParam(), server_files};
        it.finish([](Cast& cast) -> awaitable<void> {
          auto made = co_await connect(*cast.network, cast.url);
          cast.client = std::make_unique<DestructionClient>(std::move(made));
        }(it));
        ASSERT_FALSE(it.error);
        start_on(it.network->main_executor(), operation.start(it, local));
        start_on(it.network->main_executor(), stop_after(it, turns));
        it.run();
        orders[order](it);
      }
    }
  }
}

TEST_P(Destruction, OfALeaseComesAfterThatOfEverythingElse) {
  TestFolder server_files;
  for (std::size_t order = 0; order < orders.size(); ++order) {
    SCOPED_TRACE("order " + std::to_string(order));
    DestructionPool::Lease lease;
    Cast it{GetParam(), server_files};
    it.finish([](Cast& cast, DestructionPool::Lease& place) -> awaitable<void> {
      auto leased = co_await cast.pool->lease();
      place = std::move(leased);
    }(it, lease));
    ASSERT_FALSE(it.error);
    EXPECT_TRUE(lease->is_open());
    orders[order](it);
    lease = DestructionPool::Lease{};
  }
}

TEST(DestructionOfATransport, LeavesNothingOfWhatIsAwaitedElsewhereAndCancelledLater) {
  TestFolder server_files, local;
  server_files.write("big", std::string(3'000'000, 'x'));
  for (std::size_t order = 0; order < orders.size(); ++order) {
    SCOPED_TRACE("order " + std::to_string(order));
    Cast it{Loop::of_the_transport, server_files};
    asio::io_context another;
    asio::cancellation_signal cancel_client, cancel_pool;
    it.finish([](Cast& cast) -> awaitable<void> {
      auto made = co_await connect(*cast.network, cast.url);
      cast.client = std::make_unique<DestructionClient>(std::move(made));
    }(it));
    ASSERT_FALSE(it.error);
    start_on(another.get_executor(), only(it.client->download("big", local.string())), cancel_client.slot());
    start_on(another.get_executor(), only(it.pool->download("big", local.string())), cancel_pool.slot());
    another.poll();
    start_on(it.network->main_executor(), stop_after(it, 10));
    it.run();
    orders[order](it);
    cancel_client.emit(asio::cancellation_type::terminal);
    cancel_pool.emit(asio::cancellation_type::terminal);
    another.restart();
    another.poll();
  }
}

std::string loop_of(const testing::TestParamInfo<Loop>& info) {
  constexpr std::array names{"OfTheTransport", "OfItsThreads", "OfTheProgram"};
  return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(WithALoop, Destruction,
                         testing::Values(Loop::of_the_transport, Loop::of_its_threads, Loop::of_the_program), loop_of);

TEST(DestructionOfABlockingClient, ComesAfterACallThatWasCancelledOrFailed) {
  TestFolder server_files, local;
  server_files.write("big", std::string(3'000'000, 'x'));
  TcpTransport network;
  DestructionServer server{network, DirectoryStorage{server_files.string()}, Anonymous{.logins = "write"}, DataPorts{}};
  Url url{"127.0.0.1", server.listen("127.0.0.1", 0).port()};
  url.user = "anonymous";
  std::thread serving{[&network] { network.run(); }};
  for (const bool cancels : {true, false}) {
    BlockingClient client{url};
    TransferOptions options;
    options.progress = [&](const Progress&) {
      if (!cancels) throw std::system_error(Errc::aborted);
      client.cancel();
    };
    EXPECT_THROW(client.download("big", local.string(), options), std::system_error);
  }
  network.stop();
  serving.join();
}

}  // namespace
