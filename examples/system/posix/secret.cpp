#include "../secret.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <termios.h>
#include <unistd.h>

#include "../terminal.hpp"

namespace {

/// The terminal shows nothing of what is typed for as long as this lives. One at a time.
class SilentTerminal {
 public:
  SilentTerminal(int terminal, const termios& before) {
    terminal_ = terminal;
    before_ = before;
    for (std::size_t i = 0; i < ends.size(); ++i) usual_[i] = std::signal(ends[i], give_up);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    // Ctrl-C ends the line and not the program, which has to put the terminal right.
    silent.c_cc[VEOL] = before.c_cc[VINTR];
    ::tcsetattr(terminal, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < ends.size(); ++i) std::signal(ends[i], usual_[i]);
  }

 private:
  static constexpr std::array ends{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

  static void give_up(int signal) {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }

  inline static int terminal_ = -1;
  inline static termios before_{};
  std::array<void (*)(int), ends.size()> usual_{};
  const ChangedTerminal changed_;
};

}  // namespace

std::optional<std::string> ask_secret(const std::string& prompt) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> terminal{std::fopen("/dev/tty", "r+"), std::fclose};
  termios before{};
  if (!terminal || ::tcgetattr(::fileno(terminal.get()), &before) != 0) return std::nullopt;
  const int interrupt = before.c_cc[VINTR];
  std::string secret;
  int c = EOF;
  {
    const SilentTerminal silent{::fileno(terminal.get()), before};
    std::fputs(prompt.c_str(), terminal.get());
    std::fflush(terminal.get());
    while ((c = std::fgetc(terminal.get())) != EOF && c != '\n' && c != interrupt) {
      // Ctrl-Z and Ctrl-\ do nothing while a secret is asked for.
      if (c != before.c_cc[VSUSP] && c != before.c_cc[VQUIT]) secret += static_cast<char>(c);
    }
  }
  std::fputs("\n", terminal.get());
  if (c == interrupt) throw Interrupted{"interrupted"};
  return secret;
}
