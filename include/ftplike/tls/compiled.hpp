#pragma once
// The same over TLS as compiled.hpp says of TCP; <ftplike/tls/src.hpp> has it.
#include <ftplike/compiled.hpp>
#include <ftplike/tls/transport.hpp>

#ifdef FTPLIKE_SEPARATE_COMPILATION
namespace ftplike::inline v0_2 {
namespace detail {

template <> struct OwnPartsNeedBodiesHpp<TlsTransport<>, Server<TlsTransport<>, OfDirectory<LoopbackReaders>>> {};
template <> struct OwnPartsNeedBodiesHpp<TlsTransport<>, Server<TlsTransport<>, OfDirectory<Anonymous>>> {};
template <> struct OwnPartsNeedBodiesHpp<TlsTransport<>, Server<TlsTransport<>, OfDirectory<UserTable>>> {};
template <> struct OwnPartsNeedBodiesHpp<TlsTransport<>, Client<TlsTransport<>>> {};

}  // namespace detail

extern template class Server<TlsTransport<>, detail::OfDirectory<LoopbackReaders>>;
extern template class Server<TlsTransport<>, detail::OfDirectory<Anonymous>>;
extern template class Server<TlsTransport<>, detail::OfDirectory<UserTable>>;
extern template class Client<TlsTransport<>>;
extern template class RemoteFile<detail::ClientCore<TlsTransport<>, AnyChannel, NoObserver>>;
extern template class BasicBlockingClient<TlsTransport<>>;

}  // namespace ftplike
#endif
