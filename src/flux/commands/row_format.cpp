#include "flux/commands/row_format.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "flux/formats/duration.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

namespace {

constexpr size_t kMaxWidth = 10'000;

tl::unexpected<base::Error> bad(std::string_view text) {
  return base::fail(EINVAL, "Invalid format specifier '" + std::string(text) + "'");
}

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

bool isNumber(const FieldValue& value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<double>(value);
}

double numberOf(const FieldValue& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return 0;
}

std::string plainText(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "True" : "False";
  if (const auto* integer = std::get_if<int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return formats::formatDouble(*real);
  return {};
}

std::string formatTime(double time, const char* format) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[256];
  const size_t length = std::strftime(buffer, sizeof buffer, format, &parts);
  return {buffer, length};
}

std::string hoursMinutesSeconds(double seconds) {
  const auto total = static_cast<long long>(std::ceil(seconds));
  constexpr long long kDay = 86400;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%lld:%02lld:%02lld", total % kDay / 3600, total % 3600 / 60,
                total % 60);
  const long long days = total / kDay;
  if (days == 0) return buffer;
  return std::to_string(days) + (days == 1 ? " day, " : " days, ") + buffer;
}

// At most five characters: 50%, 1.5%, 0.05%.
std::string percentage(double fraction) {
  const double percent = fraction * 100;
  const int digits = percent == 0 || percent >= 10 ? 0 : percent < 1 ? 2 : 1;
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, percent);
  std::string text = buffer;
  if (text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text + "%";
}

std::string convert(char conversion, const std::string& timeFormat, const FieldValue& value) {
  if (!isNumber(value)) return plainText(value);
  const double number = numberOf(value);
  switch (conversion) {
    case 'D':
      return number > 0 ? formatTime(number, "%Y-%m-%dT%H:%M:%S") : "";
    case 'd':
      return number > 0
                 ? formatTime(number, timeFormat.empty() ? "%Y-%m-%dT%H:%M:%S" : timeFormat.c_str())
                 : "";
    case 'F':
      return formats::formatJobDuration(number);
    case 'H':
      return hoursMinutesSeconds(number);
    case 'P':
      return percentage(number);
    default:
      return plainText(value);
  }
}

// A number by Python's presentation types.
std::string formatNumber(char type, int precision, const FieldValue& value) {
  char buffer[512];
  const int digits = std::min(precision < 0 ? 6 : precision, 100);
  switch (type) {
    case 'f':
      std::snprintf(buffer, sizeof buffer, "%.*f", digits, numberOf(value));
      break;
    case 'e':
      std::snprintf(buffer, sizeof buffer, "%.*e", digits, numberOf(value));
      break;
    case 'g':
      std::snprintf(buffer, sizeof buffer, "%.*g", digits, numberOf(value));
      break;
    case '%':
      std::snprintf(buffer, sizeof buffer, "%.*f%%", digits, numberOf(value) * 100);
      break;
    case 'x':
      std::snprintf(buffer, sizeof buffer, "%llx",
                    static_cast<unsigned long long>(numberOf(value)));
      break;
    default:
      if (precision < 0 || !std::holds_alternative<double>(value)) return plainText(value);
      std::snprintf(buffer, sizeof buffer, "%.*g", std::max(digits, 1), numberOf(value));
  }
  return buffer;
}

bool countsAsEmpty(const std::string& text) {
  return text.empty() || text == "0s" || text == "0.0" || text == "0:00:00" ||
         text == "1970-01-01T00:00:00";
}

size_t takeNumber(std::string_view& text) {
  size_t number = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && number <= kMaxWidth) {
    number = number * 10 + static_cast<size_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return number;
}

bool isAlign(char c) {
  return c == '<' || c == '>' || c == '^' || c == '=';
}

}  // namespace

