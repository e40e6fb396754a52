// A protocol of one's own: which commands there are and how data connections come to be. This one is the whole of what
// the seed of this project spoke, put together anew: six commands over a control connection, and for each transfer a
// port that the server announces. What is not named here is not in the program.
#include <ftplike/ftplike.hpp>

using namespace ftplike;
using namespace ftplike::verbs;

// [readme]
struct SixCommands : ftplike::Profile {
  using DataChannel = ftplike::AnnouncedChannel;
  using Commands = ftplike::CommandTable<Pwd, Cwd, List, Stor, Retr, Quit>;
};
// [/readme]

int main() {
  TcpTransport network;
  Server server{network, MemoryStorage{{"/hello.txt", "Hello!\n"}}, SixCommands{}, Anonymous{.without_login = "write"}};
  server.listen("127.0.0.1", 3456);
  network.run();
}
