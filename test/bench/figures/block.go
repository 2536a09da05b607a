package figures

import (
	"fmt"
	"os"
	"strings"
)

// Between these lines of the document stands what is generated.
const (
	blockBegins = "<!-- make bench writes from here -->\n"
	blockEnds   = "<!-- to here -->\n"
)

// WriteInto replaces the generated block of a document.
func WriteInto(file, text string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(body), blockBegins)
	_, after, ends := strings.Cut(rest, blockEnds)
	if !begins || !ends {
		return fmt.Errorf("%s has no block between the lines %q and %q: put them where the tables belong", file, strings.TrimSpace(blockBegins), strings.TrimSpace(blockEnds))
	}
	return os.WriteFile(file, []byte(before+blockBegins+"\n"+text+"\n"+blockEnds+after), 0o644)
}
