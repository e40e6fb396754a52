#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/system/text_file.hpp>

namespace ftplike::inline v0_2 {

/// Clients that are turned away, and until when.
struct Ban {
  Subnet subnet;  // who is turned away
  Timestamp until = last_timestamp;  // in UTC; the last one: until somebody removes it
  friend bool operator==(const Ban&, const Ban&) = default;
};

/// The bans that a text names, a line each, with the time in UTC as MDTM tells it (RFC 3659 §2.3), or "always":
///
///     192.0.2.7 20261127180000
///     2001:db8:1:2::/64 20261127180000
///     198.51.100.0/24 always
///
/// Lines that are empty or begin with '#' say nothing. `source` is what errors call the text.
///
/// **Errors:** `std::runtime_error`, one line: the source, the number of the line, and what is wrong there.
inline std::vector<Ban> parse_bans(std::string_view text, std::string_view source) {
  std::vector<Ban> result;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = detail::take_until(text, '\n');
    if (!detail::says_something(line)) continue;
    const auto words = detail::without_blanks(line);
    const auto name = words.substr(0, words.find_first_of(" \t"));
    const auto time = detail::without_blanks(words.substr(name.size()));
    const auto subnet = Subnet::parse(name);
    const auto until = time == "always" ? std::optional{last_timestamp} : parse_timestamp(time);
    if (!subnet || !until) {
      throw std::runtime_error(std::string{source} + ':' + std::to_string(number) + ": '" +
                               std::string{subnet ? time : name} +
                               (subnet ? "' is neither a time nor \"always\"" : "' is no address and no network"));
    }
    result.push_back({*subnet, *until});
  }
  return result;
}

namespace detail {

/// The bans of a file; none if there is no such file. **Errors:** `std::system_error`; those of `parse_bans`.
inline std::vector<Ban> read_bans(const std::filesystem::path& file) {
  std::string text;
  try {
    text = read_text_file(file);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return {};
    throw;
  }
  return parse_bans(text, file.string());
}

/// Writes a ban into a file in place of the one of the same subnet, or, without one, takes that out. Bans that are over
/// go too, and the rest stays. Tells whether there was one of that subnet. **Errors:** as `edit_text_file` and
/// `parse_bans`.
inline bool write_ban(const std::filesystem::path& file, const Subnet& subnet, const std::optional<Ban>& ban,
                      Timestamp now) {
  bool found = false;
  edit_text_file(file, [&](const std::string& text) {
    std::string result;
    std::string_view rest = text;
    for (const auto bans = parse_bans(text, file.string()); const Ban& one : bans) {
      std::string_view line = take_until(rest, '\n');
      for (; !says_something(line); line = take_until(rest, '\n')) result.append(line) += '\n';
      found = found || (one.subnet == subnet && one.until > now);
      if (one.subnet != subnet && one.until > now) result.append(line) += '\n';
    }
    result += rest;
    if (!result.empty() && !result.ends_with('\n')) result += '\n';
    if (!ban) return result;
    result += subnet.text() + ' ' + (ban->until == last_timestamp ? "always" : format_timestamp(ban->until));
    return result += '\n';
  });
  return found;
}

}  // namespace detail

/// How failed logins ban a client.
struct BanRules {
  unsigned failures = 10;  // failed logins from one client (0: none is banned for them) …
  std::chrono::seconds within = std::chrono::minutes{10};  // … in this time …
  std::chrono::seconds lasting = std::chrono::hours{1};    // … ban it for so long; `max()`: until somebody removes it
  std::vector<Subnet> never{};                             // those who are not banned for failed logins
};

