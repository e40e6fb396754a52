#include <ftplike/protocol/reply_buffer.hpp>

#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

using ftplike::Reply;
using ftplike::ReplyBuffer;

std::vector<Reply> replies(ReplyBuffer& buffer, std::string_view bytes, std::size_t piece) {
  std::vector<Reply> result;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer.feed(bytes.substr(at, piece));
    while (auto reply = buffer.next()) result.push_back(*reply);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input{data, size};
  const auto piece = input.number(1, 32);
  const auto bytes = input.text();

  ReplyBuffer whole, pieces, bytewise;
  const auto found = replies(whole, bytes, bytes.size() + 1);
  fuzz::require(replies(pieces, bytes, piece) == found);
  fuzz::require(replies(bytewise, bytes, 1) == found);
  fuzz::require(whole.defect() == pieces.defect() && whole.defect() == bytewise.defect());
  fuzz::require(whole.empty() == bytewise.empty());

  for (const auto& reply : found) {
    fuzz::require(reply.code() >= 100 && reply.code() <= 659);
    const auto wire = reply.wire();
    ReplyBuffer other;
    const auto again = replies(other, wire, piece);
    fuzz::require(again.size() == 1 && again[0].code() == reply.code() && again[0].wire() == wire);
    fuzz::require(other.empty() && !other.defect());
  }
  if (whole.defect()) {
    whole.feed("200 ok\r\n");
    fuzz::require(!whole.next() && whole.defect());
  }
  return 0;
}
