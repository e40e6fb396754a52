// A server whose key never leaves its token: a smart card, an HSM, or SoftHSM for a try. docs/tls.md fills one.
#define OPENSSL_API_COMPAT 0x10100000L  // OpenSSL 3 calls engines deprecated
#include <openssl/engine.h>

#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <ftplike/tls.hpp>

namespace {

// [key]
void check(bool good, const std::string& what) {
  if (!good) throw std::runtime_error{what};
}

/// Has the key of that address in a token used: it stays there, and the token signs with it.
void use_key_in_token(SSL_CTX* context, const std::string& key) {
  ENGINE_load_dynamic();
  const std::unique_ptr<ENGINE, int (*)(ENGINE*)> engine{ENGINE_by_id("pkcs11"), &ENGINE_free};
  check(engine && ENGINE_init(engine.get()) == 1, "OpenSSL has no engine for PKCS#11");
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> found{
      ENGINE_load_private_key(engine.get(), key.c_str(), nullptr, nullptr), &EVP_PKEY_free};
  ENGINE_finish(engine.get());  // the key keeps it
  check(found && SSL_CTX_use_PrivateKey(context, found.get()) == 1, "cannot use " + key);
}
// [/key]

}  // namespace

int main() try {
  // [readme]
  ftplike::TlsServerSettings shown;
  shown.certificate = "cert.pem";
  shown.context = [](SSL_CTX* context) {
    use_key_in_token(context, "pkcs11:token=ftplike;object=server;type=private?pin-source=file:pin");
  };
  ftplike::TlsTransport network{ftplike::TlsServer{shown}};
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}, ftplike::TlsPolicy::required};
  server.listen("127.0.0.1", 3456);
  network.run();
  // [/readme]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
