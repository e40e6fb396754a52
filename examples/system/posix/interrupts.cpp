#include "../interrupts.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "../terminal.hpp"

namespace {

/// The terminal of the program as it was found, for an end in the middle of a line or of a secret.
class FoundTerminal {
 public:
  FoundTerminal() : terminal_{::open("/dev/tty", O_RDWR | O_CLOEXEC)} {
    if (::tcgetattr(terminal_, &found_) != 0) terminal_ = -1;
  }
  /// Leaves it so, unless it is another program's now, or this one has not changed it.
  void restore() const {
    // In `ftplike-client … | less` both are in the foreground, and what is set is the pager's.
    if (ChangedTerminal::lives && ::tcgetpgrp(terminal_) == ::getpgrp()) ::tcsetattr(terminal_, TCSANOW, &found_);
  }

 private:
  int terminal_;  // less than 0 if there is none
  termios found_{};
};

}  // namespace

void outlive_readers() {
  // A handler, unlike SIG_IGN, is not inherited by the programs that we start.
  std::signal(SIGPIPE, [](int) {});
}

std::optional<int> signal_to_read_again() { return SIGHUP; }

struct Interrupts::State {
  State(Heed its_heed, int its_status) : heed{std::move(its_heed)}, status{its_status} {}

  void take_all() {
    for (int signal = 0;;) {
      sigwait(&signals, &signal);
      if (over) return;
      if (heed(signal == SIGINT)) continue;
      terminal.restore();
      std::_Exit(status);
    }
  }

  const Heed heed;
  const int status;
  const FoundTerminal terminal;
  sigset_t signals{}, before{};
  std::atomic<bool> over = false;
  std::thread thread;
};

Interrupts::Interrupts(Heed heed, int status) : state_{std::make_unique<State>(std::move(heed), status)} {
  sigemptyset(&state_->signals);
  sigaddset(&state_->signals, SIGINT);
  sigaddset(&state_->signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &state_->signals, &state_->before);
  state_->thread = std::thread{[state = state_.get()] { state->take_all(); }};
}

Interrupts::~Interrupts() {
  state_->over = true;
  pthread_kill(state_->thread.native_handle(), SIGINT);
  state_->thread.join();
  pthread_sigmask(SIG_SETMASK, &state_->before, nullptr);
}
