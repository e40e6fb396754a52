#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/users/anonymous.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/users/password.hpp>
#include <ftplike/users/user.hpp>
#include <ftplike/users/user_file.hpp>

namespace ftplike::inline v0_2 {

namespace detail {

/// The users of one moment, which do not change any more.
class UserSnapshot {
 public:
  /// **Errors:** `std::invalid_argument` if two users have the same key.
  explicit UserSnapshot(const std::vector<UserEntry>& users) {
    for (const UserEntry& user : users) {
      const auto [place, is_new] = users_.try_emplace(user.key(), user);
      if (!is_new) throw std::invalid_argument("a second user '" + user.key() + '\'');
      place->second.account.name = place->first;
    }
    for (const UserEntry& user : users) {
      if (!user.password.is_locked()) with_password_.push_back(&users_.at(user.key()));
    }
  }
  UserSnapshot(const UserSnapshot&) = delete;
  UserSnapshot& operator=(const UserSnapshot&) = delete;

  std::size_t size() const noexcept { return users_.size(); }
  const UserEntry* find(const std::string& name, std::string_view host) const {
    if (!host.empty()) {
      const auto there = users_.find(name + '@' + to_lower(host));
      if (there != users_.end()) return &there->second;
    }
    const auto anywhere = users_.find(name);
    return anywhere == users_.end() ? nullptr : &anywhere->second;
  }
  /// Somebody whose password takes the time that the one of this name would take if there was one: always the same
  /// for a name, and over many names as mixed as the table. Nobody if no user has a password.
  const UserEntry* stand_in(const std::string& name) const {
    if (with_password_.empty()) return nullptr;
    return with_password_[std::hash<std::string>{}(name) % with_password_.size()];
  }

 private:
  std::unordered_map<std::string, UserEntry> users_;
  std::vector<const UserEntry*> with_password_;
};

}  // namespace detail

/// An authenticator that knows users by name: those of a file (see `UserEntry` for its format) and those that were
/// added. Anonymous logins and sessions without a login may do what an `Anonymous` says; nothing without one. An
/// account's name is the key of its user: `name`, or `name@host` if the user belongs to a virtual host.
///
/// Copies are the same table: keep one to reload it while a server uses another. `Hashing` computes the hashes, where
/// blocking harms nobody. A login as somebody who does not exist, or whose password is locked, takes the hash of
/// somebody else's password.
///
/// **Threads:** any number at once. A login sees the table as it was when it began.
template <PasswordHashing Hashing = CryptHashing> class BasicUserTable {
 public:
  /// `others` says what anonymous logins and sessions without a login may do; `hashing` who hashes passwords.
  explicit BasicUserTable(Anonymous others = {}, Hashing hashing = {})
      : state_{std::make_shared<State>(std::move(others), std::move(hashing))} {}

  /// Adds a user.
  ///
  /// **Errors:** `std::invalid_argument` if there is one with the same key, or without a name.
  /// **Complexity:** linear in the number of users.
  void add(UserEntry user) {
    if (user.account.name.empty()) throw std::invalid_argument("a user without a name");
    const std::scoped_lock lock{state_->changing};
    auto added = state_->added;
    added.push_back(std::move(user));
    show(added, state_->read);
    state_->added = std::move(added);
  }
  /// Takes the users of `file` in place of those of the file before; those that were added stay. After an error all is
  /// as it was.
  ///
  /// **Errors:** `std::runtime_error`, one line that says where and what. (`std::system_error` is one of them.)
  void load(const std::filesystem::path& file) {
    const std::scoped_lock lock{state_->changing};
    load_locked(file);
  }
  /// Reads the file again, if there is one.
  ///
  /// **Errors:** as those of `load`.
  void reload() {
    const std::scoped_lock lock{state_->changing};
    if (!state_->file.empty()) load_locked(state_->file);
  }
  /// The user whom a login would be, by its name and host, whether its password fits or not; nothing where there is none.
  /// For programs that have the passwords of some users elsewhere.
  std::optional<UserEntry> find(const Credentials& credentials) const {
    const auto users = now();
    const UserEntry* const user = users->find(credentials.user, credentials.host);
    return user == nullptr ? std::nullopt : std::optional{*user};
  }
  /// How many users there are.
  std::size_t size() const { return now()->size(); }
  /// Whether nobody can come in by now: there are no users, and the others may do nothing. A server may listen all the
  /// same, since users can still be added.
  bool admits_nobody() const { return size() == 0 && state_->others.admits_nobody(); }

  awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    const auto users = now();
    const UserEntry* const user = users->find(credentials.user, credentials.host);
    if (user != nullptr && is_certified(*user, credentials)) co_return user->account;
    if (user == nullptr) {
      auto anonymous = state_->others.anonymous(credentials.user);
      if (anonymous) co_return anonymous;
    }
    const bool can_fit = user != nullptr && !user->password.is_locked();
    const UserEntry* const compared = can_fit ? user : users->stand_in(credentials.user);
    if (compared == nullptr) co_return std::nullopt;
    const bool fits = co_await try_password(compared->password, credentials);
    if (!fits || !can_fit) co_return std::nullopt;
    co_return user->account;
  }
  std::optional<Account> guest() const { return state_->others.guest(); }
  bool needs_password(const Credentials& credentials) const {
    const auto users = now();
    const UserEntry* const user = users->find(credentials.user, credentials.host);
    return user == nullptr || !is_certified(*user, credentials);
  }

 private:
  struct State {
    State(Anonymous its_others, Hashing its_hashing) : others{std::move(its_others)}, hashing{std::move(its_hashing)} {}

    const Anonymous others;
    const Hashing hashing;
    std::mutex changing;  // held from the beginning of a change to its end; guards the next three
    std::filesystem::path file;
    std::vector<UserEntry> added;
    std::vector<UserEntry> read;
    std::mutex showing;  // guards the pointer alone, so that a login never waits for a file
    std::shared_ptr<const detail::UserSnapshot> users =
        std::make_shared<detail::UserSnapshot>(std::vector<UserEntry>{});
  };

  awaitable<bool> try_password(const Password& password, const Credentials& credentials) const {
    if (password.is_plain()) co_return password.fits(credentials.password, state_->hashing);
    auto compare = [password, offered = credentials.password, state = state_] {
      return password.fits(offered, state->hashing);
    };
    co_return co_await blocking(std::move(compare), Workload{WorkKind::password, client_key(credentials.address)});
  }
  static bool is_certified(const UserEntry& user, const Credentials& credentials) {
    return !user.certificate.empty() && credentials.certificate &&
           user.certificate == credentials.certificate->common_name;
  }
  std::shared_ptr<const detail::UserSnapshot> now() const {
    const std::scoped_lock lock{state_->showing};
    return state_->users;
  }
  void show(const std::vector<UserEntry>& added, const std::vector<UserEntry>& read) {
    auto all = added;
    all.insert(all.end(), read.begin(), read.end());
    auto fresh = std::make_shared<const detail::UserSnapshot>(all);
    const std::scoped_lock lock{state_->showing};
    state_->users.swap(fresh);  // the old one ends after the lock
  }
  void load_locked(std::filesystem::path file) {
    auto read = read_users(file);
    try {
      show(state_->added, read);
    } catch (const std::invalid_argument& wrong) { throw std::runtime_error(file.string() + ": " + wrong.what()); }
    state_->read = std::move(read);
    state_->file = std::move(file);
  }

  std::shared_ptr<State> state_;
};

/// A table of users whose hashes are those of the system's crypt(3).
using UserTable = BasicUserTable<>;

static_assert(Authenticator<UserTable>);

}  // namespace ftplike