size_t displayWidth(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

std::string_view firstCharacters(std::string_view text, size_t count) {
  size_t i = 0;
  for (; i < text.size(); ++i)
    if (!isContinuation(text[i]) && count-- == 0) break;
  return text.substr(0, i);
}

size_t terminalColumns() {
  constexpr size_t kDefault = 80;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const size_t given = columns != nullptr ? std::strtoul(columns, nullptr, 10) : 0;
  return given > 0 ? given : kDefault;
}

base::Result<RowFormat::Spec> RowFormat::parseSpec(std::string_view text, char conversion) {
  Spec spec;
  const std::string_view whole = text;
  if (conversion == 'd') {
    const size_t colons = text.find("::");
    spec.time = text.substr(0, colons);
    text = colons == text.npos ? std::string_view() : text.substr(colons + 2);
    if (colons == whole.npos && spec.time.ends_with('h')) {
      spec.time.pop_back();
      spec.hyphen = true;
    }
  }
  if (text.ends_with('+')) {
    spec.marksCut = true;
    text.remove_suffix(1);
  }
  if (text.ends_with('h')) {
    spec.hyphen = true;
    text.remove_suffix(1);
  }
  if (text.size() >= 2 && isAlign(text[1])) {
    spec.fill = text[0];
    text.remove_prefix(1);
  }
  if (!text.empty() && isAlign(text.front())) {
    spec.align = text.front() == '=' ? '>' : text.front();
    text.remove_prefix(1);
  }
  if (!text.empty() && (text.front() == '+' || text.front() == '-' || text.front() == ' ')) {
    spec.sign = text.front() == '+';
    text.remove_prefix(1);
  }
  if (text.starts_with('0') && spec.align == 0) {
    spec.fill = '0';
    spec.align = '>';
  }
  spec.width = takeNumber(text);
  if (text.starts_with(',')) text.remove_prefix(1);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (text.empty() || text.front() < '0' || text.front() > '9') return bad(whole);
    spec.precision = static_cast<int>(takeNumber(text));
  }
  if (!text.empty() && std::string_view("sdfegx%").find(text.front()) != std::string_view::npos) {
    spec.type = text.front();
    text.remove_prefix(1);
  }
  if (!text.empty() || spec.width > kMaxWidth || spec.precision > static_cast<int>(kMaxWidth))
    return bad(whole);
  return spec;
}

base::Result<RowFormat::Part> RowFormat::parseField(std::string_view text) {
  Part part;
  const size_t end = text.find_first_of("!:");
  part.name = text.substr(0, end);
  if (part.name.empty()) return base::fail(EINVAL, "empty field name in format");
  if (end == text.npos) return part;
  text.remove_prefix(end);
  if (text.starts_with('!')) {
    if (text.size() < 2 || (text.size() > 2 && text[2] != ':'))
      return base::fail(EINVAL, "expected ':' after conversion specifier");
    part.conversion = text[1];
    if (std::string_view("DdFHPsra").find(part.conversion) == std::string_view::npos)
      return base::fail(EINVAL, "Unknown conversion specifier '" + std::string(1, text[1]) + "'");
    text.remove_prefix(2);
  }
  if (text.starts_with(':')) text.remove_prefix(1);
  MC_TRY_ASSIGN(part.spec, parseSpec(text, part.conversion));
  return part;
}

// "?:", "+:" and "?+:" in front of a field belong to it, not to the text.
void RowFormat::takePrefix(Part& part) {
  const auto take = [&](std::string_view suffix) {
    if (!part.literal.ends_with(suffix)) return false;
    part.literal.erase(part.literal.size() - suffix.size());
    return true;
  };
  if (take("?+:")) {
    part.collapses = part.widens = true;
  } else if (take("?:")) {
    part.collapses = true;
  } else if (take("+:")) {
    part.widens = true;
  }
}

