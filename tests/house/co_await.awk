# Prints each co_await that is not a statement, the whole initialiser of a declaration or the whole operand of co_return,
# that awaits a capturing lambda, or that has among its arguments a lambda with values of its own, a conditional or a braced
# list: g++ 12 miscompiles such spellings.
function check(name, text, line_ends, lines,    at, rest, offset, i, line, why) {
  offset = 0
  rest = text
  while ((at = match(rest, /co_await /)) != 0) {
    offset += at
    why = fault(substr(text, 1, offset - 1), substr(text, offset + length("co_await ")))
    if (why != "") {
      for (line = 1; line < lines && line_ends[line] < offset; ++line) {}
      print name ":" line ": " why
      bad = 1
    }
    rest = substr(text, offset + 1)
  }
}

function fault(before, after,    i, c, depth, head, operand, rest, captures) {
  # Back to where the statement begins.
  depth = 0
  for (i = length(before); i > 0; --i) {
    c = substr(before, i, 1)
    if (c ~ /[])]/ || (c == "}" && depth > 0)) ++depth
    else if (depth > 0 && c ~ /[[({]/) --depth
    else if (c ~ /[[(]/) return "co_await inside an expression"
    else if (c == "{" && substr(before, i - 1, 1) ~ /[A-Za-z0-9_>]/) {  # not a block: these have a blank before them
      if (substr(before, i + 1) !~ /^ *$/) return "co_await inside an expression"
      before = substr(before, 1, i - 1) " ="
    } else if (depth == 0 && c ~ /[;{}]/) break
  }
  head = substr(before, i + 1)
  gsub(/^ +| +$/, "", head)
  if (match(head, /^(else )?(if|for|while)( constexpr)? \(.*\)( co_return)?$/)) head = ""
  sub(/^(case .*|default|public|private): ?/, "", head)
  if (head ~ /^(return|co_return|co_yield|throw) ./) return "co_await inside an expression"
  if (head !~ /^(|else|do|co_return|\(void\))$/ && head !~ /^[A-Za-z_][A-Za-z0-9_:<>,&* ]*[ &*]([A-Za-z_][A-Za-z0-9_]*|\[[^]]*\]) ?=$/)
    return "co_await inside an expression, or assigned"

  # On to where the operand ends.
  depth = 0
  for (i = 1; i <= length(after); ++i) {
    c = substr(after, i, 1)
    if (c ~ /[[({]/) ++depth
    if (c ~ /[])}]/ && --depth < 0) break
    if (c == ";" && depth == 0) break
    if (depth == 0) operand = operand c
  }
  after = substr(after, 1, i - 1)
  if (operand ~ / (\+|-|\*|\/|%|==|!=|<=?|>=?|&&?|\|\|?|\?|<<|>>|<=>) /) return "the result is used in an expression"
  if (after ~ /^\[[^]]/) return "awaits a capturing lambda that is a temporary"
  rest = after
  while (match(rest, /(\(|, )\[[^]]*\]/)) {
    captures = substr(rest, RSTART, RLENGTH)
    sub(/^.*\[/, "", captures)
    if (captures !~ /^((this|&[A-Za-z_0-9]*)(, )?)*\]$/) return "a lambda that captures by value is an argument of an awaited call"
    rest = substr(rest, RSTART + RLENGTH)
  }
  if (after ~ / \? /) return "a conditional is an argument of an awaited call"
  if (after ~ /(\(|, )\{/) return "a braced list is an argument of an awaited call"
  return ""
}

FNR == 1 {
  if (name != "") check(name, text, line_ends, lines)
  name = FILENAME
  text = ""
}
{
  lines = FNR
  gsub(/'(\\.|[^'\\])'/, "0")
  gsub(/"([^"\\]|\\.)*"/, "0")
  sub(/\/\/.*/, "")
  sub(/^ *#.*/, "")
  gsub(/^ +| +$/, "")
  text = text $0 " "
  line_ends[lines] = length(text)
}
END {
  check(name, text, line_ends, lines)
  exit bad
}
