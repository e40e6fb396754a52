#pragma once

namespace ftplike::inline v0_2::detail {

/// Whether servers or clients of this kind can be made in this unit. With `FTPLIKE_SEPARATE_COMPILATION` it is complete
/// for those that are compiled already, and where <ftplike/bodies.hpp> is included.
template <class Transport, class Kind> struct OwnPartsNeedBodiesHpp;

}  // namespace ftplike::inline v0_2::detail
