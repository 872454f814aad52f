#include "core/review/tree.hpp"

namespace primecloud::review {
namespace {

const char *symbol(relation op) {
  switch (op) {
    case relation::equal: return "=";
    case relation::unequal: return "<>";
    case relation::less: return "<";
    case relation::less_equal: return "<=";
    case relation::greater: return ">";
    case relation::greater_equal: return ">=";
    case relation::none: return "?";
  }
  return "?";
}

struct printer {
  std::string out;
  std::size_t longest;

  bool full() const { return out.size() > longest; }
  void put(std::string_view text) {
    if (!full()) out += text;
  }
  void list(const node *n, std::uint32_t from, std::string_view between) {
    for (std::uint32_t i = from; i < n->count && !full(); i++) {
      if (i > from) put(between);
      term(n->args[i]);
    }
  }
  void quoted(std::string_view text) {
    put("'");
    for (const char c : text) put(c == '\'' ? std::string_view("''") : std::string_view(&c, 1));
    put("'");
  }
  // An operand: in parentheses where it is made of operators itself.
  void term(const node *n) {
    const bool loose = n->is == kind::both || n->is == kind::either || n->is == kind::compare ||
                       n->is == kind::is_null || n->is == kind::is_true || n->is == kind::distinct ||
                       n->is == kind::any || n->is == kind::all;
    if (loose) put("(");
    print(n);
    if (loose) put(")");
  }
  void query(const node *n, std::uint32_t target) {
    put("(SELECT");
    if (target != 0) put(" "), term(n->args[target]);
    if (!n->text.empty()) put(" FROM "), put(n->text);
    if (!is_truth(n->args[0], true)) put(" WHERE "), print(n->args[0]);
    put(")");
  }
  void call(const node *n) {
    const char first = n->text.empty() ? '_' : static_cast<char>(n->text[0] | 0x20);
    const bool named = (first >= 'a' && first <= 'z') || n->text.empty() || n->text[0] == '_' || n->text[0] == '"';
    if (!named && n->count == 2) return term(n->args[0]), put(" "), put(n->text), put(" "), term(n->args[1]);
    if (n->text.starts_with("::")) return term(n->args[0]), put(n->text);
    put(n->text.substr(0, n->text.find('('))), put("("), list(n, 0, ", "), put(")");
  }
  void choice(const node *n) {
    put("CASE");
    for (std::uint32_t i = 0; i + 1 < n->count; i += 2) {
      put(" WHEN "), print(n->args[i]), put(" THEN "), print(n->args[i + 1]);
    }
    put(" ELSE "), print(n->args[n->count - 1]), put(" END");
  }

  void print(const node *n) {
    if (full()) return;
    switch (n->is) {
      case kind::nothing: return put("NULL");
      case kind::truth: return put(n->number != 0 ? "true" : "false");
      case kind::literal: return quoted(n->text);
      case kind::own:
      case kind::other: return put(n->text);
      case kind::context:
        if (n->has(setting)) return put("current_setting("), quoted(n->text), put(")");
        if (n->has(role_name)) return put(n->text);
        return call(n);
      case kind::call: return call(n);
      case kind::compare: return term(n->args[0]), put(" "), put(symbol(n->op)), put(" "), term(n->args[1]);
      case kind::both: return list(n, 0, " AND ");
      case kind::either: return list(n, 0, " OR ");
      case kind::negation: return put("NOT "), term(n->args[0]);
      case kind::is_null: return term(n->args[0]), put(n->negated ? " IS NOT NULL" : " IS NULL");
      case kind::is_true:
        return term(n->args[0]), put(n->negated ? " IS NOT " : " IS "), put(n->number != 0 ? "TRUE" : "FALSE");
      case kind::distinct:
        return term(n->args[0]), put(n->negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM "), term(n->args[1]);
      case kind::choice: return choice(n);
      case kind::first: return put("COALESCE("), list(n, 0, ", "), put(")");
      case kind::null_if: return put("NULLIF("), list(n, 0, ", "), put(")");
      case kind::list: return put("ARRAY["), list(n, 0, ", "), put("]");
      case kind::any:
      case kind::all:
        term(n->args[0]), put(" "), put(symbol(n->op)), put(n->is == kind::any ? " ANY (" : " ALL (");
        return print(n->args[1]), put(")");
      case kind::exists: return put("EXISTS "), query(n, 0);
      case kind::any_row:
      case kind::all_row:
        term(n->args[1]), put(" "), put(symbol(n->op)), put(n->is == kind::any_row ? " ANY " : " ALL ");
        return query(n, 2);
      case kind::array_of: return put("ARRAY"), query(n, 1);
      case kind::scalar: return query(n, 1);
    }
  }
};

}  // namespace

std::string shown(const node *n, std::size_t longest) {
  printer p{{}, longest};
  p.print(n);
  if (p.out.size() <= longest) return std::move(p.out);
  // Not in the middle of a character.
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(p.out[end]) & 0xC0) == 0x80) end--;
  p.out.resize(end);
  return p.out + "...";
}

}  // namespace primecloud::review
