// A protocol of one's own: which commands there are and how data connections come to be. This one is the whole of what
// the seed of this project spoke, put together anew: six commands over a control connection, and for each transfer a
// port that the server announces. What is not named here is not in the program. With an argument it is the client's
// end: it prints what such a command as `RETR hello.txt` brings.
#include <exception>
#include <iostream>
#include <string>

#include <ftplike/ftplike.hpp>

using namespace ftplike;
using namespace ftplike::verbs;

// [readme]
struct SixCommands : ftplike::Profile {
  using DataChannel = ftplike::AnnouncedChannel;
  using Commands = ftplike::CommandTable<Pwd, Cwd, List, Stor, Retr, Quit>;
};
// [/readme]

void serve() {
  TcpTransport network;
  Server server{network, MemoryStorage{{"/hello.txt", "Hello!\n"}}, SixCommands{}, Anonymous{.without_login = "write"}};
  server.listen("127.0.0.1", 3456);
  network.run();
}

void ask(const std::string& command) {
  // [client]
  BasicBlockingClient<TcpTransport, AnnouncedChannel> client{"127.0.0.1", 3456};
  TextSink text;
  const TransferResult result = client.transfer(command, text);
  std::cout << text.text() << result.reply.text() << '\n';
  // [/client]
}

int main(int argc, char** argv) try { argc == 2 ? ask(argv[1]) : serve(); } catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
