#pragma once
#include <string>

#include <ftplike/users/authenticator.hpp>

/// A service of PAM, by which the system, or whatever its modules ask, says whose password is right and whose account may
/// be used.
///
/// **Threads:** any number at once. All of it may block for as long as a module likes.
class Pam {
 public:
  /// What a login has to prove.
  enum class Proof { password, account_alone };  // the second where a certificate has proved who it is

  /// `service` names a file of the system's folder, or is the path of one elsewhere. **Errors:** `Failure` if that is not
  /// there, or if this program was built without PAM.
  explicit Pam(const std::string& service);

  /// Returns if the client may come in. **Errors:** `ftplike::LoginRefused` with PAM's reason; `std::system_error` where PAM
  /// could not find out.
  void check(const ftplike::Credentials& who, Proof proof) const;

 private:
  std::string folder_, name_;
};
