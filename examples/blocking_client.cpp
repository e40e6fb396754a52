// A client in a program without coroutines: each call runs to its end, and throws what went wrong.
#include <exception>
#include <ftplike/ftplike.hpp>
#include <iostream>

int main() try {
  // [readme]
  ftplike::BlockingClient client{"127.0.0.1", 3456};
  client.download("sample_image.jpg", "client_files/sample_image.jpg");
  // [/readme]
  client.upload("client_files/upload_test.jpg");
  for (const auto& entry : client.list()) std::cout << entry.name << '\n';
  client.quit();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
