package pattern

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// numberOf reads a JSON number exactly.
func numberOf(v any) (*big.Rat, bool) {
	number, ok := v.(json.Number)
	if !ok || len(number) > 64 { // a longer one may have an exponent that takes for ever to expand
		return nil, false
	}
	if f, err := number.Float64(); err != nil || f > 1e300 || f < -1e300 {
		return nil, false
	}
	return new(big.Rat).SetString(number.String())
}

func numberTest(want json.Number) (test, error) {
	number, ok := numberOf(want)
	if !ok {
		return test{}, fmt.Errorf("the number %s is too large", want)
	}
	return test{value: func(v any) bool {
		got, ok := numberOf(v)
		return ok && got.Cmp(number) == 0
	}}, nil
}

// comparisons by operator: whether the sign of value-minus-bound is right.
var comparisons = map[string]func(sign int) bool{
	"=":  func(sign int) bool { return sign == 0 },
	"<":  func(sign int) bool { return sign < 0 },
	"<=": func(sign int) bool { return sign <= 0 },
	">":  func(sign int) bool { return sign > 0 },
	">=": func(sign int) bool { return sign >= 0 },
}

type bound struct {
	operator string
	number   *big.Rat
}

// numeric reads [operator, number] or a range [> or >=, number, < or <=, number].
func numeric(operand any) (test, error) {
	list, ok := operand.([]any)
	if !ok || len(list) != 2 && len(list) != 4 {
		return test{}, fmt.Errorf(`a list like [">", 0, "<=", 5] is wanted, not %s`, show(operand))
	}
	var bounds []bound
	for i := 0; i < len(list); i += 2 {
		b, err := boundOf(list[i], list[i+1])
		if err != nil {
			return test{}, err
		}
		bounds = append(bounds, b)
	}
	if len(bounds) == 2 && !isRange(bounds[0], bounds[1]) {
		return test{}, fmt.Errorf("%s is no range: the lower bound comes first, with > or >=, then a greater one with < or <=", show(operand))
	}
	return test{value: func(v any) bool {
		number, ok := numberOf(v)
		for _, b := range bounds {
			ok = ok && comparisons[b.operator](number.Cmp(b.number))
		}
		return ok
	}}, nil
}

func boundOf(operator, value any) (bound, error) {
	name, _ := operator.(string)
	if comparisons[name] == nil {
		return bound{}, fmt.Errorf("%s is none of = < <= > >=", show(operator))
	}
	number, ok := numberOf(value)
	if !ok {
		return bound{}, fmt.Errorf("%s is no number", show(value))
	}
	return bound{operator: name, number: number}, nil
}

func isRange(low, high bound) bool {
	return low.operator[0] == '>' && high.operator[0] == '<' && low.number.Cmp(high.number) < 0
}
