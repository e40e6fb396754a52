#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ftplike/io/condition.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2::detail::tls {

/// Names an FTP session among those of a server: OpenSSL keeps it with each TLS session, and resumes one only where it
/// is the same. Where a session has an ID on the wire, that begins with it. (TLS 1.2 without tickets)
using Owner = std::array<unsigned char, SSL_MAX_SSL_SESSION_ID_LENGTH / 2>;
static_assert(std::tuple_size_v<Owner> <= SSL_MAX_SID_CTX_LENGTH);

inline Owner new_owner() {
  Owner owner;
  require(RAND_bytes(owner.data(), static_cast<int>(owner.size())) == 1, "random bytes");
  return owner;
}

/// Whose a TLS session is.
inline Owner owner_of(const SSL_SESSION* session) noexcept {
  Owner owner{};
  unsigned size = 0;
  const unsigned char* const name = SSL_SESSION_get0_id_context(session, &size);
  if (size == owner.size()) std::copy_n(name, size, owner.begin());
  return owner;
}
/// From now on OpenSSL resumes sessions of this one only.
inline bool set_owner(SSL* ssl, const Owner& owner) noexcept {
  return SSL_set_session_id_context(ssl, owner.data(), static_cast<unsigned>(owner.size())) == 1;
}

/// Which user each FTP session is of, so that it is known who may resume whose TLS sessions. Clients go on with those
/// of FTP sessions that have ended; they are remembered for an hour, and no more than `most` of them. And a client with
/// several control connections goes on with the session of one that has yet to log in.
///
/// **Threads:** safe.
class Owners {
 public:
  static constexpr std::size_t most = 4096;
  static constexpr std::chrono::hours longest{1};

  /// None: it is not known yet. Empty: of nobody who could be told from others.
  void name(const Owner& owner, std::optional<std::string> user) {
    const std::lock_guard lock{mutex_};
    auto& known = users_[owner];
    known = std::move(user);
    if (known) tell(owner);
  }
  /// Its FTP session has ended.
  void leave(const Owner& owner, Time now) {
    const std::lock_guard lock{mutex_};
    const auto place = users_.find(owner);
    if (place == users_.end()) return;
    if (place->second.value_or("").empty()) {
      users_.erase(place);
    } else {
      gone_.emplace_back(owner, now);
    }
    forget(now);
    tell(owner);
  }
  enum class Verdict { same, other, open };
  /// Whether the second is of the same user as the first, or may yet be.
  Verdict compare(const Owner& owner, const Owner& other, Time now) {
    const std::lock_guard lock{mutex_};
    forget(now);
    const auto mine = users_.find(owner), its = users_.find(other);
    const bool is_user = mine != users_.end() && !mine->second.value_or("").empty();
    if (!is_user || its == users_.end()) return Verdict::other;
    if (!its->second) return Verdict::open;
    return its->second == mine->second ? Verdict::same : Verdict::other;
  }
  /// Waits while it is open of which user that is.
  awaitable<void> until_known(Owner owner) {
    const Executor executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    add(owner, waiter);
    while (!waiter->told) co_await waiter->news.wait();
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return users_.size();
  }

 private:
  struct Waiter {
    explicit Waiter(const Executor& its_executor) : executor{its_executor}, news{its_executor} {}
    const Executor executor;
    Condition news;
    bool told = false;
  };

  void add(const Owner& owner, const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock{mutex_};
    std::erase_if(waiters_, [](const auto& one) { return one.second.expired(); });
    const auto place = users_.find(owner);
    waiter->told = place == users_.end() || place->second;
    if (!waiter->told) waiters_.emplace_back(owner, waiter);
  }
  void tell(const Owner& owner) {
    std::erase_if(waiters_, [&owner](const auto& one) {
      if (one.first != owner) return false;
      if (const auto waiter = one.second.lock()) {
        asio::post(waiter->executor, [waiter] {
          waiter->told = true;
          waiter->news.notify();
        });
      }
      return true;
    });
  }
  void forget(Time now) {
    for (; !gone_.empty(); gone_.pop_front()) {
      if (gone_.size() <= most && now - gone_.front().second < longest) return;
      users_.erase(gone_.front().first);
    }
  }

  mutable std::mutex mutex_;
  std::map<Owner, std::optional<std::string>> users_;
  std::deque<std::pair<Owner, Time>> gone_;  // in the order of their ends
  std::vector<std::pair<Owner, std::weak_ptr<Waiter>>> waiters_;
};

}  // namespace ftplike::detail::tls
