#include "operator/prometheus.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace mc::controller {

namespace {

std::string numberText(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string escaped(const std::string& value) {
  std::string result;
  for (const char c : value) {
    if (c == '\\' || c == '"') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result;
}

/// `a="1",b="2"` without braces.
std::string labelsText(const MetricLabels& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += (text.empty() ? "" : ",") + name + "=\"" + escaped(value) + "\"";
  return text;
}

std::string inBraces(const std::string& labels) {
  return labels.empty() ? "" : "{" + labels + "}";
}

std::string heading(const std::string& name, const std::string& help, const char* type) {
  return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

}  // namespace

Numbers::Numbers(Kind kind, std::string name, std::string help)
    : kind_(kind), name_(std::move(name)), help_(std::move(help)) {}

void Numbers::add(const MetricLabels& labels, double amount) {
  const std::lock_guard lock(mutex_);
  values_[labelsText(labels)] += amount;
}

void Numbers::set(const MetricLabels& labels, double value) {
  const std::lock_guard lock(mutex_);
  values_[labelsText(labels)] = value;
}

void Numbers::write(std::string& text) const {
  const std::lock_guard lock(mutex_);
  if (values_.empty()) return;
  text += heading(name_, help_, kind_ == Kind::Counter ? "counter" : "gauge");
  for (const auto& [labels, value] : values_)
    text += name_ + inBraces(labels) + " " + numberText(value) + "\n";
}

Histogram::Histogram(std::string name, std::string help, std::vector<double> bounds,
                     const MetricLabels& labels)
    : name_(std::move(name)),
      help_(std::move(help)),
      labels_(labelsText(labels)),
      bounds_(std::move(bounds)),
      counts_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  const std::lock_guard lock(mutex_);
  ++counts_[static_cast<size_t>(bucket)];
  sum_ += value;
}

void Histogram::write(std::string& text) const {
  const std::lock_guard lock(mutex_);
  text += heading(name_, help_, "histogram");
  const std::string before = labels_.empty() ? "" : labels_ + ",";
  uint64_t total = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    total += counts_[i];
    const std::string bound = i < bounds_.size() ? numberText(bounds_[i]) : "+Inf";
    text += name_ + "_bucket{" + before + "le=\"" + bound + "\"} " + std::to_string(total) + "\n";
  }
  text += name_ + "_sum" + inBraces(labels_) + " " + numberText(sum_) + "\n";
  text += name_ + "_count" + inBraces(labels_) + " " + std::to_string(total) + "\n";
}

std::vector<double> exponentialBounds(double first, double factor, int count) {
  std::vector<double> bounds;
  for (int i = 0; i < count; ++i, first *= factor) bounds.push_back(first);
  return bounds;
}

}  // namespace mc::controller
