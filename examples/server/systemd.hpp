#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/io/tcp.hpp>

/// A listening socket that a supervisor handed in.
struct HandedIn {
  ftplike::NativeSocket descriptor;
  std::string name;      // FileDescriptorName of systemd; empty: none
  bool is_local = true;  // only this machine reaches it
};

/// The listening sockets that a supervisor handed in, as systemd does (LISTEN_FDS, LISTEN_FDNAMES); none without one, or
/// where the system has none. They are handed in once: later calls give none, and programs that we start do not get them.
std::vector<HandedIn> take_handed_in_sockets();

/// Tells the supervisor, if there is one that wants to know (NOTIFY_SOCKET): `READY=1`, `STOPPING=1`.
void tell_supervisor(std::string_view state);
