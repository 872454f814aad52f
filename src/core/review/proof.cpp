#include "core/review/proof.hpp"

#include <algorithm>

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

const node *bound_in(const conjunction &all) {
  for (const node *n : all)
    if (is_bound(n, true)) return n;
  return nullptr;
}

struct prover {
  nursery &made;
  const table &of;
  std::vector<step> steps;

  void say(const asked &what, bool holds, std::string says) { steps.push_back({what.name, holds, std::move(says)}); }

  bool floored(const asked &what, asker who) {
    for (const policy &p : of) {
      const node *said = said_by(p, what);
      if (p.permissive || !p.applies[who] || !covers(p, what.command) || said == nullptr) continue;
      const node *plain = normal(made, said);
      const bool holds = binds(plain, true);
      if (holds) say(what, true, "restrictive policy " + std::string(p.name) + " stands before all: " + shown(plain));
      if (holds) return true;
    }
    return false;
  }

  void each_disjunct(const asked &what, const policy &p, const node *plain) {
    const auto all = disjuncts(plain);
    if (!all) return say(what, binds(plain, true), "policy " + std::string(p.name) + ", as a whole: " + shown(plain));
    if (all->empty()) return say(what, true, "policy " + std::string(p.name) + " lets nothing through");
    for (const auto &one : *all) {
      const node *by = bound_in(one);
      say(what, by != nullptr || binds(made.both(one), true),
          "policy " + std::string(p.name) + ", disjunct " + shown(made.both(one)) +
              (by != nullptr ? ": bound by " + shown(by) : ": nothing in it is bound to " + std::string(of.tenant)));
    }
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

std::vector<step> proof_of(nursery &made, const table &of) {
  prover p{made, of, {}};
  for (const asked &what : commands)
    for (asker who = 0; who < of.askers; who++) p.prove(what, who);
  // The same is said once, however many come.
  std::vector<step> once;
  for (auto &one : p.steps) {
    const auto said = [&](const step &other) { return other.command == one.command && other.says == one.says; };
    if (std::none_of(once.begin(), once.end(), said)) once.push_back(std::move(one));
  }
  return once;
}

}  // namespace primecloud::review
