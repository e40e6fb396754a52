// In place of server/web_server.cpp, where there is no cpp-httplib.
#include "../web_server.hpp"

#include <stdexcept>

const char* why_no_web_servers() noexcept { return "this program was built without cpp-httplib: it shows nothing to browsers"; }

struct WebServer::State {};
WebServer::WebServer(const ftplike::Endpoint&, Metrics, std::shared_ptr<LiveRows>) { throw std::logic_error{why_no_web_servers()}; }
WebServer::~WebServer() = default;
ftplike::Endpoint WebServer::endpoint() const noexcept { return {}; }
