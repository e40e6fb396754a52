#pragma once
// What a program with FTPLIKE_SEPARATE_COMPILATION does not compile in each of its units: <ftplike/src.hpp> has it.
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

template <> struct OwnPartsNeedBodiesHpp<TcpTransport, OfDirectory<LoopbackReaders>> {};
template <> struct OwnPartsNeedBodiesHpp<TcpTransport, OfDirectory<Anonymous>> {};
template <> struct OwnPartsNeedBodiesHpp<TcpTransport, OfDirectory<UserTable>> {};

}  // namespace detail

extern template class Server<TcpTransport, detail::OfDirectory<LoopbackReaders>>;
extern template class Server<TcpTransport, detail::OfDirectory<Anonymous>>;
extern template class Server<TcpTransport, detail::OfDirectory<UserTable>>;

}  // namespace ftplike
#endif
