#include <gtest/gtest.h>

#include <ftplike/io/transport.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

namespace {
using namespace ftplike;
using namespace ftplike::verbs;

// [stream]
/// The least that is a stream: it says what a script says and keeps what it is told.
class ScriptStream {
 public:
  ScriptStream(std::string script, std::shared_ptr<std::string> heard)
      : script_{std::move(script)}, heard_{std::move(heard)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto n = std::min(room.size(), script_.size());
    std::copy_n(as_bytes(script_).begin(), n, room.begin());
    script_.erase(0, n);
    co_return n;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    heard_->append(as_text(bytes));
    co_return;
  }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    heard_->append(as_text(bytes));
    co_return bytes.size();
  }
  awaitable<void> finish() { co_return; }
  bool has_ended() { return script_.empty(); }
  void cancel() {}
  void close() {}
  Endpoint local() const { return {asio::ip::address_v4::loopback(), 21}; }
  Endpoint remote() const { return {asio::ip::address_v4::loopback(), 50001}; }

 private:
  std::string script_;
  std::shared_ptr<std::string> heard_;
};
// [/stream]

// [transport]
/// The least that a server runs on: one client that comes at once, and a clock that stands still.
class ScriptTransport {
 public:
  using Stream = ScriptStream;

  class Acceptor {
   public:
    Acceptor(const Executor& executor, ScriptTransport& owner, const Endpoint& where)
        : owner_{&owner}, endpoint_{where}, nobody_{executor, Time::max()} {}
    awaitable<Stream> accept(const Executor&) {
      if (std::exchange(owner_->came_, true)) co_await nobody_.async_wait(use_awaitable);
      co_return Stream{owner_->script, owner_->heard};
    }
    Endpoint endpoint() const { return endpoint_; }
    void cancel() { nobody_.cancel(); }
    void close() { nobody_.cancel(); }

   private:
    ScriptTransport* owner_;
    Endpoint endpoint_;
    asio::steady_timer nobody_;
  };
  struct Timer {
    Timer(ScriptTransport&, const Executor&) {}
    template <class Call> void start(Time, Call) {}
    void cancel() {}
  };

  explicit ScriptTransport(std::string its_script) : script{std::move(its_script)} {}
  Executor executor() { return io.get_executor(); }
  awaitable<Stream> connect(Endpoint, Address) { co_return Stream{"", heard}; }
  Acceptor listen(const Executor& executor, const Endpoint& where) { return {executor, *this, where}; }
  awaitable<std::vector<Endpoint>> resolve(std::string, std::uint16_t) { co_return std::vector<Endpoint>{}; }
  Time now() const { return Time{std::chrono::hours{1}}; }
  awaitable<void> sleep_until(Time) { co_return; }

  std::string script;
  std::shared_ptr<std::string> heard = std::make_shared<std::string>();
  asio::io_context io;

 private:
  bool came_ = false;
};
static_assert(Stream<ScriptStream> && Transport<ScriptTransport>);
// [/transport]

TEST(Server, RunsOnAnythingThatIsATransport) {
  ScriptTransport network{"NOOP\r\nPWD\r\nDELE a.txt\r\nQUIT\r\n"};
  Server server{network, FtpLike{}, MemoryStorage{{"/a.txt", "hello"}}};
  server.listen("127.0.0.1", 21);
  network.io.poll();
  EXPECT_EQ(*network.heard,
            "220 FTP Server Ready\r\n"
            "200 OK\r\n"
            "257 \"memory\"\r\n"
            "502 Command not implemented\r\n"
            "221 Goodbye\r\n");
  server.stop();
  network.io.restart();
  network.io.run();
  EXPECT_EQ(server.sessions(), 0u);
}

// What a table has on which sessions is known to the compiler: on files that can only be read no command writes.
class ReadOnly {
 public:
  using Reader = TextSource;
  struct Listing {
    awaitable<std::vector<Entry>> next();
  };
  awaitable<Entry> stat(const Path&);
  awaitable<Listing> list(const Path&);
  awaitable<Reader> open(const Path&, std::uint64_t);
  std::string label() const;
};
/// As much of a session as a command looks at to know whether it makes sense there.
template <class S> struct SessionOn { using Storage = S; };
template <class S> constexpr std::size_t commands_on = Ftp::Commands::On<SessionOn<S>>::size;
template <class C> constexpr bool writes = !detail::available_on<C, SessionOn<ReadOnly>>();

