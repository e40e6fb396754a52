#include "pam.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <security/pam_appl.h>
#include <system_error>

#include "failure.hpp"

namespace {

constexpr const char* folder_of_the_system = "/etc/pam.d";

void release(pam_response* answers, int count) {
  for (int i = 0; i < count; ++i) std::free(answers[i].resp);
  std::free(answers);
}

/// Gives the password where one is asked for without an echo, and an answer to nothing else. `data` is the password.
int converse(int count, const pam_message** messages, pam_response** answers, void* data) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  auto* const result = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (result == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    const int style = messages[i]->msg_style;
    if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) continue;
    if (style == PAM_PROMPT_ECHO_OFF) result[i].resp = ::strdup(static_cast<const std::string*>(data)->c_str());
    if (result[i].resp == nullptr) {
      release(result, count);
      return PAM_CONV_ERR;
    }
  }
  *answers = result;
  return PAM_SUCCESS;
}

/// In place of PAM's own pause after a failure, which would keep a worker: the session pauses itself.
void no_pause(int, unsigned, void*) {}

/// Whether a result is about the user, and no fault of PAM's or of its modules, for which nobody is to be banned.
bool says_no(int result) {
  switch (result) {
    case PAM_AUTH_ERR:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_PERM_DENIED:
    case PAM_CRED_EXPIRED:
    case PAM_ACCT_EXPIRED:
    case PAM_AUTHTOK_EXPIRED:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_SYSTEM_ERR:  // of pam_exec: its program refuses
      return true;
    default: return false;
  }
}

[[noreturn]] void could_not_find_out(const std::string& why) {
  std::fprintf(stderr, "ftplike-server: %s\n", why.c_str());
  throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
}

/// One login's dealings with PAM.
class Dealings {
 public:
  Dealings(const std::string& folder, const std::string& service, const ftplike::Credentials& who)
      : password_{who.password}, conversation_{&converse, &password_} {
    note(pam_start_confdir(service.c_str(), who.user.c_str(), &conversation_, folder.c_str(), &handle_));
    set(PAM_RHOST, who.address.to_string().c_str());
    set(PAM_TTY, "ftp");
    set(PAM_FAIL_DELAY, reinterpret_cast<const void*>(&no_pause));
  }
  Dealings(const Dealings&) = delete;
  Dealings& operator=(const Dealings&) = delete;
  ~Dealings() {
    if (handle_ != nullptr) pam_end(handle_, result_);
  }

  void authenticate() {
    if (result_ == PAM_SUCCESS) note(pam_authenticate(handle_, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK));
  }
  void check_account() {
    if (result_ == PAM_SUCCESS) note(pam_acct_mgmt(handle_, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK));
  }
  /// **Errors:** as those of `Pam::check`.
  void conclude() const {
    if (result_ == PAM_SUCCESS) return;
    const std::string why = std::string{"PAM: "} + pam_strerror(handle_, result_);
    if (says_no(result_)) throw ftplike::LoginRefused{why};
    could_not_find_out(why);
  }

 private:
  void note(int result) {
    if (result_ == PAM_SUCCESS) result_ = result;
  }
  void set(int item, const void* value) {
    if (result_ == PAM_SUCCESS) note(pam_set_item(handle_, item, value));
  }

  std::string password_;
  pam_conv conversation_;
  pam_handle_t* handle_ = nullptr;
  int result_ = PAM_SUCCESS;  // the first that was none
};

bool is_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace

Pam::Pam(const std::string& service) {
  const auto slash = service.rfind('/');
  folder_ = slash == service.npos ? folder_of_the_system : slash == 0 ? "/" : service.substr(0, slash);
  name_ = service.substr(slash + 1);  // from the beginning where there is none
  // PAM would make small letters of it, and look for that.
  const bool is_small = name_.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == name_.npos;
  if (!is_small || !is_file(folder_ + '/' + name_)) {
    throw Failure{Ending::bad_configuration, "pam: there is no service " + folder_ + '/' + name_ +
                                                 (is_small ? "" : ": the names of services are in small letters")};
  }
}

void Pam::check(const ftplike::Credentials& who, Proof proof) const {
  // Where its file is gone PAM takes "other", which may let in more.
  if (!is_file(folder_ + '/' + name_)) could_not_find_out("PAM: there is no service " + folder_ + '/' + name_);
  if (who.user.find('\0') != who.user.npos || who.password.find('\0') != who.password.npos) {
    throw ftplike::LoginRefused{"PAM: a NUL in the name or the password"};
  }
  Dealings dealings{folder_, name_, who};
  if (proof == Proof::password) dealings.authenticate();
  dealings.check_account();
  dealings.conclude();
}
