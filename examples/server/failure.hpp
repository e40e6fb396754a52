#pragma once
#include <stdexcept>
#include <string>
#include <system_error>

/// How the program ends: its exit statuses, as --help tells them.
enum class Ending { good = 0, failed = 1, bad_configuration = 2, no_folder = 3, no_address = 4 };

/// Why the program ends, in one line.
class Failure : public std::runtime_error {
 public:
  Failure(Ending its_ending, const std::string& line) : std::runtime_error{line}, ending{its_ending} {}
  Ending ending;
};

/// What went wrong with `what`: "no_such_file: No such file or directory".
inline std::string why(const std::string& what, const std::error_code& error) { return what + ": " + error.message(); }
