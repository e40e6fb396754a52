#pragma once
#include <memory>
#include <utility>

namespace ftplike::inline v0_2::detail {

/// `std::make_shared` at the price of a second allocation. What that is made of takes a compiler three times as long, and
/// a server has two dozen such types.
template <class T, class... Args> std::shared_ptr<T> new_shared(Args&&... args) {
  return std::shared_ptr<T>{new T(std::forward<Args>(args)...)};
}

}  // namespace ftplike::inline v0_2::detail
