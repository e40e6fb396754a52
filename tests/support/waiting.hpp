#pragma once
// Parts of a server that wait where nothing comes.
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/verbs/files.hpp>

/// For what nobody ever does.
inline ftplike::awaitable<void> wait_for_ever() {
  const ftplike::Executor executor = co_await asio::this_coro::executor;
  ftplike::Condition never{executor};
  for (;;) co_await never.wait();
}
/// For a piece of blocking work.
inline ftplike::awaitable<void> wait_for_a_worker() {
  auto work = [] {};
  co_await ftplike::blocking(std::move(work));
}
/// As what is waited for is called: "…never" or "…worker".
inline ftplike::awaitable<void> wait_for(std::string_view what) {
  if (what.ends_with("never")) return wait_for_ever();
  return wait_for_a_worker();
}

/// Files that keep their reader waiting: "open-…" before they are open, "list-…" before the first entry, "read-…" after
/// a thousand bytes, "write-…" for the second piece of an upload, and "commit-…" at its end.
class WaitingStorage : public ftplike::MemoryStorage {
 public:
  class Reader {
   public:
    explicit Reader(std::string name) : name_{std::move(name)} {}
    ftplike::awaitable<std::size_t> read_some(std::span<std::byte> room) {
      if (std::exchange(begun_, true)) {
        if (!name_.starts_with("read")) co_return 0;
        co_await wait_for(name_);
        co_return 0;
      }
      const auto part = room.first(std::min<std::size_t>(room.size(), 1000));
      std::fill(part.begin(), part.end(), std::byte{'x'});
      co_return part.size();
    }

   private:
    std::string name_;
    bool begun_ = false;
  };
  class Writer : public MemoryStorage::Writer {
   public:
    Writer(MemoryStorage::Writer writer, std::string name)
        : MemoryStorage::Writer{std::move(writer)}, name_{std::move(name)} {}
    ftplike::awaitable<void> write(std::span<const std::byte> bytes) {
      if (name_.starts_with("write") && std::exchange(begun_, true)) co_await wait_for(name_);
      co_await MemoryStorage::Writer::write(bytes);
    }
    ftplike::awaitable<void> finish() {
      if (name_.starts_with("commit")) co_await wait_for(name_);
      co_await MemoryStorage::Writer::finish();
    }

   private:
    std::string name_;
    bool begun_ = false;
  };
  class Listing : public MemoryStorage::Listing {
   public:
    Listing(MemoryStorage::Listing listing, std::string name)
        : MemoryStorage::Listing{std::move(listing)}, name_{std::move(name)} {}
    ftplike::awaitable<std::vector<ftplike::Entry>> next() {
      if (name_.starts_with("list")) co_await wait_for(name_);
      co_return co_await MemoryStorage::Listing::next();
    }

   private:
    std::string name_;
  };

  WaitingStorage() : MemoryStorage{{"/list-never/", ""}, {"/list-worker/", ""}, {"/read-never", "x"}, {"/read-worker", "x"}} {}

  ftplike::awaitable<Reader> open(ftplike::Path path, std::uint64_t) {
    const std::string name{path.name()};
    if (name.starts_with("open")) co_await wait_for(name);
    co_return Reader{name};
  }
  ftplike::awaitable<Listing> list(ftplike::Path path) {
    const std::string name{path.name()};
    auto listing = co_await MemoryStorage::list(std::move(path));
    co_return Listing{std::move(listing), name};
  }
  ftplike::awaitable<Writer> create(ftplike::Path path, std::uint64_t offset) {
    const std::string name{path.name()};
    if (name.starts_with("open")) co_await wait_for(name);
    auto writer = co_await MemoryStorage::create(std::move(path), offset);
    co_return Writer{std::move(writer), name};
  }
  ftplike::awaitable<Writer> append(ftplike::Path path) {
    const std::string name{path.name()};
    auto writer = co_await MemoryStorage::append(std::move(path));
    co_return Writer{std::move(writer), name};
  }
  ftplike::awaitable<Writer> create_unique(ftplike::Path path) {
    const std::string name{path.name()};
    auto writer = co_await MemoryStorage::create_unique(std::move(path));
    co_return Writer{std::move(writer), name};
  }
};
static_assert(ftplike::WritableStorage<WaitingStorage>);

/// Lets everybody in, but answers "never" never, and "worker" when a worker has looked.
struct WaitingAuthenticator {
  ftplike::awaitable<std::optional<ftplike::Account>> log_in(const ftplike::Credentials& who) {
    const std::string user{who.user};
    if (user == "never" || user == "worker") co_await wait_for(user);
    std::optional<ftplike::Account> account;
    account.emplace(user, ftplike::Path{}, ftplike::Rights::all());
    co_return account;
  }
  std::optional<ftplike::Account> guest() const { return std::nullopt; }
};

/// WAIT: a command that takes long; HANG: one that says nothing of that.
struct Wait {
  static constexpr std::string_view verb = "WAIT";
  static constexpr bool interruptible = true;
  static ftplike::awaitable<ftplike::Reply> run(auto&, std::string_view what) {
    co_await wait_for(what);
    co_return ftplike::Reply{200, "Waited"};
  }
};
struct Hang : Wait {
  static constexpr std::string_view verb = "HANG";
  static constexpr bool interruptible = false;
};
