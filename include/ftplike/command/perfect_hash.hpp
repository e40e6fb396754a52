#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ftplike::inline v0_2 {

/// Maps N distinct keys to 0 … N-1 with one multiplication, one shift and one load; found by the compiler.
template <std::size_t N> class PerfectHash {
 public:
  /// No key may be there twice: that does not compile.
  consteval explicit PerfectHash(const std::array<std::uint64_t, N>& keys) {
    for (std::uint64_t seed = 1; !try_multiplier(keys, mix(seed)); ++seed) {}
  }

  /// The index of `key`, or of some other key if it is none of ours: the caller compares once.
  constexpr std::size_t operator()(std::uint64_t key) const noexcept { return slots_[slot_of(key, multiplier_)]; }

 private:
  // With about N²/4 slots one multiplier in seven fits, whatever N.
  static constexpr std::size_t slot_count = std::bit_ceil(N * N / 4 + 2);
  static constexpr int shift = 64 - std::countr_zero(slot_count);
  static constexpr std::size_t slot_of(std::uint64_t key, std::uint64_t multiplier) noexcept {
    return static_cast<std::size_t>(key * multiplier >> shift);
  }

  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ x >> 31) * 0x9e3779b97f4a7c15;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x | 1;
  }
  consteval bool try_multiplier(const std::array<std::uint64_t, N>& keys, std::uint64_t multiplier) {
    std::array<bool, slot_count> taken{};
    slots_ = {};
    for (std::size_t i = 0; i < N; ++i) {
      const auto slot = slot_of(keys[i], multiplier);
      if (taken[slot]) return false;
      taken[slot] = true;
      slots_[slot] = static_cast<std::uint8_t>(i);
    }
    multiplier_ = multiplier;
    return true;
  }

  std::uint64_t multiplier_ = 0;
  std::array<std::uint8_t, slot_count> slots_{};
};

}  // namespace ftplike
