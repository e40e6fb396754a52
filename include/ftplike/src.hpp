#pragma once
// One source of a program with FTPLIKE_SEPARATE_COMPILATION includes this: it compiles what the others do not.
#include <ftplike/bodies.hpp>
#include <ftplike/compiled.hpp>

namespace ftplike::inline v0_2 {

template class Server<TcpTransport, detail::OfDirectory<LoopbackReaders>>;
template class Server<TcpTransport, detail::OfDirectory<Anonymous>>;
template class Server<TcpTransport, detail::OfDirectory<UserTable>>;
template class detail::BasicEventLoops<>;
template class BasicTcpTransport<>;
template class BasicDirectoryStorage<>;
template class Client<TcpTransport>;
template class RemoteFile<detail::ClientCore<TcpTransport, AnyChannel, NoObserver>>;
template class BasicBlockingClient<TcpTransport>;

}  // namespace ftplike
