#include "kube/list_reader.hpp"

namespace mc::kube {

namespace {

// etcd takes objects of 1.5 MB; what is not in items is a few fields of metadata.
constexpr size_t kLongestItem = 16u << 20;
constexpr size_t kLongestEnvelope = 1u << 20;
/// An item's depth: the list's object and the array are outside.
constexpr int kItemDepth = 3;

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

Status ListReader::feed(std::string_view piece) {
  for (const char c : piece) MC_TRY(take(c));
  if (item_.size() > kLongestItem || envelope_.size() > kLongestEnvelope)
    return fail(Reason::BadResponse, "the list is larger than an API server's can be");
  return {};
}

Status ListReader::take(char c) {
  if (inText_) {
    takeInText(c);
    return {};
  }
  if (inItems_) return takeItem(c);
  takeOutside(c);
  return {};
}

void ListReader::takeInText(char c) {
  target() += c;
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    inText_ = false;
  } else if (depth_ == 1 && !afterColon_) {
    key_ += c;
  }
}

void ListReader::takeOutside(char c) {
  envelope_ += c;
  switch (c) {
    case '"':
      inText_ = true;
      if (depth_ == 1 && !afterColon_) key_.clear();
      break;
    case ':':
      afterColon_ = afterColon_ || depth_ == 1;
      break;
    case ',':
      afterColon_ = afterColon_ && depth_ != 1;
      break;
    case '{':
      ++depth_;
      break;
    case '[':
      inItems_ = depth_ == 1 && key_ == "items";
      ++depth_;
      break;
    case '}':
    case ']':
      --depth_;
      break;
    default:
      break;
  }
}

/// In the array of items, but not in a text.
Status ListReader::takeItem(char c) {
  if (!inItem_) {
    if (isSpace(c) || c == ',') return {};
    if (c == ']') {
      envelope_ += c;
      --depth_;
      inItems_ = false;
      return {};
    }
    if (c != '{') return fail(Reason::BadResponse, "the list has an item that is no object");
    inItem_ = true;
  }
  item_ += c;
  if (c == '"') inText_ = true;
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') --depth_;
  return depth_ < kItemDepth ? item() : Status();
}

Status ListReader::item() {
  inItem_ = false;
  MC_TRY_ASSIGN(Object object, parseObject(item_));
  item_.clear();
  onItem_(std::move(object));
  return {};
}

Result<Object> ListReader::finish() const {
  return parseObject(envelope_);
}

}  // namespace mc::kube
