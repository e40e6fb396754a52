#include "../command.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

int run_by_shell(const std::string& command) {
  // Unlike std::system it lets the command have the signals that our threads block.
  std::string shell = "sh", option = "-c", line = command;
  char* const words[]{shell.data(), option.data(), line.data(), nullptr};
  posix_spawnattr_t wishes;
  sigset_t none, quit;
  for (sigset_t* signals : {&none, &quit}) sigemptyset(signals);
  sigaddset(&quit, SIGQUIT);
  posix_spawnattr_init(&wishes);
  posix_spawnattr_setsigmask(&wishes, &none);
  posix_spawnattr_setsigdefault(&wishes, &quit);
  posix_spawnattr_setflags(&wishes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const auto before = std::signal(SIGQUIT, SIG_IGN);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, "/bin/sh", nullptr, &wishes, words, environ);
  posix_spawnattr_destroy(&wishes);
  int status = 0;
  while (error == 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  // A Ctrl-C that has ended it, and that nobody has heeded yet, is not to end us.
  struct sigaction ignored {}, handled {};
  ignored.sa_handler = SIG_IGN;  // takes away what is pending
  ::sigaction(SIGINT, &ignored, &handled);
  ::sigaction(SIGINT, &handled, nullptr);
  std::signal(SIGQUIT, before);
  if (error != 0) throw std::system_error(error, std::generic_category(), "/bin/sh");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

PagedFile::PagedFile() : file_{std::tmpfile()} {
  if (file_ == nullptr) throw std::system_error(errno, std::generic_category(), "no room for a temporary file");
}
PagedFile::~PagedFile() { std::fclose(file_); }

std::string PagedFile::command() {
  const char* const pager = std::getenv("PAGER");
  return "</dev/fd/" + std::to_string(::fileno(file_)) + ' ' + (pager ? pager : "less");
}
