// expect: TransportLacksTls<Culprit>.*can be secured needs prepare_data|can be secured needs prepare_data.*TransportLacksTls<Culprit>
#include <optional>
#include <string>
#include <vector>

#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

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
    awaitable<void> connect_tls(Identity, std::string);
    void belongs_to(std::optional<std::string>);
  };
  struct Acceptor : TcpTransport::Acceptor {
    awaitable<Stream> accept(const Executor&);
  };
  awaitable<Stream> connect(const Endpoint&, const Address&);
  Acceptor listen(const Executor&, const Endpoint&);
  Identity tls_server() const;
  Identity tls_client() const;
};

void serve(Culprit& network) { Server server{network, MemoryStorage{}}; }
