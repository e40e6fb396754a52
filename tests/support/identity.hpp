#pragma once
#include <ftplike/tls.hpp>

#include "support/certificates.hpp"

/// What server and clients show and trust, made once.
struct Identity {
  static const Identity& get() {
    static const Identity identity;
    return identity;
  }
  ftplike::TlsServerSettings server;
  ftplike::TlsClientSettings client;

 private:
  Identity() {
    const auto files = certificates_.issue("server");
    server.certificate = files.certificate;
    server.key = files.key;
    client.ca_file = certificates_.authority();
  }
  Certificates certificates_;
};