/// Clients that a server turns away before it greets them, since too many of their logins failed, or since somebody said
/// so. A client is an address, of IPv6 its /64, behind a trusted proxy the one that the proxy tells:
///
///     ftplike::Bans bans{{.failures = 10}, "bans"};
///     ftplike::Server server{network, ftplike::DirectoryStorage{"inbox"}, users, bans};
///
/// With a file they outlive the process. It is read again when somebody has changed it, `ftplike-server ban` for
/// instance, at the first client that comes a second or more after it was read last; while it is damaged, all stays as
/// it was.
///
/// Copies are the same bans; one that was made by default bans nobody. **Threads:** safe.
class Bans {
 public:
  Bans() = default;
  /// **Errors:** `std::system_error` if the file cannot be read, those of `parse_bans` if it is damaged.
  template <class Any = void> explicit Bans(BanRules rules, std::filesystem::path file = {})
      : state_{made(std::make_shared<MadeState<Any>>(std::move(rules), std::move(file)))} {}
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Bans these from now on; sessions that are there stay. Writes the file, and so may block.
  ///
  /// **Errors:** `std::system_error` if the file cannot be written, those of `parse_bans` if it is damaged; they are
  /// banned all the same, as long as the process lives.
  void add(const Ban& ban, Timestamp now = wall_clock()) const { state_->set(ban.subnet, ban, now); }
  /// Lets these in again. False if they, exactly, were not banned. Writes the file, and so may block.
  ///
  /// **Errors:** as `add`.
  bool remove(const Subnet& subnet, Timestamp now = wall_clock()) const {
    return state_->set(subnet, std::nullopt, now);
  }
  /// Those that are in force, in the order of their networks.
  std::vector<Ban> list(Timestamp now = wall_clock()) const { return state_->list(now); }

  // ---- for the server

  /// Whether a client is to be turned away. **Cancellation:** any type.
  awaitable<bool> forbids(Address client) const { return state_->forbids(state_, std::move(client)); }
  /// What a failed login came to.
  struct Verdict {
    std::optional<Ban> ban;  // if this failure was one too many
    std::error_code error;   // why that could not be written down
  };
  /// Counts a failed login. **Cancellation:** any type; it is counted all the same.
  awaitable<Verdict> failed(Address client) const { return state_->failed(state_, std::move(client)); }

