package manifest

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// bareWords are the words that the examples of the EMR-on-EKS Flink blueprint
// ask their reader to replace, and the placeholder that has the value
// (https://github.com/awslabs/data-on-eks, streaming/emr-eks-flink/examples).
var bareWords = map[string]string{
	"JOB_EXECUTION_ROLE_ARN": "JOB_EXECUTION_ROLE_ARN",
	"ENTER_S3_BUCKET":        "DATA_BUCKET",
}

// placeholder finds ${NAME}, the bare words, in angle brackets or not, and
// $${NAME}, which is how a manifest says ${NAME} itself. ${sys:name} and the
// like are log4j's.
var placeholder = regexp.MustCompile(`(\$)?\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}|<(?:JOB_EXECUTION_ROLE_ARN|ENTER_S3_BUCKET)>|\b(?:JOB_EXECUTION_ROLE_ARN|ENTER_S3_BUCKET)\b`)

// filling is what ${NAME} is filled in with.
type filling struct {
	values map[string]string
	keep   bool // leave every one as it is: the values are not known yet
}

// filled is the text of a string with its placeholders filled in. This happens
// after parsing, so a value can never become YAML.
func (b *builder) filled(y *yaml.Node, path string) string {
	if b.fill.keep {
		return y.Value
	}
	return placeholder.ReplaceAllStringFunc(y.Value, func(found string) string {
		if strings.HasPrefix(found, "$$") {
			return found[1:]
		}
		name := strings.Trim(found, "${}<>")
		if !strings.HasPrefix(found, "$") {
			name = bareWords[name]
		}
		value, ok := b.fill.values[name]
		if !ok {
			b.report.faultAt(y.Line, y.Column, path, "%s is unknown%s", found, b.known())
		}
		b.bytes += len(value)
		return value
	})
}

func (b *builder) known() string {
	names := slices.Sorted(maps.Keys(b.fill.values))
	return ": known are ${" + strings.Join(names, "}, ${") + "}; write $${…} where ${…} itself is meant"
}
