#pragma once
#include <functional>
#include <optional>

#include <ftplike/observers/explain.hpp>
#include <ftplike/observers/json_log.hpp>
#include <ftplike/observers/log.hpp>
#include <ftplike/observers/metrics.hpp>
#include <ftplike/observers/recorder.hpp>
#include <ftplike/observers/transfer_log.hpp>
#include <ftplike/server.hpp>

#include "../picture/picture.hpp"

/// The server's observer: those that the operator asked for.
class Watch {
 public:
  std::optional<ftplike::Explain> explain;
  std::optional<ftplike::Log> log;
  std::optional<ftplike::JsonLog> json_log;
  std::optional<ftplike::TransferLog> transfer_log;
  std::optional<ftplike::Metrics> metrics;
  std::optional<ftplike::Recorder> recorder;
  std::optional<Picture> picture;
  std::function<void(const ftplike::StopReport&)> stopped;

  template <class Event>
    requires ftplike::takes<ftplike::Observers<ftplike::Explain, ftplike::Log, ftplike::JsonLog, ftplike::TransferLog,
                                               ftplike::Metrics, ftplike::Recorder, Picture>,
                            Event>
  void operator()(const Event& event) {
    tell(explain, event);
    tell(log, event);
    tell(json_log, event);
    tell(transfer_log, event);
    tell(metrics, event);
    tell(recorder, event);
    tell(picture, event);
  }
  bool wants_bytes() const noexcept { return recorder.has_value(); }
  void operator()(const ftplike::ServerStopped& event) { stopped(event.report); }

 private:
  template <class Observer, class Event> static void tell(std::optional<Observer>& observer, const Event& event) {
    if constexpr (ftplike::takes<Observer, Event>) {
      if (observer) (*observer)(event);
    }
  }
};
