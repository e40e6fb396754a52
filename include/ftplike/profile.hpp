#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <forward_list>
#include <iterator>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/command/state.hpp>
#include <ftplike/command/table.hpp>
#include <ftplike/data_channel/negotiated.hpp>
#include <ftplike/io/compression.hpp>
#include <ftplike/io/meter.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/upload_rules.hpp>
#include <ftplike/system/new_shared.hpp>
#include <ftplike/users/anonymous.hpp>
#include <ftplike/users/bans.hpp>
#include <ftplike/users/visitor.hpp>
#include <ftplike/verbs/names.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike::inline v0_2 {

/// The bounds of a server's patience and memory. Times are counted by the transport's clock; `Duration::max()` says
/// "no limit". What each does when it runs out stands behind it.
struct Limits {
  /// Bytes of a command: a longer one is skipped and answered 500.
  std::size_t line = 4096;
  /// Commands that are read ahead during a transfer; further ones wait in the client's connection.
  std::size_t waiting_commands = 32;
  /// Sessions at a time: one more gets 421 at once.
  std::size_t sessions = 10'000;
  /// The same, for one client's address. (IPv6: for its /64)
  std::size_t sessions_per_address = 1'000;
  /// Bytes a second of all transfers in one direction together, which then wait for one another; 0: no limit.
  std::uint64_t bytes_per_second = 0;
  /// Failed attempts to log in; with the last the session ends. (421)
  unsigned login_attempts = 3;
  /// How long the reply to a failed attempt is held back; doubles with each.
  Duration login_pause = std::chrono::seconds{1};
  /// From the greeting to the login, also while a reply waits to be taken: then the session ends. (421)
  Duration login = std::chrono::seconds{60};
  /// After the login, or of a guest: between two commands, and for a reply to be taken; then the session ends. (421)
  Duration idle = std::chrono::seconds{300};
  /// For the data connection to come to be: then the transfer ends. (425)
  Duration connect_data = std::chrono::seconds{30};
  /// Of a TLS handshake, or of a trusted proxy until it has said whom it passes on: then that connection ends, which of a
  /// data connection is a transfer without one. (425)
  Duration handshake = std::chrono::seconds{15};
  /// Without a byte of a transfer: then it ends. (426)
  Duration stall = std::chrono::seconds{60};
  /// Without progress of a command that opens, commits, logs in, …: then it ends. (451; before a login the session, 421)
  Duration operation = std::chrono::seconds{60};
  /// For commands to end by themselves when the server stops: then they are cut.
  Duration drain = std::chrono::seconds{30};
  /// From then on until what cannot be interrupted is given up. (`StopReport::stuck`)
  Duration abandon = std::chrono::seconds{15};
  /// After which a command of the ftp-like dialect that could go on is whole without a line ending.
  Duration grace = std::chrono::milliseconds{20};
};

namespace verbs {

/// The six commands of the program that the ftp-like dialect comes from, NOOP and HELP.
using FtpLikeCommands = CommandTable<Pwd, Cwd, List, Stor, Retr, Quit, Noop, Help>;
/// Those of standard FTP.
using FtpCommands =
    CommandTable<User, Pass, Acct, Rein, Quit, Noop, Host, Clnt,                                       // access
                 Type, Stru, Mode, Rest, Rang, Allo, Opts, Utf8, Lang,                                 // parameters
                 Retr, Stor, Appe, Stou, Abor,                                                         // transfer
                 List, Nlst, Mlsd, Mlst,                                                               // listing
                 Pwd, Cwd, Cdup, Mkd, Rmd, Dele, Rnfr, Rnto, Size, Mdtm, Mfmt, Mff, Avbl, Comb, Site,  // files
                 Xpwd, Xcwd, Xcup, Xmkd, Xrmd,                                                         //
                 Syst, Feat, Help, Stat>;                                                              // information

}  // namespace verbs

/// A part that gives each account its storage: `storage_for(visitor)`. A storage may have that, too, to know who asks.
/// `StoragePerAccount` is one made of a function.
template <class S>
concept GivesStorages = requires(S& files, const Visitor& visitor) {
  requires ReadableStorage<std::remove_cvref_t<decltype(files.storage_for(visitor))>>;
};

