#pragma once
#include "configuration.hpp"

/// Prints what each user's root and all that is served hold and may hold, as it is counted now. **Errors:** `Failure`.
void show_quotas(const Configuration& configuration);
