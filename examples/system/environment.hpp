#pragma once
#include <optional>
#include <string>

/// What a variable of the environment says, once: programs that we start do not see it.
std::optional<std::string> take_variable(const char* name);

/// The user's own folder; empty if there is none.
std::string home_folder();

/// Whether a file is the user's, and nobody else may read it. Where files have the rights of their folder it is taken for
/// that: what is in a user's own folder is nobody else's.
bool is_private(const std::string& file);