/// The objects of your program that its commands work on: `Server server{network, ftplike::Application{sensors}, …}` has
/// `session.application()` be `sensors` in all of its commands. One object; a struct of references where there are more.
///
/// **Lifetime:** the object outlives the server and its sessions. **Threads:** sessions use it on any, at once.
template <class T> class Application {
 public:
  /// **Lifetime:** the object outlives the server and its sessions.
  explicit Application(T& object) noexcept : object_{&object} {}
  /// The object.
  T& get() const noexcept { return *object_; }

 private:
  T* object_;
};
/// The application of a server that was given none.
struct NoApplication {};

/// The choice of a server's parts: derive from a profile and redeclare one name to swap one part. Storage,
/// authenticator, observer and application are usually deduced from what the server is given.
struct Profile {
  /// The commands that there are.
  using Commands = CommandTable<>;
  /// How data connections come to be.
  using DataChannel = AnnouncedChannel;
  /// The files.
  using Storage = DirectoryStorage;
  /// Who may come in.
  using Authenticator = LoopbackReaders;
  /// Who is told what happens.
  using Observer = NoObserver;
  /// What its commands work on: an `Application`.
  using Application = NoApplication;
  /// What a session keeps between two commands; one of your own is derived from `SessionState`.
  using State = SessionState;
  /// Those that are understood without a line ending, as the ftp-like dialect sends them; `CommandTable<>`: none.
  using UnterminatedCommands = verbs::FtpLikeCommands;
};

/// The ftp-like dialect alone.
struct FtpLike : Profile {
  /// The commands that there are.
  using Commands = verbs::FtpLikeCommands;
};

/// Standard FTP, and the ftp-like dialect on the same port.
struct Ftp : Profile {
  /// How data connections come to be.
  using DataChannel = NegotiatedChannel<PassiveChannel, ActiveChannel, AnnouncedChannel>;
  /// The commands that there are.
  using Commands = verbs::FtpCommands;
};

/// What a server says first.
struct Greeting {
  std::string text = "FTP Server Ready";  // a line of text
};

/// The proxies (load balancers) that are believed when they say, by the PROXY protocol, whom they pass on; from them
/// every connection has to begin with that, those for data too. From elsewhere such a beginning is no command. One that
/// speaks for itself (LOCAL, UNKNOWN), as for a look at the server's health, hears the greeting, or 421 where nobody can
/// come in, and has no session; no observer is told of it, nor of one that hangs up without a word.
struct TrustedProxies {
  std::vector<Subnet> subnets;  // where they are
  /// Whether an address is one of theirs.
  bool contain(const Address& address) const {
    return std::any_of(subnets.begin(), subnets.end(), [&](const Subnet& one) { return one.contains(address); });
  }
};

/// What a server does for clients that a stricter one does not.
struct Conveniences {
  bool converts_text = true;   // the line endings of TYPE A; else what is in the file is sent, and what comes is stored
  bool takes_patterns = true;  // in LIST, NLST and STAT, as *.txt, where nothing has that very name
  UncertainEnds takes_ends{};  // of uploads of accounts that do not say it themselves
};

/// The settings of a server, each of which may be given to it as a part. A new one is a member more here; `all` does
/// not compile until it is named there, and nothing else needs to know of it.
struct Settings {
  Limits limits;  // of time, number and memory
  DataPorts data_ports;  // where clients connect to for data
  PublicAddress public_address;  // what clients behind NAT are told
  Greeting greeting;  // what sessions begin with
  TrustedProxies trusted_proxies;  // who may say whom they pass on
  TlsPolicy tls_policy = TlsPolicy::offered;  // what has to be protected
  UploadRules upload_rules;  // which files may be made
  Bans bans;  // who is turned away
  Compression compression;  // how MODE Z is done, if at all
  Conveniences conveniences;  // what some clients ask for beyond the RFCs

  /// References to all of them.
  auto all() {
    auto& [one, two, three, four, five, six, seven, eight, nine, ten] = *this;
    return std::tie(one, two, three, four, five, six, seven, eight, nine, ten);
  }
};

