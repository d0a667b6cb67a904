#pragma once
// A Boost.JSON parser that reads floating-point numbers exactly: Boost 1.81's own is off by one
// unit in the last place now and then, so that a timestamp would change each time it is read and
// written.
//
// Included by json.cpp only.

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <string>

namespace mc::flux::formats {

// NOLINTBEGIN(readability-identifier-naming): the names are Boost's.
/// Builds a value from the events of boost::json::basic_parser.
struct ExactJsonHandler {
  using string_view = boost::json::string_view;
  using error_code = boost::json::error_code;

  static constexpr std::size_t max_object_size = boost::json::object::max_size();
  static constexpr std::size_t max_array_size = boost::json::array::max_size();
  static constexpr std::size_t max_key_size = boost::json::string::max_size();
  static constexpr std::size_t max_string_size = boost::json::string::max_size();

  /// Where values grow before they have their own memory; what needs more gets it from the heap.
  unsigned char space[2048];
  boost::json::value_stack stack{boost::json::storage_ptr(), space, sizeof space};
  std::string number;  ///< the text of a number so far

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code&) {
    stack.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view rest, std::size_t, error_code&) {
    stack.push_key(rest);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(string_view rest, std::size_t, error_code&) {
    stack.push_string(rest);
    return true;
  }
  bool on_number_part(string_view part, error_code&) {
    number.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    number.clear();
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, string_view, error_code&) {
    number.clear();
    stack.push_uint64(value);
    return true;
  }
  bool on_double(double value, string_view rest, error_code& error) {
    number.append(rest.data(), rest.size());
    // Where the number is too large or too small for a double, Boost's own value stays.
    std::from_chars(number.data(), number.data() + number.size(), value);
    number.clear();
    if (!std::isfinite(value)) {  // JSON could not carry it on
      error = boost::json::error::exponent_overflow;
      return false;
    }
    stack.push_double(value);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};
// NOLINTEND(readability-identifier-naming)

}  // namespace mc::flux::formats
