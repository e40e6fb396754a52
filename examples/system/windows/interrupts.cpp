#include "../interrupts.hpp"

#include <cstdlib>
#include <mutex>
#include <utility>

#include "../terminal.hpp"
#include "system.hpp"

void outlive_readers() {}  // to write to who has gone is an error of Windows, and no signal

std::optional<int> signal_to_read_again() { return std::nullopt; }

struct Interrupts::State {
  State(Heed its_heed, int its_status) : heed{std::move(its_heed)}, status{its_status} {}

  const Heed heed;
  const int status;
  HANDLE terminal = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD found = 0;
  bool has_terminal = ::GetConsoleMode(terminal, &found) != 0;

  static inline std::mutex mutex;  // Windows has a thread for each Ctrl-C
  static inline State* one = nullptr;

  static BOOL WINAPI take(DWORD what) {
    const std::lock_guard lock{mutex};
    if (!one) return FALSE;
    if (!one->heed(what == CTRL_C_EVENT)) {
      if (one->has_terminal && ChangedTerminal::lives) ::SetConsoleMode(one->terminal, one->found);
      std::_Exit(one->status);
    }
    return TRUE;
  }
};

Interrupts::Interrupts(Heed heed, int status) : state_{std::make_unique<State>(std::move(heed), status)} {
  const std::lock_guard lock{State::mutex};
  State::one = state_.get();
  ::SetConsoleCtrlHandler(State::take, TRUE);
}

Interrupts::~Interrupts() {
  ::SetConsoleCtrlHandler(State::take, FALSE);
  const std::lock_guard lock{State::mutex};
  State::one = nullptr;
}
