#pragma once
#include <optional>
#include <string>

/// What `add-user` is told.
struct NewUser {
  std::string file, name;
  std::optional<std::string> rights, root;  // not said: as they are, or everything for a new user
  bool is_of_pam = false;                   // no password is asked for: PAM has it
};

/// Writes a user into a users' file with a password that is asked for on the terminal, or is the first line of the
/// standard input if that is none, or for PAM to check it. Who is there already gets the new password. **Errors:** `Failure`.
void add_user(const NewUser& user);
