#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike::inline v0_2 {

/// One thing that an account may be allowed to do.
enum class Right {
  list,              // see names, sizes and times
  read,              // fetch files
  write,             // make or replace files, change their times and modes
  append,            // go on with files that are there
  remove,            // files and directories
  rename,            // files and directories
  make_directories,  // but not remove them
};

/// A set of rights.
class Rights {
 public:
  constexpr Rights() = default;  // none
  /// Of one right.
  constexpr Rights(Right right) noexcept : bits_{1U << static_cast<unsigned>(right)} {}
  /// Of several rights.
  constexpr Rights(std::initializer_list<Right> rights) noexcept {
    for (const Right right : rights) *this = *this | right;
  }
  /// The rights that a literal names, as `parse` reads it: "read", "write", "list,read,append". One that names no
  /// rights does not compile.
  consteval Rights(const char* text) : Rights{named(text)} {}

  /// None at all.
  static constexpr Rights none() noexcept { return {}; }
  /// To list and to read.
  static constexpr Rights reading() noexcept { return {Right::list, Right::read}; }
  /// Every right that there is.
  static constexpr Rights all() noexcept {
    Rights result;
    for (std::size_t i = 0; i < words.size(); ++i) result = result | static_cast<Right>(i);
    return result;
  }

  /// The rights that a text names; nothing if one of its words is unknown.
  ///
  /// "none", "read" (to list and to read) or "write" (everything) stand alone. Else the text is a list of single
  /// rights, as in "list,read,append". In a list "none" adds nothing, so that "none,write" is the right to write and no
  /// other.
  static constexpr std::optional<Rights> parse(std::string_view text) noexcept {
    if (text == "read") return reading();
    if (text == "write") return all();
    Rights result;
    for (bool more = true; more;) {
      const auto word = text.substr(0, text.find(','));
      more = word.size() < text.size();
      text.remove_prefix(word.size() + (more ? 1 : 0));
      std::size_t i = 0;
      while (i < words.size() && words[i] != word) ++i;
      if (i < words.size())
        result = result | static_cast<Right>(i);
      else if (word != "none")
        return std::nullopt;
    }
    return result;
  }
  /// The shortest text that `parse` makes this set of.
  std::string text() const {
    if (*this == reading()) return "read";
    if (*this == all()) return "write";
    std::string result;
    std::size_t count = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!contains(static_cast<Right>(i))) continue;
      if (count++ > 0) result += ',';
      result += words[i];
    }
    if (count == 0) return "none";
    return result == "read" || result == "write" ? "none," + result : result;
  }

  /// Whether all of those are in this set. One right is a set, too.
  constexpr bool contains(Rights those) const noexcept { return (bits_ & those.bits_) == those.bits_; }
  /// Whether there is none.
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr Rights operator|(Rights a, Rights b) noexcept {
    a.bits_ |= b.bits_;
    return a;
  }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  static constexpr std::array<std::string_view, 7> words{"list",   "read",   "write",           "append",
                                                         "remove", "rename", "make-directories"};

  static constexpr Rights named(std::string_view text) {
    const auto rights = parse(text);
    if (!rights) this_names_no_rights();
    return *rights;
  }
  static void this_names_no_rights() {}  // no constexpr: what calls it is no constant

  unsigned bits_ = 0;
};

/// Both rights. (`Right::list | Right::read`)
constexpr Rights operator|(Right a, Right b) noexcept { return Rights{a} | Rights{b}; }

/// Ends of uploads that do not prove that all has come. Such an upload is kept aside, as an interrupted one, or taken for
/// whole where this says so.
struct UncertainEnds {
  /// The client closed both connections, in order, and never said QUIT, which RFC 959 (4.1.1) calls an abort: one that was
  /// killed does the same. Within TLS both have to say goodbye.
  bool without_quit = false;
  /// A TLS data connection was closed without close_notify: whoever sits in between can do the same.
  bool without_close_notify = false;

