#pragma once
#include <string>

/// What `partials` is told.
struct PartialOrder {
  std::string root;
  double seconds = 0;  // age from which they go
};

/// Prints the partial files beneath a folder, a line each: bytes, the time of the last byte in UTC, the path. **Errors:**
/// `Failure`.
void list_partials(const PartialOrder& order);
/// Removes those that no upload is at, and prints them. **Errors:** `Failure`.
void purge_partials(const PartialOrder& order);
