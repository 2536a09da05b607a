package kit

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
)

// tool is a program that making a part needs, and what to do where it is missing.
type tool struct{ name, install string }

var (
	goTool = tool{"go", "install Go 1.26 (go.dev/dl)"}
	gmake  = tool{"make", "install make"}
	maven  = tool{"mvn", "install Maven 3.8 or newer"}
	python = tool{"python3", "install Python 3.9 or newer, with pip"}
	nodejs = tool{"node", "install Node.js 20 or newer"}
	npm    = tool{"npm", "install npm, which comes with Node.js"}
	javac  = tool{"javac", "the Java that was found has no compiler: install a JDK (17 is the one tested) or set JAVA_HOME to one"}
)

// missingTools names every tool that a part still to be made needs and this
// machine has not. A part that is made needs none.
func missingTools(parts []*part, java javaHome) error {
	var missing []error
	var seen []tool
	for _, p := range parts {
		if p.made() {
			continue
		}
		for _, t := range p.tools {
			if slices.Contains(seen, t) {
				continue
			}
			seen = append(seen, t)
			if !t.found(java) {
				missing = append(missing, fmt.Errorf("  %s: %s", t.name, t.install))
			}
		}
	}
	return errors.Join(missing...)
}

func (t tool) found(java javaHome) bool {
	name := t.name
	if t == javac {
		if java.dir == "" {
			return true // no Java at all is said already
		}
		name = filepath.Join(java.dir, "bin", "javac")
	}
	_, err := exec.LookPath(name)
	return err == nil
}
