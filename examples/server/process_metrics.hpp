#pragma once
#include <optional>
#include <string>

#include <ftplike/protocol/entry.hpp>

#include "partial_keeper.hpp"

/// What Prometheus is told beside what the server counts: the build, the process by the names that Prometheus' own clients
/// use, the end of the certificate, and the partial files. What the system does not tell is left out.
std::string process_metrics(std::optional<ftplike::Timestamp> certificate_end,
                            std::optional<PartialKeeper::Figures> partials);
