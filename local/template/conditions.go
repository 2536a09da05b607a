package template

import "fmt"

// either evaluates Fn::If.
func (r *resolver) either(argument any) (any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 3 {
		return nil, fmt.Errorf("Fn::If takes a condition and two values, not %s", short(argument))
	}
	name, ok := list[0].(string)
	if !ok {
		return nil, fmt.Errorf("Fn::If takes a condition's name, not %s", short(list[0]))
	}
	holds, err := r.condition(name)
	if err != nil {
		return nil, err
	}
	if holds {
		return r.value(list[1])
	}
	return r.value(list[2])
}

// condition evaluates a condition by its name; the empty name holds.
func (r *resolver) condition(name string) (bool, error) {
	if name == "" {
		return true, nil
	}
	expression, ok := r.t.Conditions[name]
	if !ok {
		return false, fmt.Errorf("the template has no condition %s", name)
	}
	if r.naming["condition "+name] {
		return false, fmt.Errorf("condition %s refers to itself", name)
	}
	r.naming["condition "+name] = true
	defer delete(r.naming, "condition "+name)
	return r.holds(expression)
}

// holds evaluates an expression of the section Conditions.
func (r *resolver) holds(expression any) (bool, error) {
	object, _ := expression.(map[string]any)
	name, argument, is := intrinsic(object)
	if !is {
		return false, fmt.Errorf("%s is no condition", short(expression))
	}
	if name == "Condition" {
		return r.condition(argument.(string))
	}
	list, ok := argument.([]any)
	if !ok {
		return false, fmt.Errorf("%s takes a list, not %s", name, short(argument))
	}
	switch name {
	case "Fn::Equals":
		pair, err := r.texts(name, list, 2)
		return err == nil && pair[0] == pair[1], err
	case "Fn::Not":
		if len(list) != 1 {
			return false, fmt.Errorf("Fn::Not takes one condition, not %d", len(list))
		}
		holds, err := r.holds(list[0])
		return !holds, err
	case "Fn::And":
		return r.fold(list, true)
	case "Fn::Or":
		return r.fold(list, false)
	}
	return false, fmt.Errorf("the template uses %s in a condition, which is not understood here", name)
}

// fold joins conditions: with and for true, with or for false.
func (r *resolver) fold(list []any, all bool) (bool, error) {
	for _, expression := range list {
		holds, err := r.holds(expression)
		if err != nil || holds != all {
			return holds, err
		}
	}
	return all, nil
}
