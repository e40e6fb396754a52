#pragma once
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <ftplike/client/options.hpp>
#include <ftplike/client/url.hpp>

/// How the program ends: its exit statuses, as --help tells them.
enum class Ending {
  good = 0,
  failed = 1,         // anything that has no number of its own
  usage = 2,          // the words of the command line
  unreachable = 3,    // no server there, or none that speaks FTP
  not_logged_in = 4,  // user or password refused
  refused = 5,        // the server said no: no such file, not allowed, …
  local = 6,          // a file or folder of ours
  lost = 7,           // a connection ended early, or a limit of time ran out
  interrupted = 130,  // Ctrl-C
};

/// Something of ours that is in the way, in one line.
class LocalFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Words of the command line that do not go together, in one line.
class UsageFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How a mirror is to be done.
struct MirrorWords {
  bool reverse = false, only_newer = false, remove = false, dry_run = false;
  std::vector<std::string> include, exclude;
};

/// What the command line said.
struct Settings {
  std::string files = ".";  // where files are sent from and saved to
  ftplike::Dialect dialect = ftplike::Dialect::automatic;
  double timeout = 30;                        // seconds
  ftplike::Secure tls = ftplike::Secure::no;  // of URLs that do not say it
  std::string ca_file;                        // empty: the system's certificates are trusted
  std::vector<std::string> pins;              // the SHA-256 of the certificates of which the server has one
  bool insecure = false;                      // any certificate will do
  std::string proxy;                          // a URL
  bool active = false, ascii = false, resume = false, compress = false;
  bool explain = false, quiet = false, json = false;
  std::string record;            // a file, for the session; empty: none
  bool record_contents = false;  // what is transferred, too
  std::size_t parallel = 4;  // sessions at once, for a mirror
  bool segments = false;     // --parallel was given: a file is fetched in parts, too
};