  /// "none", "any", "no-quit" or "no-close-notify"; nothing of any other text.
  static constexpr std::optional<UncertainEnds> parse(std::string_view text) noexcept {
    if (text == "none") return UncertainEnds{};
    if (text == "any") return UncertainEnds{true, true};
    if (text == "no-quit") return UncertainEnds{true, false};
    if (text == "no-close-notify") return UncertainEnds{false, true};
    return std::nullopt;
  }
  /// The text that `parse` makes this of.
  constexpr std::string_view text() const noexcept {
    if (without_quit) return without_close_notify ? "any" : "no-quit";
    return without_close_notify ? "no-close-notify" : "none";
  }
  friend constexpr bool operator==(const UncertainEnds&, const UncertainEnds&) = default;
};

/// A place that an account sees under a name of its own, where the program has an eye on that, as `ftplike-server` has.
class AccountFolder {
 public:
  /// With the name in the account's tree, a place that the program understands, and what may be done there at most.
  AccountFolder(Path its_name, std::string its_place, Rights its_rights)
      : name{std::move(its_name)}, place{std::move(its_place)}, rights{its_rights} {}

  /// Of a text as "/pub=/srv/pub" or "/drop=/srv/drop=list+write"; without rights it is all of them.
  ///
  /// **Errors:** `std::invalid_argument` that says what is wrong.
  static AccountFolder parse(std::string_view text) {
    const auto name_end = text.find('=');
    const Path name{text.substr(0, name_end)};
    std::string_view place = name_end == text.npos ? std::string_view{} : text.substr(name_end + 1);
    std::string words{"write"};
    if (const auto end = place.rfind('='); end != place.npos) {
      words = place.substr(end + 1);
      place = place.substr(0, end);
    }
    std::replace(words.begin(), words.end(), '+', ',');
    const auto rights = Rights::parse(words);
    if (name.is_root() || place.empty() || !rights) {
      throw std::invalid_argument("not NAME=PATH or NAME=PATH=RIGHTS, as /drop=/srv/drop=list+write: '" +
                                  std::string{text} + '\'');
    }
    return AccountFolder{name, std::string{place}, *rights};
  }
  /// The text that `parse` makes the same of.
  std::string text() const {
    std::string words = rights.text();
    std::replace(words.begin(), words.end(), ',', '+');
    return name.string() + '=' + place + '=' + words;
  }

  Path name;          // as the account sees it
  std::string place;  // where it is
  Rights rights;      // what may be done there, as far as the account has the right, too

  friend bool operator==(const AccountFolder&, const AccountFolder&) = default;
};

/// What somebody who is logged in sees and may do.
class Account {
 public:
  /// How it came in.
  enum class Kind { user, anonymous, guest };  // a guest has not logged in at all

  Account() = default;
  /// `its_root` is the directory of the storage that it sees as "/".
  Account(std::string its_name, Path its_root, Rights its_rights, Kind its_kind = Kind::user)
      : name{std::move(its_name)}, root{std::move(its_root)}, rights{its_rights}, kind{its_kind} {}

  /// Whether it is that of an anonymous login.
  bool is_anonymous() const noexcept { return kind == Kind::anonymous; }
  /// Whether it is that of sessions without a login.
  bool is_guest() const noexcept { return kind == Kind::guest; }

  std::string name;  // as it logs in
  Path root;  // the directory of the storage that is this account's "/"
  Rights rights;  // what it may do
  Kind kind = Kind::user;  // how it came in
  std::uint64_t bytes_per_second = 0;  // for all of the account's transfers in one direction together; 0: no limit
  unsigned max_sessions = 0;           // of this account at a time; 0: no limit
  std::uint64_t quota_bytes = 0;       // that its root may hold, with a storage that has an eye on that; 0: no limit
  std::uint64_t quota_files = 0;       // the same of files and directories
  bool makes_root = false;             // at the login its root is made where it is not there
  std::optional<UncertainEnds> takes_ends;  // of its uploads; nothing: as the server has it (`Conveniences`)
  std::vector<std::string> hidden;          // patterns of names that it does not see, if the program gives them to `HiddenNames`
  std::vector<AccountFolder> folders;       // that it sees besides, if the program gives them to `VirtualFolders`

  friend bool operator==(const Account&, const Account&) = default;
};

/// What a client's certificate says, which TLS has verified.
class ClientCertificate {
 public:
  ClientCertificate() = default;
  /// With that alone, as tests need it.
  explicit ClientCertificate(std::string its_common_name) : common_name{std::move(its_common_name)} {}

