// expect: TransportLacksTls<Culprit>.*with TLS needs tls_client|with TLS needs tls_client.*TransportLacksTls<Culprit
#include <optional>
#include <string>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/io/tcp.hpp>

using namespace ftplike;

struct Certificate {
  struct Print {
    std::string text() const;
  };
  std::string subject, issuer, common_name;
  std::vector<std::string> names;
  Print fingerprint;
};
struct Identity {
  explicit operator bool() const;
};
struct Culprit : TcpTransport {
  struct Stream : TcpTransport::Stream {
    bool secured() const;
    TlsDetails details() const;
    std::optional<Certificate> peer_certificate() const;
    awaitable<void> accept_tls(Stream& control);
    awaitable<void> connect_tls(Stream& control);
    awaitable<void> accept_tls(Identity, std::string_view);
    void belongs_to(std::optional<std::string>);
    void prepare_data();
  };
  struct Acceptor : TcpTransport::Acceptor {
    awaitable<Stream> accept(const Executor&);
  };
  awaitable<Stream> connect(const Endpoint&, const Address&);
  Acceptor listen(const Executor&, const Endpoint&);
  Identity tls_server() const;
};

awaitable<void> fetch(Culprit& network) {
  auto client = co_await connect(network, "ftpes://localhost");
  co_await client.quit();
}
