// Whom a client believes by default: the authorities that Windows keeps in a store of its own.
#include <ftplike/tls/client.hpp>

#include <gtest/gtest.h>

namespace {

using namespace ftplike;

/// How many authorities a client with these settings knows.
int authorities_of(TlsClientSettings settings) {
  int known = -1;
  settings.context = [&known](SSL_CTX* context) {
    known = sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context)));
  };
  const TlsClient client{std::move(settings)};
  return known;
}

TEST(TlsClient, TrustsTheAuthoritiesOfWindowsUnlessToldOtherwise) {
  EXPECT_GT(authorities_of({}), 0);
  EXPECT_EQ(authorities_of({.pinned = {Fingerprint{}}}), 0);
}

}  // namespace
