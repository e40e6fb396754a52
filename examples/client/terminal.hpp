#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <termios.h>
#include <vector>

/// Says while it lives that this program sets the terminal as it needs it, and puts it right at the end.
class ChangedTerminal {
 public:
  ChangedTerminal() { lives = true; }
  ChangedTerminal(const ChangedTerminal&) = delete;
  ChangedTerminal& operator=(const ChangedTerminal&) = delete;
  ~ChangedTerminal() { lives = false; }

  static inline std::atomic<bool> lives = false;
};

/// The terminal of the program as it was found, for an end in the middle of a line or of a password.
class FoundTerminal {
 public:
  FoundTerminal();
  /// Leaves it so, unless it is another program's now, or this one has not changed it.
  void restore() const;

 private:
  int terminal_;  // less than 0 if there is none
  termios found_{};
};

/// Where commands come from: a terminal with line editing, history and completion, or the lines of a pipe.
class Terminal {
 public:
  /// What the word under the cursor can become, given the line up to the cursor and where the word begins.
  using Complete = std::function<std::vector<std::string>(const std::string& line, std::size_t word)>;

  /// `echo`: whether the lines of a pipe are shown behind the prompt, as if they had been typed.
  Terminal(bool echo, Complete complete);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  /// The next line; none at the end.
  std::optional<std::string> line(const std::string& prompt);
  bool is_interactive() const { return interactive_; }

 private:
  bool interactive_, echo_, first_ = true;
};