 private:
  /// What all servers know of it, so that only who makes some bans has `MadeState` compiled.
  struct State {
    virtual ~State() = default;
    virtual bool set(const Subnet& subnet, const std::optional<Ban>& ban, Timestamp now) = 0;
    virtual std::vector<Ban> list(Timestamp now) = 0;
    virtual awaitable<bool> forbids(std::shared_ptr<State> self, Address client) = 0;
    virtual awaitable<Verdict> failed(std::shared_ptr<State> self, Address client) = 0;
  };
  template <class = void> struct MadeState final : State {
    MadeState(BanRules its_rules, std::filesystem::path its_file)
        : rules{std::move(its_rules)}, file{std::move(its_file)} {}

    awaitable<bool> forbids(std::shared_ptr<State> self, Address client) override {
      const Executor executor = co_await asio::this_coro::executor;
      const Timestamp now = wall_clock(executor);
      if (is_to_be_read(now)) {
        auto read = [this, self] { read_if_changed(); };
        co_await blocking(std::move(read), Workload{WorkKind::disk, client_key(client)});
      }
      co_return contains(client, now);
    }
    awaitable<Verdict> failed(std::shared_ptr<State> self, Address client) override {
      const Executor executor = co_await asio::this_coro::executor;
      const Timestamp now = wall_clock(executor);
      Verdict verdict;
      verdict.ban = count(client, now);
      if (verdict.ban && !file.empty()) {
        auto write = [this, self, ban = *verdict.ban, now] { return try_to_write(ban, now); };
        const std::error_code error = co_await blocking(std::move(write), Workload{WorkKind::disk, client_key(client)});
        verdict.error = error;
      }
      co_return verdict;
    }

    /// How the file looked when it was read.
    struct Look {
      std::filesystem::file_time_type time;  // when it was last written
      std::uintmax_t size = 0;  // in bytes
      friend bool operator==(const Look&, const Look&) = default;
    };
    Look look() const {
      std::error_code none;  // a file that is not there has no time and no size
      return {std::filesystem::last_write_time(file, none), std::filesystem::file_size(file, none)};
    }

    void read() {
      if (file.empty()) return;
      const Look seen = look();  // before it is read: what changes meanwhile is read again
      const auto read = detail::read_bans(file);
      const std::lock_guard lock{mutex};
      last_look = seen;
      bans.clear();
      for (const Ban& ban : read) put(ban);
    }
    void read_if_changed() {
      const Look seen = look();
      {
        const std::lock_guard lock{mutex};
        if (seen == last_look) return;
      }
      try {
        read();
      } catch (const std::exception&) {  // who edits it will mend it
      }
    }
    bool is_to_be_read(Timestamp now) {
      const std::lock_guard lock{mutex};
      if (file.empty() || (now >= last_checked && now - last_checked < std::chrono::seconds{1})) return false;
      last_checked = now;
      return true;
    }

    bool set(const Subnet& subnet, const std::optional<Ban>& ban, Timestamp now) override {
      bool was_there = false;
      {
        const std::lock_guard lock{mutex};
        auto& same_size = bans[subnet.bits()];
        const auto there = same_size.find(subnet.address());
        was_there = there != same_size.end() && there->second > now;
        if (there != same_size.end()) same_size.erase(there);
        if (ban) put(*ban);
      }
      if (!file.empty()) was_there = detail::write_ban(file, subnet, ban, now) || was_there;
      return was_there;
    }
    std::error_code try_to_write(const Ban& ban, Timestamp now) {
      try {
        detail::write_ban(file, ban.subnet, ban, now);
      } catch (const std::system_error& error) { return error.code(); } catch (const std::exception&) {
        return std::make_error_code(std::errc::io_error);  // it is damaged
      }
      return {};
    }
    std::vector<Ban> list(Timestamp now) override {
      const std::lock_guard lock{mutex};
      std::vector<Ban> result;
      for (const auto& [bits, same_size] : bans) {
        for (const auto& [address, until] : same_size) {
          if (until > now) result.push_back({Subnet{address, bits}, until});
        }
      }
      return result;
    }
    bool contains(const Address& client, Timestamp now) {
      const std::lock_guard lock{mutex};
      for (auto& [bits, same_size] : bans) {
        const auto there = same_size.find(first_of_subnet(client, bits));
        if (there == same_size.end()) continue;
        if (there->second > now) return true;
        same_size.erase(there);
      }
      return false;
    }

    std::optional<Ban> count(const Address& client, Timestamp now) {
      const auto has_client = [&client](const Subnet& one) { return one.contains(client); };
      if (rules.failures == 0 || std::any_of(rules.never.begin(), rules.never.end(), has_client)) return std::nullopt;
      const Subnet subnet = client_subnet(client);
      const std::lock_guard lock{mutex};
      forget_old_failures(now);
      auto& times = failures[subnet.address()];
      times.push_back(now);
      std::erase_if(times, [&](Timestamp time) { return is_over(time, now); });
      if (times.size() < rules.failures) return std::nullopt;
      failures.erase(subnet.address());
      const bool ends = rules.lasting < std::chrono::floor<std::chrono::seconds>(last_timestamp - now);
      const Ban ban{subnet, ends ? now + rules.lasting : last_timestamp};
      put(ban);
      return ban;
    }
    /// Keeps the memory of a storm of addresses bounded by what came within the rule's time.
    void forget_old_failures(Timestamp now) {
      if (failures.size() < most_failures) return;
      std::erase_if(failures, [&](const auto& one) { return is_over(one.second.back(), now); });
      most_failures = std::max<std::size_t>(1024, 2 * failures.size());
    }
    /// Whether a failure is too long ago to count. Not by milliseconds, of which 64 bits hold fewer than of seconds.
    bool is_over(Timestamp failure, Timestamp now) const {
      return std::chrono::ceil<std::chrono::seconds>(now - failure) > rules.within;
    }
    void put(const Ban& ban) {
      bans[ban.subnet.bits()][ban.subnet.address()] = ban.until;
    }

    const BanRules rules;
    const std::filesystem::path file;
    std::mutex mutex;  // of what follows
    std::map<unsigned, std::map<Address, Timestamp>> bans;  // by the bits of their subnets
    std::map<Address, std::vector<Timestamp>> failures;
    std::size_t most_failures = 1024;  // before those are looked through
    Look last_look;
    Timestamp last_checked{};
  };

  template <class Made> static std::shared_ptr<State> made(std::shared_ptr<Made> state) {
    state->read();
    return state;
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2
