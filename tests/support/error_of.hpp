#pragma once
#include <concepts>
#include <system_error>

/// The error that a function throws, or none.
template <std::invocable Act> std::error_code error_of(Act act) {
  try {
    act();
  } catch (const std::system_error& error) { return error.code(); }
  return {};
}
