#pragma once
#include <functional>
#include <memory>
#include <optional>

/// What a program's reader going away does to it: nothing. Programs that we start are not told so.
void outlive_readers();

/// The signal that asks a program to read its files again, where the system has one.
std::optional<int> signal_to_read_again();

/// While it lives Ctrl-C, and what else asks the program to end, is taken by `heed`, on a thread of its own, so that
/// nothing has to be done in a signal handler. Where `heed` gives false the program ends at once, with `status`, and with
/// its terminal as it was found.
class Interrupts {
 public:
  using Heed = std::function<bool(bool is_ctrl_c)>;
  Interrupts(Heed heed, int status);
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
