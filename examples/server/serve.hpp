#pragma once
#include "configuration.hpp"

/// Serves until SIGINT or SIGTERM, then lets transfers end; a second signal ends the program at once. **Errors:**
/// `Failure`.
void serve(const Configuration& configuration);
