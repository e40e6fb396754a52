#pragma once

namespace ftplike::inline v0_2 {

/// Which end of a conversation an observer looks on from.
enum class End { server, client };

}  // namespace ftplike
