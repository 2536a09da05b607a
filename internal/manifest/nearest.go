package manifest

import (
	"slices"
	"strings"
)

// suggestion is the end of a sentence about an unknown name: the known name
// that it was meant to be, or all that are known.
func suggestion(name string, known []string) string {
	if meant := meant(name, known); meant != "" {
		return meant
	}
	return "; remove it (known: " + strings.Join(slices.Sorted(slices.Values(known)), ", ") + ")"
}

// meant asks for the known name that is near to it; empty when none is.
func meant(name string, known []string) string {
	best, distance := "", 3 // more than two edits away is another word
	for _, k := range known {
		if d := edits(name, k); d < distance && d < len(k)/2 {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// maxCompared bounds the work of edits.
const maxCompared = 64

// edits is Levenshtein's distance, letter case aside.
func edits(a, b string) int {
	if len(a) > maxCompared {
		return maxCompared
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if lower(a[i]) == lower(b[j]) {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
