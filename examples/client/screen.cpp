#include "screen.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <system_error>
#include <utility>

#include <ftplike/observers/text.hpp>

#include "../explain_style.hpp"
#include "../system/terminal.hpp"
#include "output.hpp"

using namespace ftplike;

Screen::Screen(const Settings& settings) {
  state_->json = settings.json;
  if (!settings.record.empty()) {
    const auto contents = settings.record_contents ? RecordedContents::bytes : RecordedContents::digests;
    try {
      state_->recorder.emplace(End::client, LineFile::anew(settings.record), contents);
    } catch (const std::system_error& error) {
      throw LocalFailure{"cannot write to " + settings.record + ": " + error.code().message()};
    }
  }
  if (!settings.explain) return;
  const auto print = [](std::string_view row) { std::cout << row << std::endl; };
  state_->explain.emplace(End::client, print, explain_style(standard_output));
}

void Screen::show_replies_to(std::set<std::string> verbs) {
  state_->verbs = std::move(verbs);
  state_->verb.clear();
  state_->failure = false;
}

bool Screen::showed_failure() const { return state_->failure; }

void Screen::operator()(const CommandSeen& event) {
  state_->verb = event.verb;
  tell(state_->explain, event);
  tell(state_->recorder, event);
}

void Screen::operator()(const ReplySeen& event) {
  tell(state_->recorder, event);
  if (state_->explain) return (*state_->explain)(event);
  if (!state_->verbs.contains(state_->verb)) return;
  if (event.reply.negative()) state_->failure = true;
  std::string text = event.reply.wire();
  std::erase(text, '\r');
  if (is_terminal(standard_output)) text = shown(text);
  if (state_->json) {
    const auto code = static_cast<std::uint64_t>(event.reply.code());
    text = JsonObject{}.add("code", code).add("text", event.reply.text()).text() + '\n';
  }
  if (state_->held && !event.reply.preliminary())
    state_->kept += text;
  else
    std::cout << text << std::flush;
}

void Screen::hold() { state_->held = true; }
void Screen::let_go() {
  state_->held = false;
  std::cout << std::exchange(state_->kept, {}) << std::flush;
}

std::string human_size(double bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text.data();
}

ProgressBar::ProgressBar(std::string_view name, bool wanted)
    : name_{printable(name)}, wanted_{wanted && is_terminal(standard_error)} {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  if (std::exchange(shown_, false)) std::fputs("\r\033[K", stderr);
}

void ProgressBar::operator()(const Progress& progress) {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (!wanted_ || progress.elapsed < 500ms || now - last_ < 100ms) return;
  last_ = now;
  shown_ = true;
  constexpr int width = 24;
  const auto done = static_cast<double>(progress.offset + progress.transferred);
  std::string line = "\r\033[K" + name_ + "  " + human_size(done);
  if (progress.size > 0) {
    const double part = std::min(1.0, done / static_cast<double>(progress.size));
    const auto filled = static_cast<std::size_t>(part * width);
    line += " of " + human_size(static_cast<double>(progress.size)) + "  [" + std::string(filled, '#') +
            std::string(width - filled, '.') + "] " + std::to_string(static_cast<int>(part * 100)) + "%";
  }
  if (progress.rate) line += "  " + human_size(*progress.rate) + "/s";
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(progress.remaining.value_or(Duration{})).count();
  if (left > 0) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "  %lld:%02lld left", static_cast<long long>(left / 60),
                  static_cast<long long>(left % 60));
    line += text.data();
  }
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}