static_assert(writes<Stor> && writes<Appe> && writes<Stou> && writes<Dele> && writes<Mkd> && writes<Rmd>);
static_assert(writes<Rnfr> && writes<Rnto> && writes<Mfmt> && writes<Mff> && writes<Comb>);
static_assert(!writes<Retr> && !writes<List> && !writes<Mlsd> && !writes<Size> && !writes<Cwd>);
static_assert(commands_on<MemoryStorage> == Ftp::Commands::size && commands_on<ReadOnly> < Ftp::Commands::size - 10);

// ---- what a server takes a part for

using detail::kind_of;
using detail::PartKind;

// [observer]
struct Auditor {
  void operator()(const LoginTried&) const {}
};
// [/observer]
struct Nosy {
  template <class Event> void operator()(const Event&) const {}
};
static_assert(kind_of<Ftp>() == PartKind::profile && kind_of<FtpLike>() == PartKind::profile);
static_assert(kind_of<MemoryStorage>() == PartKind::storage && kind_of<ReadOnly>() == PartKind::storage);
static_assert(kind_of<Anonymous>() == PartKind::authenticator && kind_of<LoopbackReaders>() == PartKind::authenticator);
static_assert(kind_of<Auditor>() == PartKind::observer && kind_of<Nosy>() == PartKind::observer);
static_assert(kind_of<NoObserver>() == PartKind::observer && kind_of<Observers<Auditor, Nosy>>() == PartKind::observer);
static_assert(kind_of<int>() == PartKind::none && kind_of<std::string>() == PartKind::none);
static_assert(kind_of<Endpoint>() == PartKind::none && kind_of<void (*)()>() == PartKind::none);

template <class... Members> constexpr bool are_settings(std::tuple<Members&...>*) {
  return ((kind_of<Members>() == PartKind::setting) && ...);
}
static_assert(are_settings(static_cast<decltype(Settings{}.all()) *>(nullptr)), "whatever is a member is a part");

template <class... Parts> using ProfileOfServer = typename detail::ProfileOf<Ftp, Parts...>::type;
using Whole = ProfileOfServer<Limits, Auditor, ReadOnly, FtpLike, Anonymous>;
static_assert(std::is_base_of_v<FtpLike, Whole> && std::is_same_v<Whole::Storage, ReadOnly>);
static_assert(std::is_same_v<Whole::Authenticator, Anonymous> && std::is_same_v<Whole::Observer, Auditor>);
using Least = ProfileOfServer<>;
static_assert(std::is_base_of_v<Ftp, Least> && std::is_same_v<Least::Storage, DirectoryStorage>);
static_assert(std::is_same_v<Least::Authenticator, LoopbackReaders> && std::is_same_v<Least::Observer, NoObserver>);

TEST(Server, TakesEachOfItsPartsInAnyOrder) {
  ScriptTransport network{"QUIT\r\n"};
  Server server{
      network, Greeting{"Hello"}, Anonymous{.logins = "read"}, Nosy{}, MemoryStorage{}, DataPorts{40001, 40002}, Ftp{}};
  server.listen("127.0.0.1", 21);
  network.io.poll();
  EXPECT_EQ(*network.heard, "220 Hello\r\n221 Goodbye\r\n");
  server.stop();
  network.io.restart();
  network.io.run();
}

TEST(Server, CanBeAMemberThoughItsTypeIsMadeOfItsParts) {
  struct Program {
    ScriptTransport network{"QUIT\r\n"};
    ServerOf<ScriptTransport, MemoryStorage, Auditor> server{network, Auditor{}, MemoryStorage{}, Limits{}};
  } program;
  EXPECT_EQ(program.server.sessions(), 0u);
}

}  // namespace
