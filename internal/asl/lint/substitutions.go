package lint

import (
	"maps"
	"regexp"
	"slices"
)

// placeholder is what CloudFormation's DefinitionSubstitutions replace.
var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// substitutions holds the placeholders of the definition against those that
// will be replaced. One that is not replaced reaches AWS as it stands, one that
// is never used hides a mistake.
func (c *checker) substitutions(definition []byte, m *machine) {
	used := set{}
	c.placeholdersOf(m.scope, used)
	for _, found := range placeholder.FindAllSubmatch(definition, -1) {
		name := string(found[1])
		if !used[name] && !slices.Contains(c.known.Substitutions, name) {
			c.add(RuleSubstitution, "", "", "${%s} is not among the substitutions: add it or correct the name", name)
		}
		used[name] = true
	}
	for _, name := range slices.Sorted(slices.Values(c.known.Substitutions)) {
		if !used[name] {
			c.add(RuleSubstitution, "", "", "the substitution %s is used nowhere: remove it or refer to it as ${%s}", name, name)
		}
	}
}

func (c *checker) placeholdersOf(s *scope, used set) {
	for _, state := range s.ordered() {
		for _, field := range slices.Sorted(maps.Keys(state.fields)) {
			if field == "Branches" || field == "ItemProcessor" {
				continue
			}
			visitStrings(state.fields[field], field, func(at, text string) {
				for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
					used[found[1]] = true
					if !slices.Contains(c.known.Substitutions, found[1]) {
						c.add(RuleSubstitution, state.name, at, "${%s} is not among the substitutions: add it or correct the name", found[1])
					}
				}
			})
		}
		for _, inner := range state.inner() {
			c.placeholdersOf(inner, used)
		}
	}
}
