package template

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// call evaluates one intrinsic function.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func (r *resolver) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return r.ref(argument)
	case "Fn::GetAtt":
		return r.getAtt(argument)
	case "Fn::Sub":
		return r.sub(argument)
	case "Fn::Join":
		return r.join(argument)
	case "Fn::Select":
		return r.choose(argument)
	case "Fn::Split":
		return r.split(argument)
	case "Fn::FindInMap":
		return r.findInMap(argument)
	case "Fn::If":
		return r.either(argument)
	}
	return nil, fmt.Errorf("the template uses %s, which is not understood here", name)
}

func (r *resolver) ref(argument any) (any, error) {
	name, ok := argument.(string)
	if !ok {
		return nil, fmt.Errorf("a Ref takes a name, not %s", short(argument))
	}
	if name == "AWS::NoValue" {
		return noValue{}, nil
	}
	if value, ok := r.place.pseudo(name); ok {
		return value, nil
	}
	if value, ok := r.parameters[name]; ok {
		return value, nil
	}
	return r.refResource(name)
}

func (r *resolver) getAtt(argument any) (any, error) {
	if text, ok := argument.(string); ok {
		id, attribute, _ := strings.Cut(text, ".")
		return r.attribute(id, attribute)
	}
	parts, err := r.texts("Fn::GetAtt", argument, 2)
	if err != nil {
		return nil, err
	}
	return r.attribute(parts[0], parts[1])
}

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// sub fills ${Name}, ${Resource.Attribute} and ${Variable}; ${!Literal} stays as ${Literal}.
func (r *resolver) sub(argument any) (any, error) {
	text, variables := argument, map[string]any{}
	if list, ok := argument.([]any); ok && len(list) == 2 {
		text = list[0]
		if variables, ok = list[1].(map[string]any); !ok {
			return nil, fmt.Errorf("the second part of Fn::Sub is an object of variables, not %s", short(list[1]))
		}
	}
	pattern, ok := text.(string)
	if !ok {
		return nil, fmt.Errorf("Fn::Sub takes a text, not %s", short(text))
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(pattern, func(found string) string {
		value, err := r.substitute(strings.TrimSpace(found[2:len(found)-1]), variables)
		if err != nil && failed == nil {
			failed = fmt.Errorf("in Fn::Sub %q: %w", pattern, err)
		}
		return value
	})
	return out, failed
}

func (r *resolver) substitute(name string, variables map[string]any) (string, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if value, ok := variables[name]; ok {
		return r.text(value)
	}
	if strings.Contains(name, ".") {
		return r.text(map[string]any{"Fn::GetAtt": name})
	}
	return r.text(map[string]any{"Ref": name})
}

func (r *resolver) join(argument any) (any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 2 {
		return nil, fmt.Errorf("Fn::Join takes a delimiter and a list, not %s", short(argument))
	}
	delimiter, err := r.text(list[0])
	if err != nil {
		return nil, err
	}
	parts, err := r.texts("Fn::Join", list[1], -1)
	return strings.Join(parts, delimiter), err
}

func (r *resolver) choose(argument any) (any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 2 {
		return nil, fmt.Errorf("Fn::Select takes an index and a list, not %s", short(argument))
	}
	text, err := r.text(list[0])
	if err != nil {
		return nil, err
	}
	parts, err := r.texts("Fn::Select", list[1], -1)
	if err != nil {
		return nil, err
	}
	index, err := strconv.Atoi(text)
	if err != nil || index < 0 || index >= len(parts) {
		return nil, fmt.Errorf("Fn::Select asks for item %s of %d", text, len(parts))
	}
	return parts[index], nil
}

func (r *resolver) split(argument any) (any, error) {
	parts, err := r.texts("Fn::Split", argument, 2)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for part := range strings.SplitSeq(parts[1], parts[0]) {
		out = append(out, part)
	}
	return out, nil
}

func (r *resolver) findInMap(argument any) (any, error) {
	keys, err := r.texts("Fn::FindInMap", argument, 3)
	if err != nil {
		return nil, err
	}
	value, ok := r.t.Mappings[keys[0]][keys[1]][keys[2]]
	if !ok {
		return nil, fmt.Errorf("the template has no mapping %s.%s.%s", keys[0], keys[1], keys[2])
	}
	return r.value(value)
}

// texts resolves a list of texts; n is how many there must be, or -1.
func (r *resolver) texts(name string, argument any, n int) ([]string, error) {
	value, err := r.value(argument)
	if err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok || n >= 0 && len(list) != n {
		return nil, fmt.Errorf("%s does not take %s", name, short(argument))
	}
	out := []string{}
	for _, item := range list {
		text, err := r.text(item)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}
