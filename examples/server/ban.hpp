#pragma once
#include <optional>
#include <string>

/// What `ban` is told.
struct BanOrder {
  std::string file, network;
  std::optional<double> seconds;  // not said: until it is removed
};

/// Prints the bans of a file that are in force, a line each. **Errors:** `Failure`.
void list_bans(const BanOrder& order);
/// Writes a ban into a file, which a server that uses it soon reads again. **Errors:** `Failure`.
void add_ban(const BanOrder& order);
/// Takes a ban out of a file. **Errors:** `Failure`; there is no such ban.
void remove_ban(const BanOrder& order);
