#include "terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <memory>
#include <unistd.h>
#include <utility>
#ifdef FTPLIKE_HAS_EDITLINE
#include <editline/readline.h>
#endif

#include "secrets.hpp"

namespace {

Terminal::Complete the_complete;  // the line editor's callbacks have no place for it

#ifdef FTPLIKE_HAS_EDITLINE
std::string history_file() {
  const char* const home = std::getenv("HOME");
  return home ? std::string{home} + "/.ftplike_history" : std::string{};
}

char** complete(const char* text, int begin, int) {
  rl_attempted_completion_over = 1;  // no names of local files where there is nothing to complete
  const std::vector<std::string> words = the_complete(std::string{rl_line_buffer}, static_cast<std::size_t>(begin));
  static const std::vector<std::string>* choices;
  choices = &words;
  const auto next = [](const char* start, int state) -> char* {
    static std::size_t at;
    if (state == 0) at = 0;
    while (at < choices->size()) {
      const auto& word = (*choices)[at++];
      if (word.starts_with(start)) return ::strdup(word.c_str());
    }
    return nullptr;
  };
  return rl_completion_matches(text, next);
}
#endif

}  // namespace

FoundTerminal::FoundTerminal() : terminal_{::open("/dev/tty", O_RDWR | O_CLOEXEC)} {
  if (::tcgetattr(terminal_, &found_) != 0) terminal_ = -1;
}

void FoundTerminal::restore() const {
  // In `ftplike-client … | less` both are in the foreground, and what is set is the pager's.
  if (ChangedTerminal::lives && ::tcgetpgrp(terminal_) == ::getpgrp()) ::tcsetattr(terminal_, TCSANOW, &found_);
}

Terminal::Terminal(bool echo, Complete complete_word) : interactive_{::isatty(STDIN_FILENO) != 0}, echo_{echo} {
  the_complete = std::move(complete_word);
#ifdef FTPLIKE_HAS_EDITLINE
  if (!interactive_) return;
  rl_initialize();
  rl_attempted_completion_function = complete;
  using_history();
  read_history(history_file().c_str());
#endif
}

Terminal::~Terminal() {
#ifdef FTPLIKE_HAS_EDITLINE
  if (interactive_) write_history(history_file().c_str());
#endif
}

std::optional<std::string> Terminal::line(const std::string& prompt) {
#ifdef FTPLIKE_HAS_EDITLINE
  if (interactive_) {
    const ChangedTerminal changed;
    const std::unique_ptr<char, decltype(&std::free)> typed{::readline(prompt.c_str()), std::free};
    if (!typed) return std::nullopt;
    const bool has_secret = without_passwords(typed.get()) != typed.get();
    if (*typed && !has_secret) add_history(typed.get());
    return std::string{typed.get()};
  }
#endif
  if (interactive_) std::cout << prompt << std::flush;
  std::string text;
  if (!std::getline(std::cin, text)) return std::nullopt;
  if (text.ends_with('\r')) text.pop_back();
  if (echo_ && !interactive_)
    std::cout << (std::exchange(first_, false) ? "" : "\n") << prompt << without_passwords(text) << std::endl;
  return text;
}
