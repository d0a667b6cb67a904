#pragma once
// Counters, gauges and histograms in Prometheus' text format.
//
// Source: Prometheus exposition formats, text format 0.0.4. Thread-safety: all methods from any
// thread at once.

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mc::controller {

/// Names and values, in the order in which they are written.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// One family of counters or gauges: a number for each set of labels.
class Numbers {
 public:
  enum class Kind { Counter, Gauge };
  Numbers(Kind kind, std::string name, std::string help);

  void add(const MetricLabels& labels, double amount);
  void set(const MetricLabels& labels, double value);
  void write(std::string& text) const;

 private:
  Kind kind_;
  std::string name_, help_;
  mutable std::mutex mutex_;
  std::map<std::string, double> values_;  ///< by labels as written
};

/// One histogram, of seconds mostly.
class Histogram {
 public:
  /// `bounds` ascending.
  Histogram(std::string name, std::string help, std::vector<double> bounds,
            const MetricLabels& labels = {});

  void observe(double value);
  void write(std::string& text) const;

 private:
  std::string name_, help_, labels_;
  std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::vector<uint64_t> counts_;  ///< of each bucket, the last beyond all bounds
  double sum_ = 0;
};

/// `first`, `first * factor` ...: `count` bounds.
std::vector<double> exponentialBounds(double first, double factor, int count);

}  // namespace mc::controller
