#pragma once
#include "configuration.hpp"

/// Serves until SIGINT or SIGTERM, then lets transfers end; a second signal ends the program at once. With `only_check`
/// it reads and opens what it would serve with and returns. **Errors:** `Failure`.
void serve(const Configuration& configuration, bool only_check);