namespace detail {

template <class Setting, class... All> constexpr bool is_one_of(std::tuple<All&...>*) {
  return (std::is_same_v<Setting, All> || ...);
}
template <class X> constexpr bool is_setting = is_one_of<X>(static_cast<decltype(Settings{}.all()) *>(nullptr));

/// What a session's files are before they keep to rules: the storage, or what it gives each account.
template <class S> struct Given { using type = S; };
template <GivesStorages S> struct Given<S> {
  using type = std::remove_cvref_t<decltype(std::declval<S&>().storage_for(std::declval<const Visitor&>()))>;
};

/// At most so many sessions keep a coroutine that waits for a command; each of the others begins one when a command comes.
inline constexpr std::size_t most_waiting_coroutines = 16;

}  // namespace detail

/// What the sessions of one account share: their number and their bandwidth.
struct AccountUse {
  /// With a rate in each direction; 0: no limit.
  AccountUse(std::string its_name, std::uint64_t bytes_per_second)
      : name{std::move(its_name)}, sent{bytes_per_second}, received{bytes_per_second} {}
  std::string name;  // of the account
  Meter sent;      // the rate of what is sent
  Meter received;  // that of what is received
};

/// What a server is made of: one of each part, taken from those that it is given or made by default.
template <class P> struct ServiceParts {
  /// Takes each part from where it is; settings that are not given are as they are by default.
  template <class... Parts> explicit ServiceParts(Parts&... parts)
      : settings{settings_among(parts...)},
        storage{take<typename P::Storage>(parts...)},
        authenticator{take<typename P::Authenticator>(parts...)},
        observer{take<typename P::Observer>(parts...)},
        application{take<typename P::Application>(parts...)} {}

  Settings settings;  // all of them
  typename P::Storage storage;  // as it was given
  typename P::Authenticator authenticator;  // as it was given
  typename P::Observer observer;  // as it was given
  typename P::Application application;  // as it was given

 private:
  template <class Part> static Part take() {
    if constexpr (std::is_default_constructible_v<Part>) {
      return Part{};
    } else {
      std::terminate();  // never run: a server without a part that it needs does not compile
    }
  }
  /// The part of this type, or a new one where none was given.
  template <class Part, class First, class... Rest> static Part take(First& first, Rest&... rest) {
    if constexpr (std::is_same_v<Part, First>) {
      return std::move(first);
    } else {
      return take<Part>(rest...);
    }
  }
  template <class... Parts> static Settings settings_among(Parts&... parts) {
    Settings settings;
    const auto set = [&settings]<class Part>([[maybe_unused]] Part& part) {
      if constexpr (detail::is_setting<Part>) std::get<Part&>(settings.all()) = std::move(part);
    };
    (set(parts), ...);
    return settings;
  }
};

