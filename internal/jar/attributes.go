package jar

import (
	"archive/zip"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

const manifestName = "META-INF/MANIFEST.MF"

// maxClassName bounds the name of a class, in bytes; no compiler's come near.
const maxClassName = 1000

// className is the binary name of a class in a package or in none.
var className = regexp.MustCompile(`^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$`)

// entryClass is the class that Flink will start: the given one, or the one the
// jar names itself.
func entryClass(archive *zip.Reader, given string) (string, error) {
	class, from := given, "spec.job.entryClass"
	if class == "" {
		attributes, err := readAttributes(archive)
		if err != nil {
			return "", err
		}
		// Flink looks at program-class first (PackagedProgram.getEntryPointClassNameFromJar).
		class, from = attributes["program-class"], "program-class in "+manifestName
		if class == "" {
			class, from = attributes["main-class"], "Main-Class in "+manifestName
		}
	}
	switch {
	case class == "":
		return "", fmt.Errorf("the jar names no Main-Class and the manifest no entry class; set spec.job.entryClass in application.yaml, or Main-Class in the jar's %s", manifestName)
	case len(class) > maxClassName:
		return "", fmt.Errorf("%s has %d bytes, which is no class name; write it as in com.acme.Fraud", from, len(class))
	case !className.MatchString(class):
		return "", fmt.Errorf("%s is %q, which is no class name; write it as in com.acme.Fraud", from, class)
	case find(archive, classFile(class)) == nil:
		return "", fmt.Errorf("%s is %s, and the jar has no %s%s", from, class, classFile(class), elsewhere(archive, class))
	}
	return class, nil
}

func classFile(class string) string { return strings.ReplaceAll(class, ".", "/") + ".class" }

func find(archive *zip.Reader, name string) *zip.File {
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return archive.File[i]
}

// elsewhere suggests a class of the same simple name, or says how to look.
func elsewhere(archive *zip.Reader, class string) string {
	simple := path.Base(classFile(class))
	for _, f := range archive.File {
		name, isClass := strings.CutSuffix(f.Name, ".class")
		name = strings.ReplaceAll(name, "/", ".")
		if isClass && path.Base(f.Name) == simple && className.MatchString(name) {
			return "; did you mean " + name + "?"
		}
	}
	return "; list the jar's classes with jar tf and name one of them, or check that the right jar was built"
}

// readAttributes gives the main section of the jar's manifest by lower-case
// name. A jar without a manifest has none.
func readAttributes(archive *zip.Reader) (map[string]string, error) {
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, manifestName) })
	if i < 0 {
		return nil, nil
	}
	b, err := content(archive.File[i], maxManifest)
	if err != nil {
		return nil, err
	}
	return parseAttributes(string(b)), nil
}

// parseAttributes reads the first section: lines "Name: value", a line that
// begins with a space continues the one before, an empty line ends the section
// (https://docs.oracle.com/en/java/javase/17/docs/specs/jar/jar.html).
func parseAttributes(text string) map[string]string {
	attributes := map[string]string{}
	last, value := "", strings.Builder{} // built up: a value may go on for very many lines
	end := func() {
		if last != "" {
			attributes[last] = strings.TrimSpace(value.String())
		}
	}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		name, begins, ok := strings.Cut(line, ":")
		switch {
		case line == "":
			end()
			return attributes
		case strings.HasPrefix(line, " ") && last != "":
			value.WriteString(line[1:])
		case ok:
			end()
			last = strings.ToLower(name)
			value.Reset()
			value.WriteString(begins)
		}
	}
	end()
	return attributes
}
