#pragma once
#include <optional>

/// What this process uses; what the system does not tell is none.
struct ProcessUse {
  std::optional<double> cpu_seconds, resident_bytes, open_files, most_files;
};

ProcessUse process_use();
