#include "core/review/proof.hpp"

#include <algorithm>
#include <set>

#include "core/review/given.hpp"
#include "core/review/proven.hpp"

namespace primecloud::review {
namespace {

struct asked {
  const char *name;
  char command;
  bool written;
};
constexpr asked commands[] = {{"SELECT", 'r', false},
                              {"INSERT", 'a', true},
                              {"UPDATE", 'w', false},
                              {"UPDATE CHECK", 'w', true},
                              {"DELETE", 'd', false}};

const node *said_by(const policy &p, const asked &what) { return what.written ? check_of(p) : p.row; }

// The one that asks least of other tables.
const node *proof_in(const conjunction &all) {
  const node *found = nullptr;
  for (const node *n : all)
    if (is_proof(n) && (found == nullptr || used_by(n).columns.size() < used_by(found).columns.size())) found = n;
  return found;
}

// The functions whose bodies are not followed, and that are taken for whoever asks; empty without one.
std::string taken_for_asker(const node *n) {
  const node *found = believed(n);
  return found == nullptr ? "" : "; it is believed that " + shown(found) + " says who asks";
}

constexpr std::size_t most_steps = 10000;  // of steps: then policies are told as a whole

struct prover {
  nursery &made;
  const table &of;
  std::vector<step> steps = {};
  std::vector<used_column> uses = {};

  void note_use(const asked &what, const policy &p, const node *proven) {
    const use of_it = used_by(proven);
    if (of_it.believes) uses.push_back({what.name, 0, 0, false});
    for (const asked_column &column : of_it.columns) {
      const auto entry = static_cast<std::size_t>(column.number >> 16);
      if (entry >= p.entry_count || p.entries[entry] == 0) continue;
      uses.push_back({what.name, p.entries[entry], static_cast<std::int16_t>(column.number & 0xffff), column.given});
    }
  }

  void say(const asked &what, bool holds, std::string says) { steps.push_back({what.name, holds, std::move(says)}); }

  bool floored(const asked &what, asker who) {
    const policy *by = nullptr;
    const node *floor = nullptr;
    for (const policy &p : of) {
      const node *said = said_by(p, what);
      if (p.permissive || !p.applies[who] || !covers(p, what.command) || said == nullptr) continue;
      const node *plain = normal(made, said);
      if (!is_proven(plain) || (floor != nullptr && !used_by(plain).nothing())) continue;
      by = &p;
      floor = plain;
    }
    if (floor == nullptr) return false;
    say(what, true,
        "restrictive policy " + std::string(by->name) + " stands before all: " + shown(floor) + taken_for_asker(floor));
    note_use(what, *by, floor);
    return true;
  }

  void each_disjunct(const asked &what, const policy &p, const node *plain) {
    const auto all = steps.size() < most_steps ? disjuncts(plain) : std::nullopt;
    if (!all) {
      const bool holds = is_proven(plain);
      if (holds) note_use(what, p, plain);
      return say(what, holds,
                 "policy " + std::string(p.name) + ", as a whole: " + shown(plain) + taken_for_asker(plain));
    }
    if (all->empty()) return say(what, true, "policy " + std::string(p.name) + " lets nothing through");
    for (const auto &one : *all) {
      const node *by = proof_in(one), *as_one = made.both(one);
      const bool holds = by != nullptr || is_proven(as_one);
      if (holds) note_use(what, p, by != nullptr ? by : as_one);
      say(what, holds,
          "policy " + std::string(p.name) + ", disjunct " + shown(as_one) +
              (by != nullptr ? ": bound by " + shown(by) + taken_for_asker(by)
               : holds       ? ""
                             : ": " + missing(as_one)));
    }
  }

  std::string missing(const node *disjunct) const {
    if (const node *call = decides_by_itself(disjunct))
      return shown(call) + " decides by itself, and what it does is not followed";
    return "nothing in it is bound to " + std::string(of.tenant);
  }

  void prove(const asked &what, asker who) {
    if (floored(what, who)) return;
    bool any = false;
    for (const policy &p : of) {
      const node *said = said_by(p, what);
      if (!p.permissive || !p.applies[who] || !covers(p, what.command) || said == nullptr) continue;
      any = true;
      each_disjunct(what, p, normal(made, said));
    }
    if (!any) say(what, true, "no permissive policy applies: nothing is let through");
  }
};

}  // namespace

proof proof_of(nursery &made, const table &of) {
  prover p{made, of};
  for (const asked &what : commands)
    for (asker who = 0; who < of.askers; who++) p.prove(what, who);
  // The same is said once, however many come.
  std::set<std::pair<std::string_view, std::string_view>> said;
  std::vector<step> once;
  for (const step &one : p.steps)
    if (said.emplace(one.command, one.says).second) once.push_back(one);
  return {once, p.uses};
}

}  // namespace primecloud::review
