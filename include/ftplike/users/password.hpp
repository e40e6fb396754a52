#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/system/crypt.hpp>

namespace ftplike::inline v0_2 {

/// What computes the hash of a password: given the password and a hash in the form of crypt(3), the hash that this
/// password has under the same scheme, cost and salt, or nothing if that cannot be computed. It takes its time.
///
/// **Threads:** any number at once.
template <class H>
concept PasswordHashing = requires(const H& hash, const std::string& password, const std::string& like) {
  { hash(password, like) } -> std::same_as<std::string>;
};

/// The schemes of the system's crypt(3).
struct CryptHashing {
  /// The hash of a password by the scheme and the salt of the hash `like`.
  std::string operator()(const std::string& password, const std::string& like) const {
    if (password.find('\0') != std::string::npos) return {};  // crypt would see only what is before it
    return detail::crypt_hash(password.c_str(), like);
  }
};

namespace detail {

/// Whether two texts are equal, in a time that tells only how long `offered` is.
inline bool same_secret(std::string_view offered, std::string_view secret) noexcept {
  volatile unsigned difference = offered.size() == secret.size() ? 0U : 1U;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const char other = secret.empty() ? '\0' : secret[i % secret.size()];
    difference = difference | (static_cast<unsigned char>(offered[i]) ^ static_cast<unsigned char>(other));
  }
  return difference == 0;
}

}  // namespace detail

/// The hash of a password as a users' file has it, with a salt of its own: yescrypt where the system has it.
///
/// **Errors:** `std::system_error` if it cannot be made, which the empty and the overlong password (more than 511
/// bytes, or with a NUL) are cases of.
inline std::string hash_password(const std::string& password) {
  std::string result;
  const std::string salt = detail::fresh_salt();
  if (!password.empty() && !salt.empty()) result = CryptHashing{}(password, salt);
  if (result.empty()) {
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), "this password cannot be hashed");
  }
  return result;
}

/// What the password of a user is compared with.
class Password {
 public:
  /// The password itself, for trying out: to compare it costs nothing.
  ///
  /// **Errors:** `std::invalid_argument` if it is empty.
  static Password plain(std::string text) {
    if (text.empty()) throw std::invalid_argument("an empty password");
    return Password{std::move(text), Kind::plain};
  }
  /// Its hash as crypt(3) makes it, with '$' at the beginning. What begins with '*' or '!' is a lock: no password fits.
  ///
  /// **Errors:** `std::invalid_argument` if it is neither, or of a scheme that this system does not have.
  static Password hashed(std::string text) {
    if (text.starts_with('*') || text.starts_with('!')) return Password{std::move(text), Kind::locked};
    if (!text.starts_with('$') || !detail::knows_scheme(text)) throw std::invalid_argument("not a password hash that this system knows (they begin with '$')");
    return Password{std::move(text), Kind::hashed};
  }

  /// Whether it is the password itself.
  bool is_plain() const noexcept { return kind_ == Kind::plain; }
  /// Whether it is a hash of crypt(3).
  bool is_hashed() const noexcept { return kind_ == Kind::hashed; }
  /// Whether no password fits.
  bool is_locked() const noexcept { return kind_ == Kind::locked; }
  /// The password, its hash or its lock.
  const std::string& text() const noexcept { return text_; }

  /// Whether this is what was offered. Takes long if this is hashed: see `blocking()`.
  template <PasswordHashing Hashing> bool fits(const std::string& offered, const Hashing& hashing) const {
    if (is_locked()) return false;
    return is_plain() ? detail::same_secret(offered, text_) : detail::same_secret(hashing(offered, text_), text_);
  }

  friend bool operator==(const Password&, const Password&) = default;

 private:
  enum class Kind { plain, hashed, locked };
  Password(std::string text, Kind kind) : text_{std::move(text)}, kind_{kind} {}

  std::string text_;
  Kind kind_;
};

}  // namespace ftplike
