#include "terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <utility>
#ifdef FTPLIKE_HAS_EDITLINE
#include <editline/readline.h>
#endif

#include "../system/environment.hpp"
#include "../system/terminal.hpp"
#include "secrets.hpp"

namespace {

Terminal::Complete the_complete;  // the line editor's callbacks have no place for it

#ifdef FTPLIKE_HAS_EDITLINE
std::string history_file() {
  const std::string home = home_folder();
  return home.empty() ? home : home + "/.ftplike_history";
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

Terminal::Terminal(bool echo, Complete complete_word) : interactive_{is_terminal(standard_input)}, echo_{echo} {
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
  if (interactive_) {
    std::cout << prompt << std::flush;
    return read_typed_line();
  }
  std::string text;
  if (!std::getline(std::cin, text)) return std::nullopt;
  if (text.ends_with('\r')) text.pop_back();
  if (echo_) std::cout << (std::exchange(first_, false) ? "" : "\n") << prompt << without_passwords(text) << std::endl;
  return text;
}
