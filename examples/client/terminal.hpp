#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

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
