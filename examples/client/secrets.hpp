#pragma once
#include <optional>
#include <string>

#include <ftplike/client/url.hpp>

/// A text in which the passwords of URLs, and of PASS, are stars: "open ftp://ann:***@host".
std::string without_passwords(std::string text);

/// Takes the same passwords out of the words that the process list shows.
void hide_passwords(int count, char** words);

/// Finds the password that a URL does not have: in FTPLIKE_PASSWORD, if it is the first URL; in ~/.netrc, or by asking
/// without echo. Where the URL has no user, ~/.netrc may have one for its host. A .netrc that others can read is not
/// used, and that is said.
void find_password(ftplike::Url& url);
