#pragma once
// The terminal of a program, and its standard streams.
#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

inline constexpr int standard_input = 0, standard_output = 1, standard_error = 2;

/// Makes the standard streams ready for text in UTF-8 and for bytes, and a terminal for colours. To be called first.
void prepare_streams();

bool is_terminal(int descriptor);
/// How wide a terminal is; 0 if it does not say.
std::size_t columns_of(int descriptor);
/// Whether a terminal has colours.
bool has_colours(int descriptor);

/// Reads a line from the terminal that is the standard input; none at the end.
std::optional<std::string> read_typed_line();

/// Says while it lives that this program sets the terminal as it needs it, and puts it right at the end.
class ChangedTerminal {
 public:
  ChangedTerminal() { lives = true; }
  ChangedTerminal(const ChangedTerminal&) = delete;
  ChangedTerminal& operator=(const ChangedTerminal&) = delete;
  ~ChangedTerminal() { lives = false; }

  static inline std::atomic<bool> lives = false;
};
