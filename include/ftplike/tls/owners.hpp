#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string>
#include <utility>

#include <ftplike/io/transport.hpp>
#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2::detail::tls {

/// Names an FTP session among those of a server: OpenSSL keeps it with each TLS session, and resumes one only where it
/// is the same.
using Owner = std::array<unsigned char, SSL_MAX_SID_CTX_LENGTH>;

inline Owner new_owner() {
  Owner owner;
  require(RAND_bytes(owner.data(), static_cast<int>(owner.size())) == 1, "random bytes");
  return owner;
}

/// Which user each FTP session is of, so that it is known who may resume whose TLS sessions. Clients go on with those
/// of FTP sessions that have ended; they are remembered for an hour, and no more than `most` of them.
///
/// **Threads:** safe.
class Owners {
 public:
  static constexpr std::size_t most = 4096;
  static constexpr std::chrono::hours longest{1};

  /// Empty: of nobody.
  void name(const Owner& owner, std::string user) {
    const std::lock_guard lock{mutex_};
    if (user.empty()) {
      users_.erase(owner);
    } else {
      users_[owner] = std::move(user);
    }
  }
  /// Its FTP session has ended.
  void leave(const Owner& owner, Time now) {
    const std::lock_guard lock{mutex_};
    if (users_.contains(owner)) gone_.emplace_back(owner, now);
    forget(now);
  }
  /// Whether both are of one user.
  bool same_user(const Owner& one, const Owner& other, Time now) {
    const std::lock_guard lock{mutex_};
    forget(now);
    const auto mine = users_.find(one), its = users_.find(other);
    return mine != users_.end() && its != users_.end() && mine->second == its->second;
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return users_.size();
  }

 private:
  void forget(Time now) {
    for (; !gone_.empty(); gone_.pop_front()) {
      if (gone_.size() <= most && now - gone_.front().second < longest) return;
      users_.erase(gone_.front().first);
    }
  }

  mutable std::mutex mutex_;
  std::map<Owner, std::string> users_;
  std::deque<std::pair<Owner, Time>> gone_;  // in the order of their ends
};

}  // namespace ftplike::inline v0_2::detail::tls
