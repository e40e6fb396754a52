#!/bin/sh
# Linux-PAM 1.5.2 (Debian 12's): a service whose file has a capital letter in its name is never asked. PAM makes small letters of
# the name that a program gives, and tells the program so, too, when it asks; then it looks for a file of that name.
# Done: a program that asks service FTP of a folder where FTP refuses everybody and ftp lets everybody in; then the name that PAM
# has for it; then without the file ftp. A good guess: refused, FTP, refused. Seen:
#   with FTP and ftp: let in, by service ftp
#   with FTP alone: no such service
. "$(dirname "$0")/lib.sh"
from_debian libpam0g=1.5.2-6+deb12u2 libpam0g-dev=1.5.2-6+deb12u2 libpam-modules=1.5.2-6+deb12u2
modules=$(echo "$work"/debian/lib/*/security)
cat >ask.cpp <<'END'
#include <security/pam_appl.h>
#include <cstdio>
#include <cstdlib>
int nothing(int count, const pam_message**, pam_response** answers, void*) {
  *answers = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  return PAM_SUCCESS;
}
int main() {
  const pam_conv conversation{nothing, nullptr};
  pam_handle_t* pam = nullptr;
  int status = pam_start_confdir("FTP", "tester", &conversation, "services", &pam);
  if (status == PAM_ABORT) return std::puts("no such service"), 0;
  status = pam_authenticate(pam, PAM_SILENT);
  const void* name = nullptr;
  pam_get_item(pam, PAM_SERVICE, &name);
  std::printf("%s, by service %s\n", status == PAM_SUCCESS ? "let in" : "refused", static_cast<const char*>(name));
  pam_end(pam, status);
}
END
g++ -I"$work/debian/usr/include" ask.cpp "$(echo "$work"/debian/lib/*/libpam.so.0)" -o ask
mkdir services
echo "auth required $modules/pam_deny.so" >services/FTP
echo "auth required $modules/pam_permit.so" >services/ftp
seen "with FTP and ftp" "$(./ask)" "let in, by service ftp"
rm services/ftp
seen "with FTP alone" "$(./ask)" "no such service"
