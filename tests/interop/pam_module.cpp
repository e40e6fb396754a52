// A module of PAM for the tests, which takes the password `secret` of anybody. Its argument is a file, to which it adds who
// asks; with a second one, `hangs`, it does not answer.
// It stands in for pam_exec, which forks: under AddressSanitizer the child of a process that has several threads now and then
// waits for ever for memory.
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

extern "C" __attribute__((visibility("default"))) int pam_sm_authenticate(pam_handle_t* handle, int, int argc,
                                                                           const char** argv) {
  const char* user = nullptr;
  const void* host = nullptr;
  const char* password = nullptr;
  if (argc < 1 || pam_get_user(handle, &user, nullptr) != PAM_SUCCESS ||
      pam_get_item(handle, PAM_RHOST, &host) != PAM_SUCCESS || host == nullptr ||
      pam_get_authtok(handle, PAM_AUTHTOK, &password, nullptr) != PAM_SUCCESS) {
    return PAM_SERVICE_ERR;
  }
  std::FILE* seen = std::fopen(argv[0], "a");
  if (seen == nullptr) return PAM_SERVICE_ERR;
  std::fprintf(seen, "auth %s %s\n", user, static_cast<const char*>(host));
  std::fclose(seen);
  while (argc > 1 && argv[1] == std::string_view{"hangs"}) ::pause();
  // What pam_exec says where its program refuses.
  return password == std::string_view{"secret"} ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

extern "C" __attribute__((visibility("default"))) int pam_sm_setcred(pam_handle_t*, int, int, const char**) {
  return PAM_SUCCESS;
}
