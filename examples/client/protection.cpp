#include "protection.hpp"

#include <cstdio>
#include <system_error>

using ftplike::Secure;

#ifdef FTPLIKE_HAS_TLS
ftplike::TlsClient trust(const Settings& settings) {
  ftplike::TlsClientSettings wishes;
  wishes.ca_file = settings.ca_file;
  wishes.insecure = settings.insecure;
  for (const auto& pin : settings.pins) wishes.pinned.push_back(ftplike::Fingerprint::parse(pin).value());
  try {
    return ftplike::TlsClient{wishes};
  } catch (const std::system_error& error) { throw LocalFailure{error.what()}; }
}
#endif

std::string pin_defect([[maybe_unused]] const std::string& text) {
#ifdef FTPLIKE_HAS_TLS
  return ftplike::Fingerprint::parse(text) ? ""
                                           : "64 hexadecimal digits are wanted, with or without colons, and no label";
#else
  return "this program has no TLS";
#endif
}

void protect(ftplike::Url& url, const Settings& settings) {
  if (url.secure == Secure::no) {
    url.secure = settings.tls;
    constexpr std::uint16_t usual = 21, usual_of_implicit = 990;
    if (settings.tls == Secure::implicit_tls && url.port == usual) url.port = usual_of_implicit;
  }
  if (url.secure == Secure::no && (!settings.pins.empty() || !settings.ca_file.empty())) {
    throw UsageFailure{"--pin and --cafile want ftpes://, ftps:// or --tls"};
  }
  if (url.secure != Secure::no && settings.insecure) {
    std::fputs("ftplike-client: warning: nobody checks who this server is (--insecure)\n", stderr);
  }
}
