#include "../../server/admin.hpp"

#include "../../server/failure.hpp"

namespace {

[[noreturn]] void refuse() { throw Failure{Ending::bad_configuration, why_no_admin_sockets()}; }

}  // namespace

const char* why_no_admin_sockets() noexcept { return "on Windows a server is not asked while it runs: there are no sockets for that"; }

struct AdminSocket::State {};
AdminSocket::AdminSocket(const ftplike::Executor&, const std::string&, Administration) { refuse(); }
AdminSocket::~AdminSocket() = default;
void AdminSocket::rest() {}

void list_sessions(const AdminOrder&) { refuse(); }
void end_sessions(const AdminOrder&) { refuse(); }
void change_limits(const AdminOrder&) { refuse(); }
