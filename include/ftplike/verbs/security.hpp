#pragma once
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/command/table.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

// The protection of a session by TLS. (RFC 2228, RFC 4217)

/// What a server demands of its clients; each includes what stands before it.
enum class TlsPolicy {
  off = -1,            // there is no AUTH
  offered = 0,         // clients that like are protected
  required_for_login,  // nobody says a password, and no guest does anything, in clear
  required,            // nor does a byte of a file or a listing go over the network in clear
};

/// How far a session is protected, against what its server demands: the one place that knows what is allowed by now.
class Protection {
 public:
  /// Of a session in clear.
  explicit constexpr Protection(TlsPolicy policy) noexcept : policy_{policy} {}

  /// What has to be protected.
  constexpr TlsPolicy policy() const noexcept { return policy_; }
  /// Whether the control connection is under TLS.
  constexpr bool secured() const noexcept { return stage_ != Stage::clear; }
  /// Whether data connections are secured, too.
  constexpr bool covers_data() const noexcept { return data_; }
  /// The reply to a command that has to wait for TLS; none if it may be run.
  std::optional<Reply> refusal(Verb verb, bool before_login) const {
    const bool tells_secrets = !before_login || verb == Verb{"USER"} || verb == Verb{"PASS"};
    if (secured() || policy_ < TlsPolicy::required_for_login || !tells_secrets) return std::nullopt;
    return Reply{530, "TLS is required: say AUTH TLS first"};
  }
  /// The reply to a command whose data would go in clear and must not; none if they may.
  std::optional<Reply> refusal_of_data() const {
    if (data_ || policy_ != TlsPolicy::required) return std::nullopt;
    return Reply{521, "TLS is required for data: say PROT P first"};
  }

  /// The control connection is secured; by a client that need not say AUTH, data are meant as well.
  constexpr void secure(bool implicit) noexcept {
    stage_ = implicit ? Stage::sized : Stage::secured;
    data_ = implicit;
  }
  /// PBSZ was said.
  constexpr void size() noexcept { stage_ = Stage::sized; }
  /// Whether PBSZ was said.
  constexpr bool sized() const noexcept { return stage_ == Stage::sized; }
  /// PROT P was said, or PROT C.
  constexpr void cover_data(bool whether) noexcept {
    data_ = whether;
    was_told_ = true;
  }
  /// How long a data connection's handshake is awaited at most. A client that began with TLS and never said PROT may mean
  /// its data to be in clear, wait for ours, and give up before it has heard why there are none.
  constexpr Duration patience(Duration limit) const noexcept {
    return was_told_ ? limit : std::min<Duration>(limit, std::chrono::seconds{5});
  }

 private:
  enum class Stage { clear, secured, sized };
  TlsPolicy policy_;
  Stage stage_ = Stage::clear;
  bool data_ = false;
  bool was_told_ = false;  // by PROT
};

/// How the sessions of a listener begin. Each way has a type of its own, so that a TLS handshake over a transport that
/// has none does not compile.
class Beginning {
 public:
  struct Clear {};
  struct ImplicitTls {};
  static constexpr Clear clear{};               // to be secured by AUTH
  static constexpr ImplicitTls implicit_tls{};  // with the handshake

  /// Without TLS; AUTH may follow.
  constexpr Beginning(Clear) noexcept {}
  /// With the handshake, from the first byte on.
  constexpr Beginning(ImplicitTls) noexcept : is_implicit_tls_{true} {}
  friend constexpr bool operator==(Beginning, Beginning) = default;

 private:
  bool is_implicit_tls_ = false;
};

namespace verbs {

/// AUTH TLS: secures the control connection, after the reply. (RFC 2228 §3, RFC 4217 §4)
struct Auth {
  static constexpr std::string_view verb = "AUTH";
  static constexpr std::string_view help = "AUTH TLS: protect this connection from now on";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "AUTH TLS";
  }
  static Reply run(auto& session, std::string_view mechanism) {
    if (!same_word(mechanism, "TLS") && !same_word(mechanism, "TLS-C")) return {504, "Only AUTH TLS"};
    if (session.protection().policy() == TlsPolicy::off) return {502, "TLS is not offered here"};
    if (session.protection().secured()) return {503, "TLS is here already"};
    if (session.heard_more()) {
      // Whoever stands between us could say it in the client's name, and TLS would vouch for it.
      session.close();
      return {503, "Nothing may follow AUTH before the handshake"};
    }
    if (session.standard()) {
      session.log_out();
    } else {
      session.forget();
    }
    session.secure_after_reply();
    return {234, "Begin the TLS handshake"};
  }
};

/// PBSZ 0: the size of a protected buffer, which TLS does not have; PROT wants it first. (RFC 2228 §3, RFC 4217)
struct Pbsz {
  static constexpr std::string_view verb = "PBSZ";
  static constexpr std::string_view help = "PBSZ 0: no buffer is needed for the protection of data";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "PBSZ";
  }
  static Reply run(auto& session, std::string_view size) {
    if (!session.protection().secured()) return {503, "AUTH TLS first"};
    if (!number_in(size)) return {501, "Not a size"};
    session.protection().size();
    return {200, "PBSZ=0"};
  }
};

/// PROT C or P: whether data connections are in clear or secured. (RFC 2228 §3, RFC 4217)
struct Prot {
  static constexpr std::string_view verb = "PROT";
  static constexpr std::string_view help = "PROT C|P: data in clear, or private";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "PROT";
  }
  static Reply run(auto& session, std::string_view level) {
    if (!session.protection().sized()) return {503, "AUTH TLS and PBSZ 0 first"};
    if (same_word(level, "S") || same_word(level, "E")) return {536, "Only PROT C and P"};
    const bool is_private = same_word(level, "P");
    if (!is_private && !same_word(level, "C")) return {504, "Only PROT C and P"};
    if (!is_private && session.protection().policy() == TlsPolicy::required) return {534, "TLS is required for data"};
    // A client that has connected already may have begun a handshake.
    if (!is_private && session.protection().covers_data()) session.disarm();
    session.protection().cover_data(is_private);
    return {200, is_private ? "Data connections are private" : "Data connections are in clear"};
  }
};

/// CCC: clears the control connection; refused. (RFC 2228 §3, RFC 4217)
struct Ccc {
  static constexpr std::string_view verb = "CCC";
  static constexpr std::string_view help = "CCC: refused, a connection once protected stays so";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    if (!session.protection().secured()) return {533, "The connection is not protected"};
    return {534, "The connection stays protected"};
  }
};

}  // namespace verbs

/// A table with the commands that the transport brings: those of TLS where its streams can be secured, else none.
template <class T, class Table> struct WithSecurity { using type = Table; };
/// The same where streams can be secured.
template <class T, class Table>
  requires SecurableStream<typename T::Stream>
struct WithSecurity<T, Table> {
  using type = typename Table::template With<verbs::Auth, verbs::Pbsz, verbs::Prot, verbs::Ccc>;
};

}  // namespace ftplike
