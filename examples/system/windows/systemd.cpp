#include "../../server/systemd.hpp"

std::vector<HandedIn> take_handed_in_sockets() { return {}; }

void tell_supervisor(std::string_view) {}
