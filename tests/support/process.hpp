#pragma once
// Starts programs and talks to them through pipes; nothing here sleeps, and nothing waits for ever.
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

extern char** environ;

/// A descriptor that ends with its scope.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_{descriptor} {
    if (descriptor < 0) throw std::system_error(errno, std::generic_category());
  }
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OwnedDescriptor() { close(); }
  int get() const noexcept { return descriptor_; }
  void close() noexcept {
    if (const int old = std::exchange(descriptor_, -1); old >= 0) ::close(old);
  }

 private:
  int descriptor_ = -1;
};

/// What is to be started, and in what surroundings.
class Program {
 public:
  /// The path of a program, or its name to be looked for in PATH, and its arguments.
  explicit Program(std::vector<std::string> its_arguments) : arguments{std::move(its_arguments)} {}
  Program& in(std::string its_folder) {
    folder = std::move(its_folder);
    return *this;
  }
  /// With this variable in its environment besides ours.
  Program& with(const std::string& name, const std::string& value) {
    environment.push_back(name + '=' + value);
    return *this;
  }
  /// With our `descriptor` as its number 3, as systemd hands sockets over. Ours must be open until it is started.
  Program& handing_over(int descriptor) {
    third = descriptor;
    return *this;
  }

  std::vector<std::string> arguments;
  std::string folder;
  std::vector<std::string> environment;
  int third = -1;
};

/// A program that runs. Its standard input, output and errors are pipes of ours. Who does not wait for its end kills
/// it.
///
/// **Errors:** what takes longer than the patience, 60 s if not told otherwise, throws `std::runtime_error` with all
/// that the program said.
class Process {
 public:
  /// What a program said on one of its channels, and has left to say.
  struct Channel {
    OwnedDescriptor pipe;
    std::string text;       // all of it by now
    std::size_t taken = 0;  // as lines
    bool ended = false;
  };

  explicit Process(const Program& program, std::chrono::seconds patience = std::chrono::seconds{60})
      : patience_{patience} {
    OwnedDescriptor theirs[3];
    make_pipe(theirs[0], input_);
    make_pipe(output_.pipe, theirs[1]);
    make_pipe(errors_.pipe, theirs[2]);
    Actions actions;
    for (int i = 0; i < 3; ++i) posix_spawn_file_actions_adddup2(&actions.list, theirs[i].get(), i);
    if (program.third >= 0) posix_spawn_file_actions_adddup2(&actions.list, program.third, 3);
    if (!program.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions.list, program.folder.c_str());
    auto arguments = pointers(program.arguments);
    auto all = program.environment;  // of two of one name the first is the one that is found
    for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
    auto environment = pointers(all);
    const int error =
        posix_spawnp(&id_, arguments[0], &actions.list, &actions.attributes, arguments.data(), environment.data());
    if (error != 0) throw std::system_error(error, std::generic_category(), program.arguments[0]);
  }
  explicit Process(std::vector<std::string> arguments) : Process{Program{std::move(arguments)}} {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    reap();
  }

  pid_t id() const noexcept { return id_; }
  void signal(int number) const { ::kill(id_, number); }

  /// Writes to its standard input.
  void say(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::write(input_.get(), text.data(), text.size());
      if (n < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "to the program");
      text.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
    }
  }
  /// Ends its standard input.
  void close_input() { input_.close(); }

  /// The next line of its output, or of its errors, without the line's end.
  std::string line() { return next_line(output_); }
  std::string error_line() { return next_line(errors_); }
  /// Lines of its output up to one that begins so; gives what comes after that beginning.
  std::string line_after(std::string_view beginning) {
    for (;;) {
      const std::string here = line();
      if (here.starts_with(beginning)) return here.substr(beginning.size());
    }
  }
  /// All that it has written by now, or to the end if `wait()` was called.
  const std::string& output() const noexcept { return output_.text; }
  const std::string& errors() const noexcept { return errors_.text; }

  /// Waits for its end and gives its exit status, or 128 and the number of the signal that ended it.
  int wait() {
    const auto deadline = Clock::now() + patience_;
    while (!output_.ended || !errors_.ended) read_more(deadline, "its end");
    return reap();
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Actions {
    Actions() {
      posix_spawn_file_actions_init(&list);
      posix_spawnattr_init(&attributes);
      // What we ignore, it need not ignore.
      sigset_t usual;
      sigemptyset(&usual);
      for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&usual, number);
      posix_spawnattr_setsigdefault(&attributes, &usual);
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    ~Actions() {
      posix_spawn_file_actions_destroy(&list);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t list;
    posix_spawnattr_t attributes;
  };

  static void make_pipe(OwnedDescriptor& reading, OwnedDescriptor& writing) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    // Above those that a program is handed, so that none is in the way of another.
    reading = OwnedDescriptor{::fcntl(ends[0], F_DUPFD_CLOEXEC, 10)};
    writing = OwnedDescriptor{::fcntl(ends[1], F_DUPFD_CLOEXEC, 10)};
    ::close(ends[0]);
    ::close(ends[1]);
  }
  static std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
  }

  std::string next_line(Channel& channel) {
    const auto deadline = Clock::now() + patience_;
    for (;;) {
      const auto end = channel.text.find('\n', channel.taken);
      if (end != std::string::npos) {
        const auto begin = std::exchange(channel.taken, end + 1);
        return channel.text.substr(begin, end - begin);
      }
      if (channel.ended) fail("ended before it said a line");
      read_more(deadline, "a line");
    }
  }

  void read_more(Clock::time_point deadline, const char* what) {
    std::array<pollfd, 2> waits{pollfd{output_.ended ? -1 : output_.pipe.get(), POLLIN, 0},
                                pollfd{errors_.ended ? -1 : errors_.pipe.get(), POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready = left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) return;
    if (ready <= 0) {
      ::kill(id_, SIGKILL);
      fail(std::string{"was too slow: waited for "} + what);
    }
    Channel* const channels[] = {&output_, &errors_};
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      std::array<char, 4096> room;
      const auto n = ::read(waits[i].fd, room.data(), room.size());
      if (n > 0) channels[i]->text.append(room.data(), static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR)) channels[i]->ended = true;
    }
  }

  [[noreturn]] void fail(const std::string& how) const {
    throw std::runtime_error("the program " + how + "; its output:\n" + output_.text + "its errors:\n" + errors_.text);
  }

  int reap() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {}
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::chrono::seconds patience_;
  pid_t id_ = -1;
  OwnedDescriptor input_;
  Channel output_, errors_;
};
