#pragma once
#include <string_view>
#include <vector>

/// The listening sockets that a supervisor handed in, as systemd does (LISTEN_FDS); none without one. They are handed
/// in once: later calls give none, and programs that we start do not get them.
std::vector<int> take_handed_in_sockets();

/// Tells the supervisor, if there is one that wants to know (NOTIFY_SOCKET): `READY=1`, `STOPPING=1`.
void tell_supervisor(std::string_view state);