/// What the sessions of a server share: its parts, and the use that is made of it.
/// Settings do not change any more when the first session begins, but for the limits (`current_limits`). **Threads:** safe, as far as its parts are.
template <class P> class Service : public Settings {
 public:
  /// Its sessions' files: what can be written keeps to the rules.
  using Storage = typename detail::Ruled<typename detail::Given<typename P::Storage>::type>::type;
  /// Who may come in.
  using Authenticator = typename P::Authenticator;
  /// Who is told what happens.
  using Observer = typename P::Observer;

  /// Of all the parts.
  explicit Service(ServiceParts<P> parts)
      : Settings(std::move(parts.settings)),
        storage{kept(std::move(parts.storage))},
        authenticator{std::move(parts.authenticator)},
        observer{std::move(parts.observer)},
        application{std::move(parts.application)} {}

  /// The files, or what gives each account its own.
  std::conditional_t<GivesStorages<typename P::Storage>, typename P::Storage, Storage> storage;
  Authenticator authenticator;  // who may come in
  Observer observer;  // who is told what happens
  typename P::Application application;  // what commands work on

  /// The files of one session: a storage of its own where they depend on who asks, else a reference to that of all. The
  /// account counts where `files_depend_on_account`. `progress` is called when what takes long there gets on, if the
  /// storage tells that.
  ///
  /// **Errors:** what the part throws that chooses them.
  decltype(auto) storage_for(
      [[maybe_unused]] const Visitor& visitor, [[maybe_unused]] std::function<void()> progress) {
    if constexpr (files_depend_on_account) {
      return working_for(under_rules(storage.storage_for(visitor)), visitor.address, std::move(progress));
    } else if constexpr (ServesClientsInTurn<Storage> || TellsProgress<Storage>) {
      return working_for(storage, visitor.address, std::move(progress));
    } else {
      return (storage);
    }
  }
  /// Whether each account has a storage of its own.
  static constexpr bool files_depend_on_account = GivesStorages<typename P::Storage>;

  /// The account of sessions without a login.
  std::optional<Account> guest() { return authenticator.guest(); }
  /// A share in the use of an account, for as long as it is held; null if the account has as many sessions as it may
  /// have.
  std::shared_ptr<AccountUse> enter(const Account& account) {
    if (account.max_sessions == 0 && account.bytes_per_second == 0) return no_limits_;
    const std::lock_guard lock{mutex_};
    std::shared_ptr<AccountUse>* unused = nullptr;
    for (auto& known : uses_) {
      const auto sessions = static_cast<unsigned long>(known.use_count()) - 1;  // without ours
      if (sessions == 0) unused = &known;
      if (sessions == 0 || known->name != account.name) continue;
      if (account.max_sessions != 0 && sessions >= account.max_sessions) return nullptr;
      return known;
    }
    auto use = detail::new_shared<AccountUse>(account.name, account.bytes_per_second);
    if (unused) return *unused = use;
    uses_.push_back(use);
    return use;
  }
  /// The bandwidth of all transfers together.
  AccountUse& total() noexcept { return total_; }

  /// Counts a coroutine that waits for a command, as long as it lives. True: it is one of the few that may stay. To begin one
  /// anew makes a command half as dear again, so only sessions beyond those few do.
  class WaitingCoroutine {
   public:
    /// **Lifetime:** the service outlives it.
    explicit WaitingCoroutine(Service& service) noexcept : count_{service.waiting_coroutines_} { ++count_; }
    WaitingCoroutine(const WaitingCoroutine&) = delete;
    WaitingCoroutine& operator=(const WaitingCoroutine&) = delete;
    ~WaitingCoroutine() { --count_; }
    explicit operator bool() const noexcept { return count_ <= detail::most_waiting_coroutines; }

   private:
    std::atomic<std::size_t>& count_;
  };

  /// The limits as they are now: a server's may change. They stay where they are as long as the service lives.
  const Limits& current_limits() const noexcept { return *current_limits_.load(std::memory_order_acquire); }
  /// Has others hold from now on. **Threads:** any.
  void change_limits(const Limits& to) {
    const std::lock_guard lock{mutex_};
    // Sessions may still look at those before, without a lock; operators do not change them often enough to count.
    all_limits_.push_front(to);
    current_limits_.store(&all_limits_.front(), std::memory_order_release);
    total_.sent.set_rate(to.bytes_per_second);
    total_.received.set_rate(to.bytes_per_second);
  }

 private:
  auto kept(typename P::Storage files) {
    if constexpr (GivesStorages<typename P::Storage>) {
      return files;
    } else {
      return under_rules(std::move(files));
    }
  }
  template <class Files> Storage under_rules(Files files) {
    if constexpr (detail::MakesNames<Files>) {
      return Storage(std::move(files), upload_rules);
    } else {
      return files;
    }
  }
  template <class Files> static Storage working_for(
      Files&& files, [[maybe_unused]] const Address& client, [[maybe_unused]] std::function<void()> progress) {
    if constexpr (TellsProgress<Storage>) {
      return files.for_client(client_key(client), std::move(progress));
    } else if constexpr (ServesClientsInTurn<Storage>) {
      return files.for_client(client_key(client));
    } else {
      return std::forward<Files>(files);
    }
  }

  AccountUse total_{{}, limits.bytes_per_second};
  std::atomic<std::size_t> waiting_coroutines_ = 0;
  std::shared_ptr<AccountUse> no_limits_ = detail::new_shared<AccountUse>(std::string{}, std::uint64_t{0});
  std::mutex mutex_;
  std::vector<std::shared_ptr<AccountUse>> uses_;  // of those that are held, and of some that were
  std::forward_list<Limits> all_limits_;
  std::atomic<const Limits*> current_limits_{&limits};
};

}  // namespace ftplike

#ifndef FTPLIKE_SEPARATE_COMPILATION
#include <ftplike/verbs/all.hpp>
#endif