base::Result<RowFormat> RowFormat::parse(std::string_view text) {
  RowFormat format;
  std::string literal;
  while (!text.empty()) {
    const char c = text.front();
    if ((c == '{' || c == '}') && text.size() > 1 && text[1] == c) {  // doubled: itself
      literal += c;
      text.remove_prefix(2);
      continue;
    }
    if (c == '}') return base::fail(EINVAL, "Single '}' encountered in format string");
    if (c != '{') {
      literal += c;
      text.remove_prefix(1);
      continue;
    }
    const size_t close = text.find('}');
    if (close == text.npos) return base::fail(EINVAL, "expected '}' before end of string");
    MC_TRY_ASSIGN(Part part, parseField(text.substr(1, close - 1)));
    part.literal = std::exchange(literal, {});
    takePrefix(part);
    format.parts_.push_back(std::move(part));
    text.remove_prefix(close + 1);
  }
  if (!literal.empty()) {
    Part tail;
    tail.literal = std::move(literal);
    format.parts_.push_back(std::move(tail));
  }
  return format;
}

std::vector<std::string> RowFormat::fields() const {
  std::vector<std::string> names;
  for (const Part& part : parts_)
    if (!part.name.empty()) names.push_back(part.name);
  return names;
}

// A value without padding.
std::string RowFormat::bare(const Part& part, const FieldValue& value) {
  std::string text;
  if (part.conversion != 0) {
    text = convert(part.conversion, part.spec.time, value);
  } else if (isNumber(value) && part.spec.type != 's') {
    text = formatNumber(part.spec.type, part.spec.precision, value);
    if (part.spec.sign && numberOf(value) >= 0) text.insert(0, "+");
  } else {
    text = plainText(value);
  }
  if (part.spec.hyphen && countsAsEmpty(text)) text = "-";
  return text;
}

std::string RowFormat::padded(const Part& part, std::string text, bool number, size_t width) {
  const Spec& spec = part.spec;
  const auto limit = static_cast<size_t>(std::max(spec.precision, 0));
  if (!number && !part.widens && spec.precision >= 0 && displayWidth(text) > limit) {
    text = firstCharacters(text, spec.marksCut && limit > 0 ? limit - 1 : limit);
    if (spec.marksCut && limit > 0) text += '+';
  }
  const size_t used = displayWidth(text);
  if (used >= width) return text;
  const size_t space = width - used;
  const char align = spec.align != 0 ? spec.align : number ? '>' : '<';
  const size_t left = align == '>' ? space : align == '^' ? space / 2 : 0;
  return std::string(left, spec.fill) + text + std::string(space - left, spec.fill);
}

// The parts that are shown for these rows, with the widths they need.
std::vector<RowFormat::Part> RowFormat::visible(const std::vector<Row>& rows,
                                                const Title& title) const {
  std::vector<Part> out;
  for (Part part : parts_) {
    if (part.collapses || part.widens) {
      bool empty = true;
      size_t longest = title ? displayWidth(title(part.name)) : 0;
      for (const Row& row : rows) {
        const std::string text = bare(part, row(part.name));
        empty = empty && (countsAsEmpty(text) || text == "0" || text == "-");
        longest = std::max(longest, displayWidth(text));
        if (!empty && !part.widens) break;
      }
      if (part.collapses && empty) continue;
      if (part.widens) part.spec.width = std::max(part.spec.width, longest);
    }
    out.push_back(std::move(part));
  }
  return out;
}

std::string RowFormat::header(const std::vector<Row>& rows, const Title& title) const {
  std::string out;
  for (const Part& part : visible(rows, title)) {
    out += part.literal;
    if (part.name.empty()) continue;
    Part plain = part;
    plain.spec.precision = -1;
    out += padded(plain, title(part.name), false, part.spec.width);
  }
  return out;
}

std::vector<std::string> RowFormat::lines(const std::vector<Row>& rows, const Title& title) const {
  const std::vector<Part> parts = visible(rows, title);
  std::vector<std::string> out;
  for (const Row& row : rows) {
    std::string line;
    for (const Part& part : parts) {
      line += part.literal;
      if (part.name.empty()) continue;
      const FieldValue value = row(part.name);
      std::string text = bare(part, value);
      const bool number = isNumber(value) && part.conversion == 0 && text != "-";
      line += padded(part, std::move(text), number, part.spec.width);
    }
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace mc::flux::commands
