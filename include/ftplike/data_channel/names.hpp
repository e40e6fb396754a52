#pragma once
// The names of the data channels, which are enough where nothing is sent over them.

namespace ftplike::inline v0_2 {

struct ActiveChannel;
struct AnnouncedChannel;
struct PassiveChannel;
template <class... Ways> struct NegotiatedChannel;

}  // namespace ftplike::inline v0_2
