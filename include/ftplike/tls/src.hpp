#pragma once
// One source of a program with FTPLIKE_SEPARATE_COMPILATION and TLS includes this, and one <ftplike/src.hpp>.
#include <ftplike/bodies.hpp>
#include <ftplike/tls.hpp>

namespace ftplike::inline v0_2 {

template class Server<TlsTransport<>, detail::OfDirectory<LoopbackReaders>>;
template class Server<TlsTransport<>, detail::OfDirectory<Anonymous>>;
template class Server<TlsTransport<>, detail::OfDirectory<UserTable>>;
template class Client<TlsTransport<>>;
template class RemoteFile<detail::ClientCore<TlsTransport<>, AnyChannel, NoObserver>>;
template class BasicBlockingClient<TlsTransport<>>;

}  // namespace ftplike
