#include "protection.hpp"

#include <string>
#include <system_error>

#include "failure.hpp"

namespace {

[[noreturn]] void refuse(const std::string& line) { throw Failure{Ending::bad_configuration, line}; }

/// What was said that makes no sense without a certificate; null if nothing.
const char* needs_certificate(const Protecting& wishes) {
  if (!wishes.key.empty()) return "key";
  if (!wishes.implicit.empty()) return "tls-implicit";
  if (!wishes.client_ca.empty()) return "tls-client-ca";
  if (!wishes.ticket_keys.empty()) return "tls-ticket-keys";
  if (wishes.refuses_1_2) return "tls-oldest";
  if (!wishes.ciphers.empty()) return "tls-ciphers";
  if (!wishes.suites.empty()) return "tls-suites";
  if (wishes.policy && *wishes.policy != ftplike::TlsPolicy::off) return "tls";
  return nullptr;
}

}  // namespace

ftplike::TlsPolicy policy_of(const Protecting& wishes) {
  return wishes.policy.value_or(wishes.certificate.empty() ? ftplike::TlsPolicy::off : ftplike::TlsPolicy::offered);
}

ServingNetwork::Certificates read_certificates(const Protecting& wishes) {
  if (wishes.certificate.empty()) {
    if (const char* const what = needs_certificate(wishes))
      refuse(std::string{what} + ": without cert there is no TLS");
    return {};
  }
#ifdef FTPLIKE_HAS_TLS
  if (wishes.key.empty()) refuse("cert: its key is missing (key)");
  if (policy_of(wishes) == ftplike::TlsPolicy::off && !wishes.implicit.empty()) { refuse("tls-implicit: tls is off"); }
  ftplike::TlsServerSettings settings;
  settings.certificate = wishes.certificate;
  settings.key = wishes.key;
  settings.reuse = wishes.reuse == "off"         ? ftplike::TlsReuse::off
                   : wishes.reuse == "same-user" ? ftplike::TlsReuse::same_user
                   : wishes.reuse == "required"  ? ftplike::TlsReuse::required
                                                 : ftplike::TlsReuse::preferred;
  if (wishes.refuses_1_2) settings.oldest = ftplike::TlsVersion::tls_1_3;
  settings.ciphers = wishes.ciphers;
  settings.suites = wishes.suites;
  settings.client_ca = wishes.client_ca;
  settings.ticket_keys = wishes.ticket_keys;
  if (!wishes.client_ca.empty()) settings.client_certificates = ftplike::ClientCertificates::asked_for;
  try {
    return ftplike::TlsServer{settings};
  } catch (const std::system_error& error) { refuse(error.what()); }
#else
  refuse("cert: this program was built without TLS");
#endif
}

#ifdef FTPLIKE_HAS_TLS
ServingNetwork::ServingNetwork(Certificates certificates, unsigned threads)
    : certificates_{std::move(certificates)}, transport{certificates_, threads} {}

void ServingNetwork::reread() { certificates_.reload(); }

std::optional<ftplike::Timestamp> ServingNetwork::valid_until() const { return certificates_.valid_until(); }
#else
ServingNetwork::ServingNetwork(Certificates, unsigned threads) : transport{threads} {}

void ServingNetwork::reread() {}

std::optional<ftplike::Timestamp> ServingNetwork::valid_until() const { return std::nullopt; }
#endif
