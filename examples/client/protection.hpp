#pragma once
#include <string>

#include <ftplike/client/url.hpp>
#include <ftplike/io/tcp.hpp>
#ifdef FTPLIKE_HAS_TLS
#include <ftplike/tls/transport.hpp>
#endif

#include "settings.hpp"

#ifdef FTPLIKE_HAS_TLS
using ProgramTransport = ftplike::TlsTransport<>;
/// Whose certificates the settings trust; a transport is made with this. **Errors:** `LocalFailure`.
ftplike::TlsClient trust(const Settings& settings);
#else
using ProgramTransport = ftplike::TcpTransport;
constexpr unsigned trust(const Settings&) noexcept { return 1; }  // the number of threads
#endif

/// What is wrong with a text that is to be the SHA-256 of a certificate; empty if nothing is.
std::string pin_defect(const std::string& text);

/// Protects the sessions with a server as the settings say where its URL does not say it. Warns where nobody checks who
/// the server is. **Errors:** `UsageFailure` where a certificate is wanted of a server that is to show none.
void protect(ftplike::Url& url, const Settings& settings);

/// What stands before the ">" of the prompt of a session: "ftp", "ftp [TLSv1.3]".
template <class Client> std::string prompt_of(const Client& client, const Settings& settings) {
  std::string prompt = "ftp";
  if constexpr (requires { client.tls(); }) {
    const auto details = client.tls();
    if (!details.version.empty()) prompt += " [" + details.version + (settings.insecure ? ", unverified]" : "]");
  }
  return prompt;
}
