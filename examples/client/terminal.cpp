#include "terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <termios.h>
#include <unistd.h>
#include <utility>
#ifdef FTPLIKE_HAS_EDITLINE
#include <editline/readline.h>
#endif

namespace {

Terminal::Complete the_complete;  // the line editor's callbacks have no place for it

std::string history_file() {
  const char* const home = std::getenv("HOME");
  return home ? std::string{home} + "/.ftplike_history" : std::string{};
}

#ifdef FTPLIKE_HAS_EDITLINE
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
    const std::unique_ptr<char, decltype(&std::free)> typed{::readline(prompt.c_str()), std::free};
    if (!typed) return std::nullopt;
    if (*typed) add_history(typed.get());
    return std::string{typed.get()};
  }
#endif
  if (interactive_) std::cout << prompt << std::flush;
  std::string text;
  if (!std::getline(std::cin, text)) return std::nullopt;
  if (text.ends_with('\r')) text.pop_back();
  if (echo_ && !interactive_) std::cout << (std::exchange(first_, false) ? "" : "\n") << prompt << text << std::endl;
  return text;
}

void Terminal::restore() {
#ifdef FTPLIKE_HAS_EDITLINE
  if (::isatty(STDIN_FILENO)) rl_deprep_terminal();
#endif
}

std::optional<std::string> ask_password(const std::string& prompt) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> terminal{std::fopen("/dev/tty", "r+"), std::fclose};
  if (!terminal) return std::nullopt;
  termios before{};
  if (::tcgetattr(::fileno(terminal.get()), &before) != 0) return std::nullopt;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(::fileno(terminal.get()), TCSAFLUSH, &silent);
  std::fputs(prompt.c_str(), terminal.get());
  std::fflush(terminal.get());
  std::string password;
  for (int c = std::fgetc(terminal.get()); c != EOF && c != '\n'; c = std::fgetc(terminal.get())) {
    password += static_cast<char>(c);
  }
  ::tcsetattr(::fileno(terminal.get()), TCSAFLUSH, &before);
  std::fputs("\n", terminal.get());
  return password;
}
