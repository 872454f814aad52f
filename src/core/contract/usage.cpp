#include "core/contract/usage.hpp"

namespace primecloud::contract {
namespace {

class walk {
 public:
  explicit walk(const node &contract) : contract_(contract) {}
  usage made;

  void all() {
    for (const auto &[name, entity] : contract_["entities"].members) {
      if (entity["kind"].text == "composite") continue;
      columns(entity["columns"], name + ".", entity["insertable"].flag_or(false));
    }
    for (const auto *section : {"reads", "commands"}) {
      for (const auto &[name, overloads] : contract_[section].members) {
        for (const auto &function : overloads.items) this->function(name, function);
      }
    }
  }

 private:
  void function(const std::string &name, const node &function) {
    for (const auto &argument : function["arguments"].items)
      place(argument, name + "(" + argument["key"].text + ")", {false, true});
    const node &returns = function["returns"];
    if (returns.has("row")) return columns(returns["row"], name + "->", false);
    place(returns, name + "->", {true, false});
  }
  void columns(const node &columns, const std::string &before, bool insertable) {
    for (const auto &[name, column] : columns.members)
      place(column, before + name, {!is_unread(column), insertable && is_written(column)});
  }
  void place(const node &told, const std::string &where, use used) {
    for (const auto *key : {"domain", "element_domain"}) {
      if (told.has(key)) note(told[key].text, where, used);
    }
    const auto &of = told["of"].text;
    if (of == "enum" || of == "composite") note(told["type"].text, where, used);
  }
  // A type that was met with these uses already has nothing new inside.
  void note(const std::string &type, const std::string &where, use used) {
    made.places[type][where] = true;
    use &known = made.types[type];
    const use had = known;
    known = {had.read || used.read, had.sent || used.sent};
    if (had.read == known.read && had.sent == known.sent) return;
    const node &entity = contract_["entities"][type];
    for (const auto &[name, column] : entity["columns"].members)
      place(column, type + "." + name, {used.read && !is_unread(column), used.sent});
  }
  const node &contract_;
};

}  // namespace

use usage::of(const std::string &type) const {
  const auto found = types.find(type);
  return found == types.end() ? use{} : found->second;
}

usage read_usage(const node &contract) {
  walk over(contract);
  over.all();
  return std::move(over.made);
}

bool is_unread(const node &column) {
  const auto &rank = column["class"].text;
  return rank == "token" || rank == "secret" || !column["select"].flag_or(true);
}

bool is_written(const node &column) {
  const auto &generated = column["generated"].text;
  if (generated == "stored" || generated == "virtual" || generated == "always") return false;
  return column["writable"].flag_or(true) && (column["insert"].flag_or(true) || column["update"].flag_or(true));
}

}  // namespace primecloud::contract
