#pragma once
// What a program with FTPLIKE_SEPARATE_COMPILATION does not compile in each of its units: <ftplike/src.hpp> has it.
#include <ftplike/client.hpp>
#include <ftplike/client/blocking.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/users/anonymous.hpp>
#include <ftplike/users/user_table.hpp>

namespace ftplike::inline v0_2::detail {

/// The profile of a server of a folder, whose users are known in this way.
template <class Users> using OfDirectory = Assembled<Ftp, DirectoryStorage, Users, NoObserver, NoApplication>;

}  // namespace ftplike::inline v0_2::detail

#ifdef FTPLIKE_SEPARATE_COMPILATION
namespace ftplike::inline v0_2 {
namespace detail {

template <> struct OwnPartsNeedBodiesHpp<TcpTransport, Server<TcpTransport, OfDirectory<LoopbackReaders>>> {};
template <> struct OwnPartsNeedBodiesHpp<TcpTransport, Server<TcpTransport, OfDirectory<Anonymous>>> {};
template <> struct OwnPartsNeedBodiesHpp<TcpTransport, Server<TcpTransport, OfDirectory<UserTable>>> {};
template <> struct OwnPartsNeedBodiesHpp<TcpTransport, Client<TcpTransport>> {};

}  // namespace detail

extern template class Server<TcpTransport, detail::OfDirectory<LoopbackReaders>>;
extern template class Server<TcpTransport, detail::OfDirectory<Anonymous>>;
extern template class Server<TcpTransport, detail::OfDirectory<UserTable>>;
extern template class detail::BasicEventLoops<>;
extern template class BasicTcpTransport<>;
extern template class BasicDirectoryStorage<>;
extern template class Client<TcpTransport>;
extern template class RemoteFile<detail::ClientCore<TcpTransport, AnyChannel, NoObserver>>;
extern template class BasicBlockingClient<TcpTransport>;

}  // namespace ftplike
#endif
