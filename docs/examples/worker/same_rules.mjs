// Whether two lifecycle configurations mean the same, as lifecycle_json gives them: in any order of rules and tags, whether no
// prefix is written as no Filter, an empty one or an empty Prefix.

function filterOf({ Filter, Prefix }) {
  const { And, Tag, ...one } = Filter ?? (Prefix === undefined ? {} : { Prefix });
  const all = { ...one, ...And, Tags: [...(Tag ? [Tag] : []), ...(And?.Tags ?? [])].sort((a, b) => (a.Key < b.Key ? -1 : 1)) };
  if (!all.Prefix) delete all.Prefix;
  return all;
}

// The names in order, so that equal means equal as text.
const inOrder = (value) => (Array.isArray(value) ? value.map(inOrder) : value && typeof value === 'object'
  ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, inOrder(value[name])])) : value);

const meaning = ({ Rules }) => JSON.stringify(
  Rules.map(({ Filter, Prefix, ...rule }) => inOrder({ ...rule, Filter: filterOf({ Filter, Prefix }) }))
    .sort((a, b) => (a.ID < b.ID ? -1 : 1)));

export const sameRules = (one, other) => meaning(one) === meaning(other);