  std::string common_name;         // of the subject; empty if it has none
  std::string subject, issuer;     // "CN=ada,O=example", by RFC 2253
  std::vector<std::string> names;  // its alternative names: "DNS:ada.example", "email:ada@example", "IP Address:192.0.2.1"
  std::string fingerprint;         // SHA-256, as `openssl x509 -fingerprint -sha256` prints it

  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

/// What a client offers to be let in, and what its connection tells.
class Credentials {
 public:
  Credentials() = default;
  /// What a client said, and from where.
  Credentials(std::string its_user, std::string its_password, std::string its_host = {}, Address its_address = {},
              std::optional<ClientCertificate> its_certificate = {})
      : user{std::move(its_user)},
        password{std::move(its_password)},
        host{std::move(its_host)},
        address{std::move(its_address)},
        certificate{std::move(its_certificate)} {}

  std::string user;  // as the client said it
  std::string password;  // empty if none was needed
  std::string host;     // the virtual host that HOST named; empty without (RFC 7151)
  Address address;      // of the client; behind a trusted proxy the one that the proxy named
  bool secure = false;  // whether TLS protects the session
  std::optional<ClientCertificate> certificate;  // what TLS has verified; nothing without
};

/// Thrown by an authenticator in place of giving nothing: refuses the login, and says why. Observers are told the reason
/// (`LoginTried`), and so the log; the client hears what it hears of any login that is refused.
class LoginRefused : public std::runtime_error {
 public:
  /// For a reason of one line.
  using std::runtime_error::runtime_error;
};

/// Who may come in. Used by many sessions, from several threads at once. A login has the time that is left of
/// `Limits::login`, and is cancelled then. `authenticate_with` makes an authenticator of a function.
///
/// - `log_in(credentials)`: the account, or nothing: refused, for whatever reason. Takes as long for names that do not
///   exist as for wrong passwords. Throws `LoginRefused` where it has a reason to tell, `std::system_error` only where it could not
///   find out.
/// - `guest()`: the account of a session without a login, or nothing: guests may do nothing.
///
/// The credentials live until the awaited login ends.
template <class A>
concept Authenticator = requires(A& users, const Credentials& credentials) {
  { users.log_in(credentials) } -> std::same_as<awaitable<std::optional<Account>>>;
  { users.guest() } -> std::same_as<std::optional<Account>>;
};

// What an authenticator may have besides. Each is a concept of its own: `static_assert(KnowsHosts<MyUsers>)` finds a
// name that is misspelt, which would be no error else.

/// `bool knows_host(std::string_view)`: whether there is a virtual host of this name. HOST is refused for others.
/// Without it any is taken, and `Credentials::host` tells which. (RFC 7151)
template <class A>
concept KnowsHosts = requires(A& users, std::string_view host) {
  { users.knows_host(host) } -> std::convertible_to<bool>;
};

/// `bool needs_password(const Credentials&)`: whether somebody must give a password, who perhaps has shown a
/// certificate.
template <class A>
concept KnowsWhoNeedsAPassword = requires(A& users, const Credentials& credentials) {
  { users.needs_password(credentials) } -> std::same_as<bool>;
};

/// `std::string_view objection(bool from_elsewhere)`: why a server should not begin to listen; empty if it may.
template <class A>
concept MayObjectToListening = requires(A& users, bool from_elsewhere) {
  { users.objection(from_elsewhere) } -> std::same_as<std::string_view>;
};

/// Whether a client must give a password after its name. An authenticator that lets certificates in says so by
/// `needs_password`, called with an empty password; with others it is always needed.
template <Authenticator A> bool needs_password(A& users, const Credentials& credentials) {
  if constexpr (KnowsWhoNeedsAPassword<A>) {
    return users.needs_password(credentials);
  } else {
    return true;
  }
}

/// Why a server with this authenticator should not begin to listen; empty if it may. An authenticator says so by
/// `objection`, which is told whether clients of other machines will come: those who can let nobody in for as long as
/// the server runs, or nobody from there. Others have none.
template <Authenticator A> std::string_view objection_to_listening(A& users, bool from_elsewhere) {
  if constexpr (MayObjectToListening<A>) {
    return users.objection(from_elsewhere);
  } else {
    return {};
  }
}

}  // namespace ftplike
